"""One question after another: history, completion, and follow-ups (and Hunan? 湖南呢？)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from kg.ontology import concepts
from kg.question.answer import PAGE, Asked, reply, understand
from kg.question.reply import Reply
from kg.question.words import words
from kg.regions.english import english
from kg.stores import GraphStore

_PROMPT = "? "
_HISTORY = Path("~/.kg_history")
_LONGEST_HISTORY = 1000
_END = frozenset({"exit", "quit", "bye", "退出", "再见"})


class Talk:
    """What was asked so far."""

    def __init__(self, store: GraphStore, *, limit: int | None = PAGE) -> None:
        self.store = store
        self.limit = limit
        self.before: Asked | None = None

    def ask(self, question: str) -> Reply:
        """Answer a question, or a follow-up of the one before; a refused one is forgotten."""
        asked = understand(question, store=self.store, before=self.before)
        found = reply(question, asked, store=self.store, limit=self.limit)
        if found:
            self.before = asked
        return found


def talk(store: GraphStore, *, show: Callable[[Reply], None], limit: int | None = PAGE) -> None:
    """Read questions from standard input until it ends."""
    conversation = Talk(store, limit=limit)
    for line in _lines():
        question = line.strip()
        if question.casefold() in _END:
            return
        if question:
            show(conversation.ask(question))


def _lines() -> Iterator[str]:
    if not sys.stdin.isatty():
        yield from sys.stdin
        return
    import readline

    path = _HISTORY.expanduser()
    with suppress(OSError):
        readline.read_history_file(path)
    readline.set_history_length(_LONGEST_HISTORY)
    readline.set_completer(_complete)
    readline.set_completer_delims(" ,?、，？")
    readline.parse_and_bind("tab: complete")
    try:
        while True:
            yield input(_PROMPT)
    except EOFError:
        sys.stderr.write("\n")
    finally:
        with suppress(OSError):
            readline.write_history_file(path)


def _complete(text: str, state: int) -> str | None:
    found = completions(text)
    return found[state] if state < len(found) else None


def completions(start: str) -> list[str]:
    """List words of questions, concepts and divisions that begin so.

    >>> completions("tailings p")
    ['tailings pond', 'tailings ponds']
    """
    names = [word for row in words().roles for word in row.words]
    names += [name for c in concepts() for name in (c.en, c.zh, *c.alt_en, *c.alt)]
    names += [name for official, ways in english().items() for name in (official, ways[0])]
    low = start.casefold()
    return sorted({name for name in names if name.casefold().startswith(low)}) if start else []
