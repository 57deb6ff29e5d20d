"""A real browser for the tests of pages: Debian's Chromium without a window, driven by Playwright.

A visit notices whatever a page must not do: errors, warnings, broken links to its own parts, questions to other hosts.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    Response,
    sync_playwright,
)

from .conftest import REPOSITORY, need_command

SCREENSHOTS = REPOSITORY / "build" / "screenshots"

# What axe calls its rules for WCAG 2.0 to 2.2, levels A and AA, and its own advice.
_AXE_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

_PATIENCE_SECONDS = 15


@contextmanager
def open_browser() -> Iterator[Browser]:
    """One for all tests of a module."""
    program = need_command("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--mute-audio"])
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visit:
    """A tab, and what went wrong in it."""

    page: Page
    host: str
    """The only one that may be asked, with its port."""
    faults: list[str] = field(default_factory=list)

    def see_console(self, message: ConsoleMessage) -> None:
        # Of what is no HTML, such as the feed, a browser looks for the icon where hosts had it in 1999.
        is_icon = message.location["url"].endswith("/favicon.ico")
        if message.type in ("error", "warning") and not is_icon:
            self.faults.append(f"console {message.type}: {message.text}")

    def see_error(self, error: Exception) -> None:
        self.faults.append(f"error in the page: {error}")

    def see_dialog(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def see_request(self, request: Request) -> None:
        if urlsplit(request.url).netloc != self.host:
            self.faults.append(f"asks another host: {request.url}")

    def see_failure(self, request: Request) -> None:
        # What a browser breaks off itself: a picture when the page is left, a recording when a later part is wanted.
        # What a page's policy forbids, or what is not there, fails otherwise.
        if "ABORTED" in (request.failure or ""):
            return
        self.faults.append(f"failed: {request.url} {request.failure}")

    def see_response(self, response: Response) -> None:
        if response.status >= 400:
            self.faults.append(f"{response.status}: {response.url}")


@contextmanager
def visiting(browser: Browser, address: str, *, host: str = "", **options: Any) -> Iterator[Visit]:
    """Open *address* in a browser that knows nothing yet; at the end, nothing may have gone wrong.

    Args:
        host: the one that pages may ask; untold, that of *address*.
        options: of the browser's profile, such as `color_scheme` or `java_script_enabled`.
    """
    with new_profile(browser, **options) as context:
        visit = open_tab(context, host or urlsplit(address).netloc)
        visit.page.goto(address)
        yield visit
        assert not visit.faults, "\n".join(visit.faults)


@contextmanager
def new_profile(browser: Browser, **options: Any) -> Iterator[BrowserContext]:
    """A browser that remembers nothing of another's visits."""
    context = browser.new_context(**options)
    context.set_default_timeout(_PATIENCE_SECONDS * 1000)
    try:
        yield context
    finally:
        context.close()


def open_tab(context: BrowserContext, host: str) -> Visit:
    """An empty one, watched from the beginning."""
    visit = Visit(context.new_page(), host)
    context.on("console", visit.see_console)
    context.on("weberror", lambda error: visit.see_error(error.error))
    context.on("dialog", visit.see_dialog)
    context.on("request", visit.see_request)
    context.on("requestfailed", visit.see_failure)
    context.on("response", visit.see_response)
    return visit


def wait_until(page: Page, condition: str) -> None:
    """Until a JavaScript expression is true; Playwright's own way would need `unsafe-eval` in the pages' policy."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, f"never became true: {condition}"
        page.wait_for_timeout(20)


def axe_findings(page: Page) -> list[str]:
    """What axe-core finds against the accessibility of the page as it is now, and where."""
    page.evaluate(_axe())
    options = {"runOnly": {"type": "tag", "values": _AXE_TAGS}, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(options)", options)
    return [
        f"{violation['id']}: {node['html']}: {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@cache
def _axe() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


def overhang_px(page: Page) -> int:
    """How far the page is wider than its window."""
    overhang: int = page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth")
    return overhang


def take_screenshot(page: Page, name: str, *, is_whole: bool = True) -> None:
    """Into `build/screenshots/`, which CI keeps."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=is_whole, animations="disabled")
