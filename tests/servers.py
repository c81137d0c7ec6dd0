"""Real SPARQL servers on loopback, for tests: each in a folder of its own, gone afterwards.

The Oxigraph server comes with the Python package ``oxigraph``, Virtuoso with Debian's package
``virtuoso-opensource-7-bin``, a part of ``virtuoso-opensource``. Where one is missing, tests that
use it are skipped with a message.
"""

from __future__ import annotations

import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

_READY = 90.0  # seconds that a server may take to answer
_VIRTUOSO_INI = """\
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
ErrorLogLevel = 7
FileExtend = 200
MaxCheckpointRemap = 2000
TempStorage = TempDatabase

[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
MaxCheckpointRemap = 2000

[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
MaxClientConnections = 10
CheckpointInterval = 60
CaseMode = 2
DirsAllowed = .
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}

[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
ServerThreads = 10
MaxKeepAlives = 10
KeepAliveTimeout = 10
Charset = UTF-8

[SPARQL]
ResultSetMaxRows = {rows}
"""


@dataclass
class Server:
    """A server that runs, and how to reach it."""

    url: str
    """What ``--store`` takes."""
    user: str = ""
    password: str = ""
    process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What kg reads the credentials from."""
        if not self.user:
            return {}
        return {"KG_STORE_USER": self.user, "KG_STORE_PASSWORD": self.password}

    def kill(self) -> None:
        """End it as a crash would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def oxigraph(folder: Path, *, port: int | None = None) -> Iterator[Server]:
    """An Oxigraph server whose data lies in ``folder``."""
    binary = shutil.which("oxigraph", path=str(Path(sys.executable).parent))
    if binary is None:
        pytest.skip("needs the Python package oxigraph (group dev)")
    port = port or free_port()
    command = [binary, "serve", "--location", str(folder), "--bind", f"127.0.0.1:{port}"]
    with _running(command, folder, f"http://127.0.0.1:{port}/query?query=ASK%7B%7D") as process:
        yield Server(f"http://127.0.0.1:{port}", process=process)


@contextmanager
def virtuoso(folder: Path, *, rows: int = 10_000_000, buffers: int = 20_000) -> Iterator[Server]:
    """A Virtuoso 7 whose data lies in ``folder``; its password is made up for the run."""
    binary = shutil.which("virtuoso-t")
    if binary is None:
        pytest.skip("needs Debian's package virtuoso-opensource-7-bin")
    folder.mkdir(parents=True, exist_ok=True)
    http, sql = free_port(), free_port()
    password = f"p{secrets.token_hex(12)}"
    ini = _VIRTUOSO_INI.format(
        http=http, sql=sql, rows=rows, buffers=buffers, dirty=buffers * 3 // 4
    )
    (folder / "virtuoso.ini").write_text(ini, encoding="utf-8")
    command = [binary, "+configfile", "virtuoso.ini", "+foreground"]
    with _running(command, folder, f"http://127.0.0.1:{http}/sparql?query=ASK%7B%7D") as process:
        isql = ["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", f"exec=set password dba {password};"]
        subprocess.run(isql, check=True, capture_output=True, timeout=_READY)
        yield Server(f"http://127.0.0.1:{http}/sparql", "dba", password, process)


#: Every server that commands and queries are proven on, by name.
SERVERS: dict[str, Callable[[Path], object]] = {"oxigraph": oxigraph, "virtuoso": virtuoso}


@contextmanager
def _running(command: list[str], folder: Path, probe: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process, wait until it answers, and end it, and only it, whatever happens."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder.with_name(f"{folder.name}.log")
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        _wait(process, probe, log)
        yield process
    finally:
        process.kill()
        process.wait(timeout=30)


def _wait(process: subprocess.Popen[bytes], probe: str, log: Path) -> None:
    until = time.monotonic() + _READY
    while True:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended: {log.read_text('utf-8', 'replace')[-2000:]}")
        try:
            if httpx.get(probe, timeout=5, trust_env=False).status_code < 500:
                return
        except httpx.HTTPError:
            pass
        if time.monotonic() > until:
            raise RuntimeError(f"no answer in {_READY:.0f} s: {log.read_text('utf-8', 'replace')}")
        time.sleep(0.05)
