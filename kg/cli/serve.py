"""``kg serve``: the graph over HTTP."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from kg.cli.common import STORE, StoreOption, fail, guarded, tell


@guarded
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port.", min=1, max=65535)] = 8000,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="A name under which clients reach the server. Repeatable."
        ),
    ] = None,
    writable: Annotated[
        bool,
        typer.Option(
            "--writable/--read-only",
            help="Take SPARQL Update and graphs from who has the token in KG_TOKEN.",
        ),
    ] = False,
    workers: Annotated[
        int,
        typer.Option(help="Short questions answered at the same time; 0: one a processor.", min=0),
    ] = 0,
    seconds: Annotated[float, typer.Option(help="How long a question may take.", min=0.1)] = 30.0,
    memory: Annotated[
        int, typer.Option(help="MiB that a question may take.", min=64, metavar="MIB")
    ] = 2048,
    rows: Annotated[int, typer.Option(help="Rows of one answer.", min=1)] = 1_000_000,
    queue: Annotated[int, typer.Option(help="Questions that may wait.", min=0)] = 256,
    cache: Annotated[
        int, typer.Option(help="MiB of answers kept; 0 keeps none.", min=0, metavar="MIB")
    ] = 64,
    rate: Annotated[
        str, typer.Option(help="Requests that one client may make; none: any number.")
    ] = "50/second",
    proxy: Annotated[
        str | None,
        typer.Option(help="Addresses of proxies whose X-Forwarded-For is believed."),
    ] = None,
    log: Annotated[bool, typer.Option(help="Log each request, without its parameters.")] = True,
    store: StoreOption = STORE,
) -> None:
    """Serve the graph: pages, a SPARQL endpoint, named queries, every thing at its own URL."""
    try:
        from kg.serve.app import serve as run
        from kg.serve.settings import LOCAL, MIB, Settings
    except ImportError as error:
        fail(f"kg serve needs {error.name}", hint="pip install 'kg-safety[serve]'")
    token = os.environ.get("KG_TOKEN")
    if writable and (token is None or len(token) < MIN_TOKEN):
        fail(
            f"--writable needs a secret of at least {MIN_TOKEN} characters in KG_TOKEN",
            hint="KG_TOKEN=$(openssl rand -hex 32) kg serve --writable",
        )
    _check_rate(rate)
    if "://" in store:
        fail("kg serve serves a folder, not another server", hint="--store DIR")
    own = () if host in ("0.0.0.0", "::") else (f"[{host}]" if ":" in host else host,)
    settings = Settings(
        store=Path(store),
        hosts=tuple(dict.fromkeys((*LOCAL, *own, *(allow_host or ())))),
        token=token if writable else None,
        seconds=seconds,
        memory=memory * MIB,
        rows=rows,
        queue=queue,
        cache=cache * MIB,
        rate=None if rate == "none" else rate,
        log=log,
        **({"workers": workers} if workers else {}),
    )
    shown = f"[{host}]" if ":" in host else host
    tell(f"{store}: http://{shown}:{port}/ ({'writable' if writable else 'read-only'})")
    run(settings, host=host, port=port, proxies=proxy)


#: Characters of a token that nobody guesses.
MIN_TOKEN = 24


def _check_rate(rate: str) -> None:
    from limits import parse

    if rate != "none":
        try:
            parse(rate)
        except ValueError:
            fail(f"--rate '{rate}' is no rate", hint="as in 50/second, 600/minute, none")


COMMANDS = {"serve": serve}
