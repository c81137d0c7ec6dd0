"""All that a question can name: words of questions, concepts and divisions, as one table of phrases.

A phrase is looked up by its key: units (a Chinese character, or a word of other letters in lower
case and singular) written together, with a blank between two words.
"""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from unicodedata import normalize

from kg.data import ONTOLOGY
from kg.errors import DataFileError
from kg.ontology import SCHEMES, concepts
from kg.parameters import _simplified, _singular
from kg.question.words import words
from kg.regions.english import english

#: A Chinese character, a word (don't, xi'an), or a mark that separates.
UNIT = re.compile(r"[㐀-鿿〇]|[^\W_㐀-鿿〇]+(?:'[^\W\d_㐀-鿿]+)?|[,、;:?!.。&]")
_HAN = re.compile(r"[㐀-鿿]")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a phrase means in a question."""

    kind: str
    """role, noise, outside, theme, region, bearer, campaign, policy; day, name, slot are made elsewhere."""
    values: tuple[str, ...]
    """Role, reason, concept ids, official names of divisions, word."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The table, and what finding the intended word for a misspelt one needs."""

    phrases: Mapping[str, Entry]
    longest: int
    """Units of the longest phrase."""
    single: frozenset[str] = field(default_factory=frozenset)
    """Words of other letters that some phrase holds."""


def tidy(text: str) -> str:
    """Write a text in simplified characters of usual width, in lower case, with plain quotes.

    >>> tidy("哪些地區強調了「尾礦庫」？")
    '哪些地区强调了尾矿库?'
    """
    text = unquoted(text)
    return _simplified(text) if _HAN.search(text) else text


def unquoted(text: str) -> str:
    """Write a text as tidy does, but in the characters that it has."""
    text = normalize("NFKC", text).casefold().replace("’", "'").replace("‘", "'")
    return re.sub('["“”「」『』《》〈〉()\\[\\]*_`]', " " if text.isascii() else "", text)


def units(text: str) -> list[tuple[str, int, int]]:
    """Divide a tidy text into units, each with its place.

    >>> [u for u, *_ in units("jiangxi's 3 mines, 煤矿")]
    ['jiangxi', '3', 'mine', ',', '煤', '矿']
    """
    found = []
    for match in UNIT.finditer(text):
        unit = match[0]
        if (unit.isascii() and unit.isalnum()) or "'" in unit:
            unit = unit.removesuffix("'s")
            unit = _singular(unit) if len(unit) > 1 and "'" not in unit else unit
        found.append((unit, match.start(), match.end()))
    return found


def join(parts: Iterable[str]) -> str:
    """Make the key of a row of units."""
    out = ""
    for part in parts:
        blank = out and not _HAN.match(part) and not _HAN.match(out[-1])
        out += f" {part}" if blank else part
    return out


def key(phrase: str) -> str:
    """Make the key of a phrase.

    >>> key("Coal-mines"), key("“三个必须”")
    ('coal mine', '三个必须')
    """
    return join(unit for unit, *_ in units(tidy(phrase)))


@cache
def lexicon() -> Lexicon:
    """Return the table, from the cache where its sources have not changed since.

    It is kept in ``$KG_CACHE``, else in the user's folder for caches; an empty ``KG_CACHE`` keeps none.
    """
    path = _kept_at()
    if path is not None:
        with suppress(OSError, ValueError, TypeError, KeyError):
            said = json.loads(path.read_text(encoding="utf-8"))
            phrases = {
                k: Entry(kind, tuple(values)) for k, (kind, values) in said["phrases"].items()
            }
            return Lexicon(phrases, int(said["longest"]), frozenset(said["single"]))
    made = _make()
    if path is not None:
        said = {
            "phrases": {k: [e.kind, e.values] for k, e in made.phrases.items()},
            "longest": made.longest,
            "single": sorted(made.single),
        }
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_suffix(f".{os.getpid()}")
            fresh.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
            fresh.replace(path)
    return made


def _kept_at() -> Path | None:
    """Name the file of the cache by all that the table is made of."""
    folder = os.environ.get("KG_CACHE")
    if folder == "":
        return None
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    here = Path(__file__).parent
    code = (here / "lexicon.py", here / "words.py", here / "inflect.py", here.parent / "parameters.py",
            here.parent / "regions" / "names.py")  # fmt: skip
    names = ("questions.yaml", "region-names.yaml", "region-english.tsv", "regions.tsv")
    data = [ONTOLOGY / name for name in (*names, *(s.filename for s in SCHEMES.values()))]
    hashed = sha256()
    try:
        for path in (*code, *data):
            hashed.update(path.read_bytes())
        where = Path(folder).expanduser() if folder else Path(home).expanduser() / "kg-safety"
    except (OSError, RuntimeError):
        return None
    return where / f"lexicon-{hashed.hexdigest()[:16]}.json"


def _make() -> Lexicon:
    """Make the table; a word of questions goes before a concept, a concept before a division."""
    table: dict[str, Entry] = {}
    for row in words().roles:
        _enter(table, row.words, Entry("role", (row.value,)), strict=True)
    _enter(table, words().noise.words, Entry("noise", ("",)), strict=True)
    for row in words().outside:
        _enter(table, row.words, Entry("outside", (row.value,)), strict=True)
    for row in words().bearers:
        _enter(table, row.words, Entry("bearer", (row.value,)))
    for row in words().meetings:
        _enter(table, row.words, Entry("meeting-word", (row.value,)))
    for row in words().campaigns:
        _enter(table, row.words, Entry("campaign", (row.value,)))
    for row in words().policies:
        _enter(table, row.words, Entry("policy", (row.value,)))
    for row in words().roles:
        _enter(table, row.verbs, Entry("role", (row.value,)))
    themes: dict[str, dict[str, None]] = defaultdict(dict)
    for concept in concepts():
        also = words().also.get(concept.id)
        more = also.words if also else ()
        names = (concept.zh, *concept.alt, *concept.hidden, concept.en, *concept.alt_en, concept.id)
        for name in (*more, *names):
            if more and name in names and themes.get(key(name)):
                continue
            themes[key(name)].setdefault(concept.id)
    for phrase, ids in themes.items():
        table.setdefault(phrase, Entry("theme", tuple(ids)))
    for phrase, places in _places().items():
        table.setdefault(phrase, Entry("region", places))
    known = {c.id for c in concepts()}
    for id in words().also:
        if id not in known:
            raise DataFileError(f"ontology/questions.yaml: also: no concept '{id}'")
    single = {w for phrase in table for w in phrase.split() if w.isascii() and w.isalpha()}
    longest = max(len(units(phrase)) for phrase in table)
    return Lexicon(table, longest, frozenset(single))


def _enter(
    table: dict[str, Entry], phrases: Iterable[str], entry: Entry, *, strict: bool = False
) -> None:
    for phrase in phrases:
        other = table.setdefault(key(phrase), entry)
        if strict and other != entry:
            raise DataFileError(
                f"ontology/questions.yaml: '{phrase}' is both "
                f"{other.values[0] or other.kind} and {entry.values[0] or entry.kind}"
            )


@cache
def _places() -> Mapping[str, tuple[str, ...]]:
    """Names of divisions in both languages, with the official names that each can mean."""
    from kg.regions.names import names

    found: dict[str, dict[str, None]] = defaultdict(dict)
    for name, form in names().forms.items():
        if form.alone and not form.weak:
            place = _highest(name, tuple(d.name for d in form.candidates))
            found[name] |= dict.fromkeys(place)
    for name in ("全国", "国家层面", "全国性", "全国层面", "全国级"):
        found[name]["全国"] = None
    for name, ways in english().items():
        for way in ways:
            found[key(way)].setdefault(name)
    found["jilin"] = {"吉林省": None}
    return {name: tuple(places) for name, places in found.items()}


def _highest(name: str, official: tuple[str, ...]) -> tuple[str, ...]:
    from kg.regions.resolve import resolve

    if len(official) < 2:
        return official
    one = resolve(name)
    return (one.name,) if one is not None else official
