"""What was understood of a question: the things named, and what is asked of them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Theme:
    """A concept named in a question, denied or not."""

    ids: tuple[str, ...]
    denied: bool = False
    own: bool = False
    """Whether the denial stands before this one itself."""
    joint: frozenset[str] = frozenset()
    """What stands between it and the one before."""
    clause: int = 0


@dataclass(slots=True)
class Frame:
    """A question understood as far as its words go."""

    shape: frozenset[str] = frozenset()
    """Roles that are asked for or said, and letters for what is named (T theme, R region …)."""
    all: list[str] = field(default_factory=list)
    any: list[str] = field(default_factory=list)
    none: list[str] = field(default_factory=list)
    regions: list[tuple[str, ...]] = field(default_factory=list)
    """Official names that each region can mean, in the order of the question."""
    without: list[tuple[str, ...]] = field(default_factory=list)
    excluded: list[tuple[str, ...]] = field(default_factory=list)
    """Regions that are left out of the answer (except Hunan)."""
    among: list[tuple[str, ...]] = field(default_factory=list)
    """Regions of which some are asked for (which of Hunan and Jiangxi)."""
    together: bool = False
    """Whether the regions stand side by side (Hunan and Jiangxi)."""
    asks: bool = False
    """Whether a word asks for what there is (which, what, list), not whether something is so."""
    what: bool = False
    """Whether such a word is a pronoun (which, what), not only a call for a list."""
    bearers: list[str] = field(default_factory=list)
    names: dict[str, list[str]] = field(default_factory=dict)
    """Words for campaigns, policies, incidents, meetings, notices."""
    since: str | None = None
    until: str | None = None
    count: bool = False
    exact: bool = False
    level: tuple[str, ...] = ()
    """Levels of divisions that are asked for."""
    ending: str = ""
    """How the names of those end."""
    slots: list[str] = field(default_factory=list)
    """Slots, where the question is a template."""
    told: tuple[tuple[str, str], ...] = ()
    """Words that could mean something else, and what they are taken for."""
    why: str = ""
    """Why it is refused."""
    readings: tuple[str, ...] = ()
    """Questions that it could be taken for."""

    @property
    def themes(self) -> list[str]:
        """All concepts named, by id."""
        return [*self.all, *self.any, *self.none]
