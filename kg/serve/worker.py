"""A worker process: opens the store, then does one job after the other until its pipe is closed."""

from __future__ import annotations

import json
import os
import pickle
import sys
from pathlib import Path
from typing import Any

from kg.errors import KgError, QueryError, StoreError
from kg.serve.errors import Refused, Unreadable
from kg.serve.out import READY, Out, failure, frame, send
from kg.serve.sandbox import forbid_network, limit_memory


def run(descriptor: int, told: dict[str, Any]) -> None:
    """Work: read jobs from a socket, write what they answer to it.

    ``told`` has the store's path and the limits. Jobs come from the server, which alone writes to
    the socket's other end: that is why they may be pickled. Answers are never unpickled.
    """
    from kg.store import Store

    try:
        store = Store.open(Path(told["store"]), read_only=True)
    except StoreError as error:
        send(descriptor, failure(Unreadable(str(error), hint=error.hint)))
        return
    held = forbid_network()
    limit_memory(told["memory"])
    ready = {"pid": os.getpid(), "base": store.base, "sandboxed": held}
    send(descriptor, frame(READY, json.dumps(ready).encode()))
    with os.fdopen(descriptor, "rb", closefd=False) as jobs:
        while head := jobs.read(4):
            function, arguments = pickle.loads(jobs.read(int.from_bytes(head, "big")))
            work(store, descriptor, function, arguments, told)
    store.close()


def work(
    store: Any, descriptor: int, function: Any, arguments: dict[str, Any], told: dict[str, Any]
) -> None:
    """Do one job, and say what came of it."""
    out = Out(descriptor, rows=told["rows"], size=told["answer"])
    try:
        function(store, out, **arguments)
        out.end()
    except BrokenPipeError:
        raise SystemExit(0) from None
    except Refused as error:
        out.fail(error)
    except StoreError as error:  # another process writes, the disk is full
        out.fail(Refused(503, str(error), hint=error.hint))
    except OSError as error:
        # The engine's: files of the snapshot are gone or damaged. Another worker opens a new one.
        sys.stderr.write(f"kg serve: a worker cannot read its snapshot: {error}\n")
        out.fail(Unreadable("the store could not be read; come again"))
    except KgError as error:
        status = 400 if isinstance(error, QueryError) else 500
        out.fail(Refused(status, str(error), hint=error.hint))
    except MemoryError:
        out.fail(Refused(503, "the question needs more memory than it may have"))
    except Exception as error:
        import traceback

        traceback.print_exc()
        out.fail(Refused(500, f"internal error: {type(error).__name__}"))
