"""Headless Chromium for tests: opens a page from disk, and reports what it asks for and complains of.

Needs Debian's packages ``chromium`` and ``fonts-noto-cjk`` and the Python package ``playwright``
(without its own browsers). Where one is missing, tests that use it are skipped with a message.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

DESKTOP = (1280, 800)
PHONE = (390, 844)
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Opened:
    """A page, the console errors it raised, the dialogs it opened, and the addresses it asked for."""

    page: Any
    complaints: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def shot(self, path: Path) -> Path:
        """Save what is on the screen as PNG."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(path))
        return path


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser; skips the test where there is none."""
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="needs the Python package playwright"
    )
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("needs Debian's packages chromium and fonts-noto-cjk")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(
    browser: Any, file: Path, size: tuple[int, int] = DESKTOP, *, javascript: bool = True
) -> Iterator[Opened]:
    """Open a file at a window size, once it is loaded; a narrow window is a phone with touch."""
    narrow = size[0] < 600
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        device_scale_factor=2 if narrow else 1,
        has_touch=narrow,
        is_mobile=narrow,
        java_script_enabled=javascript,
    )
    page = context.new_page()
    page.set_default_timeout(120_000)  # a laden machine is slow, not wrong
    result = Opened(page)
    page.on("request", lambda request: result.requests.append(request.url))
    page.on(
        "console",
        lambda message: (
            result.complaints.append(message.text) if message.type in ("error", "warning") else None
        ),
    )
    page.on("pageerror", lambda error: result.complaints.append(str(error)))

    def dismiss(dialog: Any) -> None:
        result.dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    try:
        page.goto(file.resolve().as_uri(), wait_until="load")
        page.wait_for_timeout(150)
        yield result
    finally:
        context.close()
