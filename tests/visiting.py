"""Headless Chromium on a server of the loopback: what it asks for, complains of, and how it fares."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.browser import DESKTOP

#: What the software renderer of a headless browser says of itself.
_RENDERER = ("GL Driver Message", "GPU stall")


@dataclass
class Visit:
    """A page, what its console complained of, dialogs, and the addresses that it asked for."""

    page: Any
    url: str
    complaints: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def go(self, path: str) -> Any:
        answer = self.page.goto(self.url + path, wait_until="load")
        self.page.wait_for_load_state("networkidle")
        return answer

    def shot(self, path: Path, *, whole: bool = False) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(path), full_page=whole)

    def clean(self) -> None:
        """Fail where the page complained, opened a dialog, or asked anybody else."""
        assert self.complaints == []
        assert self.dialogs == []
        home = urlsplit(self.url).netloc
        elsewhere = [
            r for r in self.requests if urlsplit(r).scheme in ("http", "https", "ws", "wss")
        ]
        assert elsewhere
        assert [r for r in elsewhere if urlsplit(r).netloc != home] == []


@contextmanager
def visiting(
    browser: Any,
    url: str,
    size: tuple[int, int] = DESKTOP,
    *,
    javascript: bool = True,
    locale: str = "zh-CN",
    scheme: str = "light",
) -> Iterator[Visit]:
    narrow = size[0] < 600
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        has_touch=narrow,
        is_mobile=narrow,
        java_script_enabled=javascript,
        locale=locale,
        color_scheme=scheme,
    )
    page = context.new_page()
    page.set_default_timeout(120_000)  # a laden machine is slow, not wrong
    visit = Visit(page, url)
    page.on("request", lambda request: visit.requests.append(request.url))

    def heard(message: Any) -> None:
        known = any(words in message.text for words in _RENDERER)
        if message.type in ("error", "warning") and not known:
            visit.complaints.append(message.text)

    def dismiss(dialog: Any) -> None:
        visit.dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("console", heard)
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    page.on("dialog", dismiss)
    try:
        yield visit
    finally:
        context.close()
