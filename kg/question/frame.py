"""What a question says, apart from how: the things named, how they are joined, what is asked for.

Nothing is dropped here that could change the answer. What cannot be joined to the rest stays in the
frame's *shape*, and no template has it; what can be read in two ways is refused with both.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from kg.model import Concept
from kg.ontology import ancestors, concept, concepts
from kg.question.asides import without_asides
from kg.question.choice import choice, level
from kg.question.doubts import Doubt, denies, doubts, name_of
from kg.question.nouns import ASKING, NOUNS, asked_noun, pronoun_asks
from kg.question.period import period
from kg.question.said import LEARNT, PERSONS, RISKS, bare, unnamed, unsaid
from kg.question.tokens import Token
from kg.question.understood import Frame, Theme
from kg.question.wording import reworded, together

#: What a verb asks for where no noun says it (what did Jiangxi invoke?).
_IMPLIED = {"attend": "sector", "invoke": "resp", "order": "measure", "run": "campaign",
            "cite": "policy", "require": "must", "say": "sentence"}  # fmt: skip
_VERBS = frozenset(_IMPLIED)
#: What regions do and those who are to act do not.
_SPEAKS = frozenset({"attend", "invoke", "order", "run", "cite"})
_VERB_ORDER = ("say", "require", "invoke", "order", "run", "cite", "attend")
_OWN_NOUN = {"hazard": "sector", "responsibility": "resp", "measure": "measure"}
_JOINTS = frozenset({"and", "or", "but", "neither", "both", "either"})
#: Prepositions that say nothing where no day follows.
_WEAK = frozenset({"by", "to", "from", "到", "至", "从", "自", "起"})
_NEGATIVE = ("not", "没", "未", "不", "never", "without", "omit", "n't", "rather than", "instead of",
             "as opposed to", "而非")  # fmt: skip


def frame(
    tokens: Iterable[Token], *, years: tuple[int, ...] = (), slots: dict[str, str] | None = None
) -> Frame:
    """Make the frame of a question's tokens.

    ``years`` are those that the graph speaks of: a day without a year is of the only one. ``slots``
    says what the slots of a template stand for (a letter of the shape).
    """
    said = without_asides(tuple(tokens))
    made = _Maker(reworded(said.tokens), years, slots or {}).make()
    made.told = (*said.told, *made.told)
    return made


class _Maker:
    def __init__(self, tokens: list[Token], years: tuple[int, ...], slots: dict[str, str]) -> None:
        self.tokens = tokens
        self.years = years
        self.slots = slots
        self.out = Frame()
        self.themes: list[Theme] = []
        self.roles: dict[str, None] = {}
        self.bare = False

    def make(self) -> Frame:
        outside = next((t for t in self.tokens if t.kind == "outside"), None)
        if outside is not None:
            self._refuse(f"'{outside.text}': the graph says nothing of {outside.values[0]}")
            return self.out
        hole = next(
            (t for t in self.tokens if t.kind == "slot" and t.values[0] not in self.slots), None
        )
        if hole is not None:
            self._refuse(f"not understood: '{hole.text}'")
        for doubt in doubts(self.tokens):
            self._refuse(doubt.why, *doubt.readings)
        chosen = choice(self.tokens)
        self.tokens = list(chosen.rest)
        self.out.among, self.out.excluded = list(chosen.among), list(chosen.excluded)
        self.out.together = together(self.tokens)
        self.out.what = pronoun_asks(self.tokens)
        self.out.asks = any(self._role(i) == "which" for i in range(len(self.tokens)))
        self._days()
        self.bare = bare(self.tokens)
        asked, counting = asked_noun(self.tokens)
        if counting and not asked and not any(t.kind == "slot" for t in self.tokens):
            self._refuse("how many of what? Regions, sectors, meetings … can be counted")
        self._absorb(asked)
        self._walk()
        self._join()
        self._shape(asked)
        return self.out

    def _refuse(self, why: str, *readings: str) -> None:
        if not self.out.why:
            self.out.why, self.out.readings = why, readings

    def _refuse_doubt(self, doubt: Doubt | None) -> None:
        if doubt is not None:
            self._refuse(doubt.why, *doubt.readings)

    def _role(self, index: int) -> str:
        token = self.tokens[index] if 0 <= index < len(self.tokens) else None
        return token.values[0] if token is not None and token.kind == "role" else ""

    def _days(self) -> None:
        found = period(self.tokens, self.years)
        if found.why:
            self._refuse(found.why, *found.readings)
        self.out.since, self.out.until = found.since, found.until
        self.tokens = list(found.rest)

    # --- nouns ----------------------------------------------------------------------------------

    def _absorb(self, asked: str) -> None:
        """Drop nouns that only say what a named thing beside them is (the mining sector)."""
        kept: list[Token] = []
        tokens = [t for t in self.tokens if t.kind != "noise" or t.text == "all"]
        tokens = [t for t in tokens if t.text != "all"]
        for index, token in enumerate(tokens):
            role = token.values[0] if token.kind == "role" else ""
            before = tokens[index - 1] if index else None
            after = tokens[index + 1] if index + 1 < len(tokens) else None
            asking = before is not None and before.kind == "role" and before.values[0] in ASKING
            if role in ("region", "province", "city") and not asking and asked != role:
                beside = [t for t in (before, after) if t is not None and t.kind == "region"]
                if beside:
                    continue
            governs = token.kind == "bearer" and token.values[0] == "政府" and not asking
            if governs and before is not None and before.kind == "region":
                continue  # the government of Jiangxi speaks for it
            if role in _WEAK_ROLES and token.text in _WEAK:
                continue
            if (
                role == "sector"
                and asked != "sector"
                and before is not None
                and before.kind == "theme"
            ):
                continue  # in the field of emergency response; 应急方面
            kept.append(token)
        self.tokens = kept

    # --- what is named --------------------------------------------------------------------------

    def _walk(self) -> None:
        denied = False
        fresh = False  # a denial that nothing was said after yet
        joint: set[str] = set()
        regions: list[tuple[str, ...]] = []
        clause = 0
        for index, token in enumerate(self.tokens):
            role = token.values[0] if token.kind == "role" else ""
            if role in ("not", "omit") or (
                role == "but" and any(n in token.text for n in _NEGATIVE)
            ):
                denied, fresh = True, True
                clause += 1
                if role == "but":
                    joint.add("but")
                self.roles.setdefault("not")
                if role == "omit":
                    self.roles.setdefault("attend")
            elif role == "neither":
                denied, fresh = True, True
                joint.add("neither")
                self.roles.setdefault("not")
            elif role == "but":
                denied = False
                joint.add("but")
            elif role in _JOINTS:
                joint.add(role)
                if role in ("both", "either"):
                    self.roles.setdefault(role)
            elif token.kind == "mark":
                joint.add("comma")
            elif token.kind == "theme":
                if self._role(index - 1) in ASKING:
                    denied = False  # 没有强调哪些自然灾害: what is asked for is not what is denied
                self.themes.append(
                    Theme(token.values, denied, denied and fresh, frozenset(joint), clause)
                )
                joint, fresh = set(), False
            elif token.kind == "region":
                nouns = ("region", "province", "city")
                if (
                    token.text in _COUNTRY
                    and "全国" in token.values
                    and any(map(self._noun, nouns))
                ):
                    continue  # 全国哪些地区: of the whole country
                regions.append(token.values)
                if "or" in joint:
                    self.roles.setdefault("or")
                joint = joint - {"and", "or", "comma"}
            elif token.kind == "slot":
                self.out.slots.append(token.values[0])
            elif token.kind == "bearer":
                self.out.bearers.extend(token.values)
            elif token.kind == "campaign":
                self.out.names.setdefault("campaign", []).append(token.values[0])
            elif token.kind in ("policy", "incident", "meeting", "notice", "object"):
                self.out.names.setdefault(token.kind, []).append(token.values[0])
            elif role in _VERBS:
                if denied and not fresh and joint & {"and", "but"}:
                    denied = False
                    clause += 1
                self.roles.setdefault(role)
            elif role == "count":
                self.out.count = True
            elif role == "which":
                pass
            elif role in ("province", "city"):
                self.out.level, self.out.ending = level(role, token.text, self.out.level)
                self.roles.setdefault("region")
            elif role:
                self.roles.setdefault(role)
        self._regions(regions)

    def _noun(self, role: str) -> bool:
        return any(t.kind == "role" and t.values[0] == role for t in self.tokens)

    def _regions(self, names: list[tuple[str, ...]]) -> None:
        none = any(t.kind == "role" and t.values[0] in ("neither", "both") for t in self.tokens)
        if "not" in self.roles and self.out.together:
            if not none:
                self.roles.setdefault("not which of them")  # no template has it
            self.roles.pop("both", None)
        elif "not" in self.roles and not self.themes and len(names) == 2 and not self.slots:
            place = self._denied_region(names)
            self.out.without = [names[place]]
            names = [n for i, n in enumerate(names) if i != place]
            self.roles.pop("not")
        self.out.regions = list(dict.fromkeys(names))

    def _denied_region(self, names: list[tuple[str, ...]]) -> int:
        """Find whose the denial is: the region right after it, else the one named last before it."""
        seen = -1
        said = [t for t in self.tokens if t.kind != "noise"]
        for token, after in pairwise(said):
            left_out = (
                token.kind == "role" and token.values[0] == "omit"
            )  # by whom stands before it
            if denies(token) and not left_out and after.kind == "region" and after.values in names:
                return names.index(after.values)
        for token in said:
            if token.kind == "region" and token.values in names:
                seen = names.index(token.values)
            elif denies(token):
                break
        return max(seen, 0)

    # --- how themes are joined ------------------------------------------------------------------

    def _join(self) -> None:
        if not self.themes:
            return
        if any(len(t.ids) > 1 for t in self.themes):
            several = next(t.ids for t in self.themes if len(t.ids) > 1)
            names = [name_of(i) for i in several]
            self._refuse(f"one word for {' and '.join(names)}", *names)
            return
        unique: list[Theme] = []
        for theme in self.themes:
            if any(t.ids == theme.ids and t.denied == theme.denied for t in unique):
                continue
            if any(t.ids == theme.ids for t in unique):
                self._refuse(f"{name_of(theme.ids[0])} is both asked for and denied")
                return
            unique.append(theme)
        yes = [t for t in unique if not t.denied]
        no = [t for t in unique if t.denied]
        if no:
            self.roles.pop("not", None)
        ids = [t.ids[0] for t in yes]
        kind = self._kind(yes, denied=False)
        if kind == "or":
            self.out.any = ids
        else:
            self.out.all = ids
        self.out.none = [t.ids[0] for t in no]
        self._kind(no, denied=True)
        if yes and no and "but" not in {j for t in unique for j in t.joint}:
            crossing = unique[
                next(i for i in range(1, len(unique)) if unique[i].denied != unique[i - 1].denied)
            ]
            if not (crossing.joint or crossing.own):
                self._refuse("it is not clear what is denied")

    def _kind(self, themes: list[Theme], *, denied: bool) -> str:
        """Tell whether themes are joined by and, or or; refuse what could be either."""
        if len(themes) < 2:
            return "and"
        found: set[str] = set()
        for theme in themes[1:]:
            if theme.joint & {"and", "both"} and theme.joint & {"or"}:
                found |= {"and", "or"}
            if theme.joint & {"and", "both", "neither"}:
                found.add("and")
            elif theme.joint & {"or", "either"}:
                found.add("or")
            elif theme.joint & {"but"} or theme.own:
                found.add("and")
            elif not theme.joint:
                names = [name_of(t.ids[0]) for t in themes]
                self._refuse(f"how are {' and '.join(names)} joined?", f"{names[0]} and {names[1]}",
                             f"{names[0]} or {names[1]}")  # fmt: skip
        both = any("both" in t.joint for t in themes) or "both" in self.roles
        if "either" in self.roles:  # it can stand behind them: 煤矿、燃气任一项
            joined = set().union(*(t.joint for t in themes[1:]))
            found = {"or"} | ({"and"} if joined & {"and", "both"} else set())
        if found == {"and", "or"}:
            self._refuse("and beside or can be read in two ways: ask them apart")
        if denied and "and" in found:
            clear = all(t.own or "neither" in t.joint for t in themes) or any(
                "neither" in t.joint for t in themes
            )
            if not clear or both:
                names = [name_of(t.ids[0]) for t in themes]
                self._refuse("not one and the other can be read in two ways",
                             f"neither {names[0]} nor {names[1]}", f"{names[0]} but not {names[1]}")  # fmt: skip
        return "or" if found == {"or"} else "and"

    # --- the shape ------------------------------------------------------------------------------

    def _shape(self, asked: str) -> None:
        out, roles = self.out, self.roles
        themes = [concept(i) for i in out.themes]
        self._drop_own_nouns(themes)
        self._meeting(asked)
        roles.pop("either", None)
        regions, letters = len(out.regions), self._letters()
        if "both" in roles:
            roles.pop("both")
            if (regions > 1 or "R2" in letters) and not roles.keys() & {"compare", "differ"}:
                roles.setdefault("common")
        if regions < 2:
            roles.pop("or", None)
        if "only" in roles and themes and not regions:
            roles.pop("only")
            if not (out.none and (out.all or out.any)):  # 只提了煤矿而没提燃气 says what is not
                self._only()
        elif "only" in roles and regions:
            roles.pop("only")
            roles.setdefault("unique")
        if "sentence" in roles:
            roles.pop("where", None)
        if "exact" in roles:
            roles.pop("exact")
            out.exact = True
        bodies = any(
            self._role(i) == "who" and t.text not in PERSONS for i, t in enumerate(self.tokens)
        )
        if "who" in roles and "hold" not in roles and not bodies:
            roles.pop("who")
            roles.setdefault("region")
            asked = asked or "region"
        if "R-" in letters:
            roles.pop("not", None)
        special = roles.keys() & {"unique", "common", "compare", "differ", "every"}
        objects = [n for n in NOUNS if n in roles]
        kinds = roles.keys() & {"must", "forbid", "deadline"}
        if not objects and not kinds and not special and not letters - {"R", "R2", "R-"}:
            verb = next((v for v in _VERB_ORDER if v in roles), "")
            placed = bool(regions or out.without or letters & {"R", "R2", "R-"})
            if verb and (placed or (verb == "attend" and (out.since or out.until))):
                ordered = out.bearers and verb == "require"
                learnt = verb == "cite" and any(t.text.startswith(LEARNT) for t in self.tokens)
                implied = "incident" if learnt else _IMPLIED[verb]
                if verb == "say" and regions:  # 湖南说了什么
                    implied = "sector"
                    out.told = (*out.told, ("say", "what it stresses"))
                roles.setdefault("must" if ordered else implied)
            elif verb:
                roles.setdefault("said of nothing")  # no template has it
        if "say" in roles and themes and not objects and not kinds:
            roles.setdefault("sentence")
            roles.pop("where", None)
        if out.bearers and not kinds and not roles.keys() & {"who"}:
            if asked == "bearer":
                roles.setdefault("which bearers")  # no template has it: of those nothing is known
            elif not roles.keys() & _SPEAKS or roles.keys() & {"require"}:
                roles.setdefault("must")
            else:
                roles.setdefault("said by bearers")  # no template has it: regions speak
        if "must" in roles and "when" in roles:
            roles.pop("when")
            roles.setdefault("deadline")
        if "deadline" in roles:
            roles.pop("must", None)
        if "forbid" in roles:
            roles.pop("must", None)
        if special and "sector" in roles:
            roles.pop("sector")
        if special and "region" in roles and regions:
            roles.pop("region")
        risks = any(
            self._role(i) == "sector" and t.text in RISKS for i, t in enumerate(self.tokens)
        )
        if not (kinds or self.bare or (asked in _OWN_NOUN.values() and not risks)):
            self._refuse_doubt(unsaid(self.tokens, out.themes, roles))
        speaks = bool(roles.keys() & _VERBS)
        if "M" in letters and "region" in roles and speaks and "hold" not in roles:
            roles.setdefault("said at a meeting")  # no template has it: who spoke there?
        if objects == ["region"] and speaks and not (letters - {"R"} or out.slots or kinds):
            roles.setdefault("said of nothing")  # no template has it
        if not self.slots and not speaks:
            self._refuse_doubt(unnamed(out, roles))
        if "not" in roles and out.regions and not (out.asks or self.slots):
            roles.setdefault("whether not")  # no template has it: yes or no to what?
        for verb in _VERBS:
            roles.pop(verb, None)
        if "who" not in roles and ("meeting" in roles or "M" in letters):
            roles.pop("hold", None)
        if roles.keys() & {"when", "where"} and out.names.get("meeting"):
            roles.pop("meeting", None)
        nouns = [n for n in NOUNS if n in roles]
        wanted = "region" if asked in ("province", "city") else asked
        shape = {f"?{n}" if len(nouns) > 1 and n == wanted else n for n in roles}
        out.shape = frozenset(shape | self._letters())

    def _only(self) -> None:
        """Take only a theme for that theme itself, where there are narrower ones; else refuse."""
        several = len(self.out.themes) > 1
        broad = [
            i
            for i in self.out.themes
            if not several and any(i in ancestors(c.id)[1:] for c in concepts())
        ]
        if not broad:
            name = name_of(self.out.themes[0])
            self._refuse(f"who stresses {name} and nothing else cannot be asked",
                         f"which regions stressed {name}")  # fmt: skip
        self.out.exact = True
        word = next(t.text for t in self.tokens if t.kind == "role" and t.values[0] == "only")
        self.out.told = (
            ((word, f"{name_of(broad[0])} itself, without what is narrower"),) if broad else ()
        )

    def _letters(self) -> set[str]:
        out = self.out
        letters = {self.slots[s] for s in out.slots if s in self.slots}
        if out.themes:
            letters.add("T")
        if out.regions:
            letters.add("R" if len(out.regions) == 1 else "R2")
        if out.without:
            letters.add("R-")
        if out.bearers:
            letters.add("B")
        return letters | {kind[:1].upper() for kind in out.names}

    def _drop_own_nouns(self, themes: list[Concept]) -> None:
        named = {_OWN_NOUN[c.scheme] for c in themes} | set(self.out.names)
        letters = self._letters()
        if "T" in letters and not themes:
            named |= {"sector"}
        named |= {
            kind
            for kind in ("campaign", "policy", "incident", "meeting", "notice")
            if kind[:1].upper() in letters
        }
        for noun in named:
            self.roles.pop(noun, None)

    def _meeting(self, asked: str) -> None:
        """A region's meeting at which something was said speaks for the region."""
        said = self.roles.keys() & (_VERBS - {"cite"}) or self.roles.keys() & {"must", "forbid"}
        if "meeting" not in self.roles or not said or asked in ("meeting", "notice", "sentence"):
            return
        if self.roles.keys() & {"who", "when", "where", "hold"}:
            return
        at = next(i for i in range(len(self.tokens)) if self._role(i) == "meeting")
        beside = self.tokens[max(0, at - 1) : at + 2]
        of = asked and asked == self._role(at - 1)  # 哪个地方的会议说到燃气
        if of or any(t.kind in ("region", "slot") for t in beside):
            self.roles.pop("meeting")


#: Words for the whole country that only say where regions are.
_COUNTRY = frozenset({"全国", "china"})
_WEAK_ROLES = frozenset({"until", "since"})
