"""A real ``kg serve`` on the loopback, for the tests of the server."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx


@dataclass
class Running:
    """A server that runs."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path
    client: httpx.Client = field(repr=False)

    def get(self, path: str, **options) -> httpx.Response:
        return self.client.get(path, **options)

    def sparql(self, query: str, accept: str | None = None, **options) -> httpx.Response:
        headers = {"accept": accept} if accept else {}
        return self.client.get("/sparql", params={"query": query}, headers=headers, **options)

    def metric(self, name: str) -> float:
        found = re.search(rf"^{re.escape(name)} (\S+)$", self.get("/metrics").text, re.MULTILINE)
        assert found, name
        return float(found[1])

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(
    store: Path, folder: Path, *options: str, token: str | None = None
) -> Iterator[Running]:
    port = free_port()
    log = folder / f"serve-{port}.log"
    environment = {k: v for k, v in os.environ.items() if k != "KG_TOKEN"}
    if token is not None:
        environment["KG_TOKEN"] = token
    command = [sys.executable, "-m", "kg", "serve", "--store", str(store), "--port", str(port)]
    with log.open("wb") as said:
        process = subprocess.Popen(
            [*command, "--rate", "none", *options], stderr=said, env=environment
        )
    url = f"http://127.0.0.1:{port}"
    client = httpx.Client(base_url=url, timeout=180)
    try:
        wait_ready(client, process, log)
        yield Running(url, process, log, client)
    finally:
        client.close()
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_ready(client: httpx.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(2400):
        if process.poll() is not None:
            break
        try:
            if client.get("/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError(log.read_text(encoding="utf-8"))
