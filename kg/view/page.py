"""The page itself: pyvis makes it from our template, and nothing in it points outside the file.

What pyvis 0.3.2 does by itself does not do here: its own template prints the heading unescaped and
twice and loads Bootstrap from a CDN even with ``cdn_resources="in_line"``. Its API takes another
template, so ours is given (``page.html``), rendered with escaping on, and carries the vis-network
that pyvis ships.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import DataFileError
from kg.view.choose import Choice
from kg.view.content import HERE, LANGUAGES, TAGS, Content, notes, title_in, words
from kg.view.kinds import SHAPES, look
from kg.view.layout import Layout
from kg.view.safe import CSP_MARK, Safe, seal, to_json

if TYPE_CHECKING:
    import networkx as nx


def write_page(
    choice: Choice,
    places: Layout,
    *,
    source: nx.MultiDiGraph,
    title: str | None,
    lang: str,
) -> str:
    """The whole HTML page for what was chosen and where it stands."""
    data = Content(choice.graph)
    network = _network(data, places)
    environment = network.templateEnv
    environment.autoescape = True
    environment.filters["tojson"] = lambda value: Safe(to_json(value))
    environment.globals.update(
        page={
            "lang": lang,
            "lang_tag": TAGS[lang],
            "tags": TAGS,
            "title": {code: title_in(code, title, source) for code in LANGUAGES},
            "shapes": dict(SHAPES),
            "kinds": data.kinds(),
            "categories": data.categories(),
            "notes": notes(choice, source, data, network.edges),
            "headings": [
                {"kind": h.kind, "x": h.x, "y": h.y, "side": h.side, "tint": look(h.kind).colour}
                for h in places.headings
            ],
        },
        words=words()[lang],
        all_words={code: words()[code] for code in LANGUAGES},
        languages=list(LANGUAGES.items()),
        rows=data.rows(),
        alone=data.alone(),
        css=_file("page.css"),
        script=_file("page.js"),
        library=_library(environment),
        csp=CSP_MARK,
    )
    return seal(network.generate_html())


def _network(data: Content, places: Layout) -> Any:
    """The pyvis network; ids are numbers, which keeps the page small."""
    from pyvis.network import Network

    network = Network(height="100%", width="100%", directed=True, cdn_resources="in_line")
    network.set_template(str(HERE / "page.html"))
    network.set_options(
        json.dumps(
            {
                "autoResize": True,
                "physics": {"enabled": False},
                "layout": {"improvedLayout": False, "randomSeed": 1},
                "interaction": {
                    "hover": False,
                    "selectable": False,
                    "dragNodes": False,
                    "keyboard": {"enabled": True, "bindToWindow": False},
                    "zoomSpeed": 0.6,
                },
                "edges": {
                    "arrows": {"to": {"enabled": False}},
                    "selectionWidth": 0,
                    "smooth": {
                        "enabled": True,
                        "type": "cubicBezier",
                        "forceDirection": "horizontal",
                        "roundness": 0.5,
                    },
                },
            }
        )
    )
    for number, node in enumerate(data.graph):
        place = places.places[node]
        network.add_node(number, **data.node(node), x=place.x, y=place.y, side=place.side)
    for number, (subject, obj, key, edge) in enumerate(data.graph.edges(keys=True, data=True)):
        quiet = places.places[subject].side == places.places[obj].side
        ends = data.number[subject], data.number[obj]
        network.add_edge(
            *ends, id=number, arrows="", quiet=quiet, **data.edge(subject, obj, key, edge)
        )
    return network


def _file(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _library(environment: Any) -> str:
    """The vis-network that pyvis ships, without the trailing comments' line ends of Windows."""
    import pyvis

    folder = Path(pyvis.__file__).parent / "templates" / "lib"
    found = sorted(folder.glob("vis-*/vis-network.min.js"), key=_version)
    if not found:
        raise DataFileError(
            f"{folder}: pyvis has no vis-network to put into the page",
            hint="pip install 'pyvis>=0.3.2'",
        )
    return found[-1].read_text(encoding="utf-8").replace("</script", "<\\/script")


def _version(path: Path) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", path.parent.name)]
