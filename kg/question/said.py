"""What a question names without anything said of it: refused, for the graph tells what is said only."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from kg.ontology import concept
from kg.question.doubts import Doubt, name_of, role
from kg.question.tokens import Token
from kg.question.understood import Frame

#: Verbs of campaigns and measures that go with a sector too; others say something else of it (推广烟花).
_FOR_HAZARDS = frozenset({"carry out", "carried out", "carrying out", "开展", "组织开展", "深入开展",
                          "扎实开展", "部署开展", "持续开展", "进行", "采取", "采取了"})  # fmt: skip
#: What a sector is called by that is something to do: it is promoted, carried out, wanted.
_DEEDS = (
    "防",
    "抗",
    "复工",
    "复产",
    "prevention",
    "control",
    "resum",
    "relief",
    "return to work",
    "restart",
)
#: Verbs that want or set a sector as a thing (want gas, set fires).
_WISHES = frozenset({"want", "wanted", "set", "setting", "impose", "imposed", "imposing",
                     "ask", "asked", "asking"})  # fmt: skip
#: Verbs that, of a sector, tell what happens or lies there (where do floods appear?).
_FACTS = frozenset({"出现", "出现过", "出现在", "包含", "包括", "包括了", "appear", "appeared", "appears", "appearing",
                    "found", "found in", "contain", "contained", "contains", "include", "included", "includes",
                    "show up", "showed up", "shows up", "see", "sees", "saw", "seen", "seeing", "feature",
                    "features", "featured", "featuring"})  # fmt: skip
#: Verbs that tell what was done about a sector, unless that is wanted.
_DONE = frozenset({"inspect", "inspected", "checked", "screened", "examined", "overhauled", "policed", "treat",
                   "treats", "treated", "treating", "regard", "regards", "regarded", "view", "viewed"})  # fmt: skip
#: Beginnings of verbs that, of a sector, tell what a region lives on (depends on coal).
_LEANS = ("depend", "rely", "reli", "count", "lean", "build", "built", "bank", "base", "draw",
          "靠", "依靠", "依托", "倚重", "凭借", "仰仗", "仰赖")  # fmt: skip

#: Words for sectors that, with no verb, ask what is dangerous about one.
RISKS = frozenset({"risk", "danger", "风险", "危险", "type of risk", "kind of risk", "风险点"})
#: Verbs whose object is an accident, where none is named.
LEARNT = ("汲取", "吸取", "learn", "draw", "drew", "take lesson", "引为")
#: Words for who that do not ask for a body of a government.
PERSONS = frozenset({"who", "whom", "whose", "who else", "anybody", "anyone", "somebody", "someone",
                     "谁", "由谁", "是谁的", "归谁", "属于谁", "谁家", "哪家"})  # fmt: skip


def unsaid(
    tokens: Sequence[Token], themes: Collection[str], roles: Collection[str]
) -> Doubt | None:
    """Doubt a theme that nothing is said to be done about (which regions have coal mines?)."""
    if not themes or {"sentence", "notice", "unique", "common"} & {*roles}:
        return None
    if all(concept(i).scheme == "responsibility" for i in themes):
        return None  # to have one is to invoke it
    hazards = all(concept(i).scheme == "hazard" for i in themes)
    deeds = all(any(d in t.text for d in _DEEDS) for t in tokens if t.kind == "theme")
    for token in tokens:
        verb = role(token)
        if verb == "attend" and hazards and token.text in _FACTS:
            continue
        if verb == "attend" and hazards and token.text in _DONE and "require" not in roles:
            continue  # who inspected them is not known, who wants them inspected is
        if verb == "invoke" and hazards and token.text.startswith(_LEANS):
            continue
        if verb in ("attend", "say", "invoke", "cite", "omit"):
            return None
        free = not hazards or deeds or token.text in _FOR_HAZARDS
        if verb in ("run", "order", "require") and (
            free or (verb == "require" and token.text not in _WISHES)
        ):
            return None
    name = name_of(next(iter(themes)))
    return Doubt(f"nothing says what is done about {name}", (f"which regions stressed {name}",))


def unnamed(question: Frame, roles: Collection[str]) -> Doubt | None:
    """Doubt a document or an accident that nobody is said to name (which regions had accidents?)."""
    found = (n for n in ("incident", "policy") if n in roles or n in question.names)
    named = next(found, "")
    if not named or {"notice", "sentence"} & {*roles}:
        return None
    if "region" in roles or question.regions or (question.count and named == "incident"):
        what = "accident" if named == "incident" else "document"
        return Doubt(f"nothing says what is done about the {what}: it is known who names it")
    return None


def bare(tokens: Sequence[Token]) -> bool:
    """Whether a question is what it is about and who, and no more (tailings ponds: which regions?).

    With a verb left out it asks who stresses that; with any other word (which regions have coal
    mines?) it may not.
    """
    if not tokens or tokens[0].kind != "theme":
        return False
    several = any(role(t) == "both" for t in tokens)
    who = False
    for token in tokens:
        asks = role(token) in ("which", "who", "region", "province", "city")
        joins = role(token) in ("and", "or", "both", "either") or token.kind == "mark"
        weak = token.text in ("the", "的") or (several and token.text in ("have", "has"))
        if not (token.kind == "theme" or asks or joins or weak):
            return False
        if token.kind == "theme" and who:
            return False
        who = who or asks
    return who
