"""The process that workers are forked from: it has loaded what they need, and has no threads.

``python -m kg.serve.nursery FD`` is started by the pool. Over the socket FD come lines of JSON, with
the worker's end of its socket beside them: ``{"fork": 7, …}``, ``{"kill": 7}``, ``{"stop": 7}``,
``{"go": 7}``. Only the parent of a process can be sure whom a process number means, so it is this
one that sends signals. When the server is gone, the
socket ends, and all workers with it.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from importlib import import_module
from typing import Any

#: What jobs need: the modules that they are in, and the parser behind complaints.
_NEEDED = (
    "kg.question.answer",
    "kg.serve.describe",
    "kg.serve.jobs",
    "kg.serve.views",
    "kg.serve.worker",
    "kg.serve.writing",
    "rdflib.plugins.sparql",
)
_SIGNALS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP, "go": signal.SIGCONT}


def main(descriptor: int) -> None:
    """Serve the pool until it closes the socket."""
    _load()
    control = socket.socket(fileno=descriptor)
    children: dict[int, int] = {}
    wake, waker = os.pipe()
    for end in (wake, waker):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        while True:
            ready, _, _ = select.select([control.fileno(), wake], [], [])
            if wake in ready:
                with suppress(BlockingIOError):
                    os.read(wake, 4096)
                _bury(children)
            if control.fileno() in ready:
                data, handed, _, _ = socket.recv_fds(control, 65536, 1)
                if not data:
                    return
                _obey(json.loads(data), handed, children, control, (wake, waker))
    finally:
        for pid in children.values():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _load() -> None:
    """Import and read what jobs need, once for all workers: a new one is quick from its first job."""
    for module in _NEEDED:
        import_module(module)
    from kg.errors import KgError
    from kg.parameters import resolve
    from kg.query import find, named, run
    from kg.question.answer import ask
    from kg.regions.table import full_names, short_names
    from kg.store import Store

    full_names()
    short_names()
    memory = Store.memory()
    for query in named():
        if not any(p.required for p in query.parameters):
            run(memory, find(query.name))
    for kind, value in (("hazard", "尾礦庫"), ("region", "湖南"), ("date", "2020-01-01")):
        with suppress(KgError):
            resolve(kind, value, store=memory)
    for question in ("哪些地区强调了尾矿库？", "Which regions stressed tailings ponds?"):
        ask(question, store=memory)
    with suppress(KgError):
        run(memory, "SELECT malformed")
    gc.collect()
    gc.freeze()  # what is shared stays shared


def _obey(
    order: dict[str, Any],
    handed: list[int],
    children: dict[int, int],
    control: socket.socket,
    pipe: tuple[int, int],
) -> None:
    for what, sent in _SIGNALS.items():
        if what in order:
            pid = children.get(order[what])
            if pid is not None:
                os.kill(pid, sent)
            return
    (end,) = handed
    pid = os.fork()
    if pid:
        children[order["fork"]] = pid
        os.close(end)
        return
    status = 1
    try:
        control.close()
        signal.set_wakeup_fd(-1)
        for other in pipe:
            os.close(other)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        from kg.serve import worker

        worker.run(end, order)
        status = 0
    except BrokenPipeError:
        status = 0
    finally:
        os._exit(status)


def _bury(children: dict[int, int]) -> None:
    """Reap the workers that have ended."""
    for name, pid in list(children.items()):
        if os.waitpid(pid, os.WNOHANG)[0]:
            del children[name]


if __name__ == "__main__":
    main(int(sys.argv[1]))
