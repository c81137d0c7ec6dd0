"""The words of questions: ontology/questions.yaml, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from kg.data import ONTOLOGY
from kg.errors import DataFileError
from kg.question.inflect import inflected

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PARTS = {
    "irregular",
    "roles",
    "noise",
    "outside",
    "bearers",
    "also",
    "campaigns",
    "policies",
    "meetings",
}


@dataclass(frozen=True, slots=True)
class Row:
    """Words that mean the same in a question, and a question with them in each language."""

    value: str
    """Role, reason for a refusal, or the word looked for in the notices."""
    en: tuple[str, ...]
    zh: tuple[str, ...]
    examples: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    """Forms of verb phrases; where another row has one too, it is that row's."""

    @property
    def words(self) -> tuple[str, ...]:
        """All of them but forms of verbs."""
        return self.en + self.zh


@dataclass(frozen=True, slots=True)
class Words:
    """The whole file."""

    roles: tuple[Row, ...]
    noise: Row
    outside: tuple[Row, ...]
    bearers: tuple[Row, ...]
    campaigns: tuple[Row, ...]
    policies: tuple[Row, ...]
    meetings: tuple[Row, ...]
    """Words that names of meetings hold."""
    also: Mapping[str, Row]
    """More names of concepts, by id."""


@cache
def words() -> Words:
    """Read ontology/questions.yaml; raises DataFileError where it is not as it should be.

    >>> sorted(row.value for row in words().roles)[:3]
    ['after', 'and', 'attend']
    """
    path = ONTOLOGY / "questions.yaml"
    where = f"ontology/{path.name}"
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataFileError(f"{where}: {error}") from error
    if not isinstance(data, dict) or set(data) != _PARTS:
        wrong = sorted(set(data or ()) ^ _PARTS)
        raise DataFileError(f"{where}: missing or unknown: {', '.join(wrong)}")

    irregular = {str(verb): tuple(forms) for verb, forms in data["irregular"].items()}

    def rows(part: str, key: str) -> tuple[Row, ...]:
        return tuple(_row(item, key, f"{where}: {part}", irregular) for item in data[part])

    return Words(
        roles=rows("roles", "role"),
        noise=_row(data["noise"], None, f"{where}: noise"),
        outside=rows("outside", "why"),
        bearers=rows("bearers", "word"),
        campaigns=rows("campaigns", "word"),
        policies=rows("policies", "word"),
        meetings=rows("meetings", "word"),
        also={
            str(key): _row(value, None, f"{where}: also {key}")
            for key, value in data["also"].items()
        },
    )


def _row(
    item: Any, key: str | None, where: str, irregular: Mapping[str, tuple[str, ...]] | None = None
) -> Row:
    keys = {"en", "zh", "example", "verbs"} | ({key} if key else set())
    if not isinstance(item, dict) or not set(item) <= keys or not {"en", "zh"} <= set(item):
        raise DataFileError(f"{where}: {item!r} should have {', '.join(sorted(keys))}")
    lists = [item["en"], item["zh"], item.get("verbs", [])]
    for found in lists:
        wrong = [w for w in found if not isinstance(w, str) or not w.strip()]
        if wrong:
            raise DataFileError(f"{where}: {wrong[0]!r} is no word", hint="put quotes around it")
    en, zh, verbs = (tuple(found) for found in lists)
    forms = dict.fromkeys(f for verb in verbs for f in inflected(verb, irregular or {}))
    example = item.get("example", {})
    examples = tuple(str(example[lang]) for lang in ("en", "zh") if lang in example)
    return Row(str(item[key]) if key else "", en, zh, examples, tuple(forms))
