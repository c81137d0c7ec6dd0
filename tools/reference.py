"""Writes docs/reference from the program itself: python tools/reference.py [--check] FOLDER."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from kg.cli import app
from kg.data import DATA
from kg.ontology import concepts
from kg.query import named

NOTE = "<!-- Made by tools/reference.py (make docs); do not edit. -->\n"
SCHEMES = {
    "hazard": "Hazard sectors",
    "responsibility": "Responsibility types",
    "measure": "Measure types",
}


def _commands(group: Any, context: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield every command, those of a group after it, with the context it stands in."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield name, command, context
        if hasattr(command, "list_commands"):
            yield from _commands(command, typer.Context(command, info_name=name, parent=context))


def commands() -> str:
    """Describe each command as its --help does."""
    out = [NOTE, "# Commands\n"]
    group = typer.main.get_command(app)
    context = typer.Context(group, info_name="kg")
    for name, command, parent in _commands(group, context):
        inner = typer.Context(command, info_name=name, parent=parent, terminal_width=100)
        out.append(f"## {inner.command_path}\n\n```\n{command.get_help(inner).strip()}\n```\n")
    return "\n".join(out)


def named_queries() -> str:
    """List the named queries with titles, parameters and columns."""
    out = [NOTE, "# Named queries\n"]
    for query in named():
        params = "; ".join(
            f"`{p.name}` ({p.kind}{', required' if p.required else ''})" for p in query.parameters
        )
        columns = ", ".join(f"`{c}`" for c in query.returns)
        out.append(f"## {query.name}\n\n{query.title_en} / {query.title_zh}\n")
        out.append(f"Parameters: {params or 'none'}\n\nColumns: {columns}\n")
    return "\n".join(out)


def vocabulary() -> str:
    """List the concepts of the three schemes."""
    out = [NOTE, "# Concepts\n"]
    for scheme, title in SCHEMES.items():
        out.append(f"## {title}\n\n| id | zh | en | broader |\n|---|---|---|---|")
        out.extend(
            f"| `{c.id}` | {c.zh} | {c.en} | {f'`{c.broader}`' if c.broader else ''} |"
            for c in concepts()
            if c.scheme == scheme
        )
        out.append("")
    return "\n".join(out)


def terms() -> str:
    """List the classes and properties of ontology/safety.ttl."""
    import rdflib
    from rdflib.namespace import OWL, RDF, RDFS

    graph = rdflib.Graph().parse(DATA / "ontology" / "safety.ttl")
    out = [NOTE, "# Classes and properties\n"]
    for title, kinds in (
        ("Classes", (OWL.Class, RDFS.Class)),
        ("Properties", (OWL.ObjectProperty, OWL.DatatypeProperty, RDF.Property)),
    ):
        out.append(f"## {title}\n\n| term | label | meaning |\n|---|---|---|")
        found = sorted({s for kind in kinds for s in graph.subjects(RDF.type, kind)})
        for term in found:
            label = _english(graph, term, RDFS.label)
            meaning = _english(graph, term, RDFS.comment).replace("\n", " ").replace("|", "\\|")
            out.append(f"| `kg:{str(term).rpartition('#')[2]}` | {label} | {meaning} |")
        out.append("")
    return "\n".join(out)


def _english(graph: object, term: object, predicate: object) -> str:
    values = sorted(graph.objects(term, predicate), key=lambda v: (v.language != "en", str(v)))  # type: ignore[attr-defined]
    return str(values[0]) if values else ""


def schema() -> str:
    """Show the JSON Schema of a record."""
    path = Path(__file__).resolve().parent.parent / "kg" / "record.schema.json"
    text = json.dumps(json.loads(path.read_text(encoding="utf-8")), ensure_ascii=False, indent=1)
    head = "# Record\n\nOne object a notice, as `kg extract --format jsonl` writes it."
    return f"{NOTE}\n{head}\n\n```json\n{text}\n```\n"


def contents() -> str:
    """List the pages."""
    return (
        f"{NOTE}\n# Reference\n\n[Commands](commands.md) · [Named queries](queries.md) · [Concepts](concepts.md) · "
        "[Classes and properties](terms.md) · [Record](record.md)\n"
    )


PAGES = {
    "README.md": contents,
    "commands.md": commands,
    "queries.md": named_queries,
    "concepts.md": vocabulary,
    "terms.md": terms,
    "record.md": schema,
}


def main(arguments: list[str]) -> int:
    """Write the pages, or with --check tell which are not current."""
    check = "--check" in arguments
    folder = Path(next(a for a in arguments if not a.startswith("-")))
    stale = []
    for name, make in PAGES.items():
        text, path = make().rstrip("\n") + "\n", folder / name
        if check:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                stale.append(str(path))
        else:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    if stale:
        print(f"not current: {', '.join(stale)}; run make docs", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
