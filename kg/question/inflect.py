"""Forms of English verb phrases: what a question can have for each base form in ontology/questions.yaml."""

from __future__ import annotations

from collections.abc import Mapping

#: Endings after which -s is -es.
_SIBILANT = ("s", "x", "z", "ch", "sh", "o")
_VOWELS = "aeiou"
#: Forms of be that stand in its place; the last leaves it out (regions concerned about gas).
_BE = ("be ", "is ", "are ", "was ", "were ", "")


def inflected(phrase: str, irregular: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Inflect the first word of a phrase: base, third person, past, participles.

    ``irregular`` gives the past and the participle of verbs, and the form with -ing where its
    consonant is doubled.

    >>> inflected("carry on", {})
    ('carry on', 'carries on', 'carried on', 'carrying on')
    >>> inflected("set out", {"set": ("set", "set", "setting")})
    ('set out', 'sets out', 'setting out')
    >>> inflected("be wary of", {})[-2:]
    ('were wary of', 'wary of')
    """
    first, blank, rest = phrase.partition(" ")
    if first == "be":
        return tuple(form + rest for form in _BE)
    own = irregular.get(first, ())
    past, participle = own[:2] if own else (_past(first),) * 2
    ing = own[2] if len(own) > 2 else _ing(first)
    forms = dict.fromkeys((first, _third(first), past, participle, ing))
    return tuple(form + blank + rest for form in forms)


def _consonant_y(verb: str) -> bool:
    return verb.endswith("y") and verb[-2:-1] not in _VOWELS


def _third(verb: str) -> str:
    if verb == "have":
        return "has"
    if _consonant_y(verb):
        return verb[:-1] + "ies"
    return verb + ("es" if verb.endswith(_SIBILANT) else "s")


def _past(verb: str) -> str:
    if _consonant_y(verb):
        return verb[:-1] + "ied"
    return verb + ("d" if verb.endswith("e") else "ed")


def _ing(verb: str) -> str:
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    silent = verb.endswith("e") and not verb.endswith(("ee", "oe", "ye"))
    return (verb[:-1] if silent else verb) + "ing"
