"""The servers that are compared, and what their processes use."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from kg.folder import read_marker
from tests.serving import free_port, wait_ready


@contextmanager
def kg_serve(store: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run ``kg serve``."""
    port = free_port()
    log = store.parent / f"kg-{port}.log"
    command = [sys.executable, "-m", "kg", "serve", "--store", str(store), "--port", str(port)]
    with log.open("wb") as said:
        process = subprocess.Popen([*command, "--rate", "none", *options], stderr=said)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            wait_ready(client, process, log)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@contextmanager
def oxigraph(store: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run the Oxigraph server on the same folder."""
    port = free_port()
    binary = Path(sys.executable).with_name("oxigraph")
    process = subprocess.Popen(
        [
            binary,
            "serve-read-only",
            "--location",
            store / read_marker(store).data,
            "--bind",
            f"127.0.0.1:{port}",
        ],
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(200):
            try:
                httpx.get(f"http://127.0.0.1:{port}/query?query=ASK%7B%7D")
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.wait()


def memory(process: subprocess.Popen[bytes]) -> float:
    """Return MiB of a process and all below it that are its own (PSS)."""
    total = 0
    for about in _family(process):
        found = re.search(r"^Pss:\s+(\d+) kB", _text(about / "smaps_rollup"), re.MULTILINE)
        total += int(found[1]) if found else 0
    return total / 1024


def processor(process: subprocess.Popen[bytes]) -> float:
    """Return the seconds of processor of a process and all that were ever below it."""
    ticks = 0
    for about in _family(process):
        fields = _text(about / "stat").rpartition(")")[2].split()
        ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _family(process: subprocess.Popen[bytes]) -> Iterator[Path]:
    """Where the system tells of a process and of those below it."""
    waiting = [process.pid]
    while waiting:
        about = Path(f"/proc/{waiting.pop()}")
        yield about
        waiting += map(int, _text(about / f"task/{about.name}/children").split())


def _text(file: Path) -> str:
    """What a file of /proc says; nothing once the process is gone."""
    try:
        return file.read_text()
    except OSError:
        return ""


def rest(process: subprocess.Popen[bytes]) -> None:
    """Wait until a server has ended what nobody waits for any more."""
    for _ in range(120):
        before = processor(process)
        time.sleep(0.5)
        if processor(process) - before < 0.1:
            return
