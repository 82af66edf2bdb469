"""The pages in the browser: true, safe, and readable without anything from outside."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from bankview import language
from bankview.oauth import loopback
from bankview.oauth.authorization import AuthorizationRequest, new_request
from bankview.oauth.loopback import Loopback
from bankview.oauth.pages import Pages, load
from bankview.oauth.server import Server
from tests.processes import Process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.client import HTTPResponse
    from pathlib import Path

SERVER = Server(
    authorization_endpoint="https://bank.example/authorize",
    token_endpoint="https://bank.example/token",
)
CONTENTS = ("waiting", "signed_in", "failed", "already", "refused")


@pytest.fixture(scope="module")
def pages() -> Pages:
    return load()


@pytest.fixture
def listener() -> Iterator[Loopback]:
    with Loopback("http://127.0.0.1/callback") as listener:
        yield listener
        listener.cancel()


def begin(listener: Loopback) -> AuthorizationRequest:
    request = new_request(SERVER, "bankview", listener.redirect_uri)
    listener.expect(request)
    return request


def browse(listener: Loopback, request: AuthorizationRequest, **fields: str) -> HTTPResponse:
    """Come back from the bank and go where the listener says, as a browser does."""
    query = urlencode({"code": "canary-code", "state": request.state, **fields})
    response: HTTPResponse = urlopen(f"{listener.redirect_uri}?{query}", timeout=20)
    return response


class Browser(threading.Thread):
    """A browser of its own, that shows a page as it comes; `begun` once the first of it is there."""

    def __init__(self, listener: Loopback, request: AuthorizationRequest, **fields: str) -> None:
        super().__init__()
        self.listener, self.request, self.fields = listener, request, fields
        self.begun = threading.Event()
        self.page = ""

    def run(self) -> None:
        with browse(self.listener, self.request, **self.fields) as response:
            first = response.readline()
            self.begun.set()
            self.page = (first + response.read()).decode()


def headings(page: str) -> list[str]:
    return re.findall("<h1>(.*?)</h1>", page)


def test_the_page_says_that_it_worked_once_it_has(listener: Loopback) -> None:
    browser = Browser(listener, begin(listener))
    browser.start()
    assert listener.wait(20) == "canary-code"
    listener.finish(True)
    browser.join(20)
    assert headings(browser.page)[-1] == "You are signed in"


def test_the_page_says_that_it_failed_once_it_has(listener: Loopback) -> None:
    browser = Browser(listener, begin(listener))
    browser.start()
    assert listener.wait(20) == "canary-code"
    listener.finish(False)
    browser.join(20)
    assert headings(browser.page)[-1] == "You are not signed in"


def test_a_page_that_is_open_already_says_what_to_do_and_then_how_it_ended(
    listener: Loopback,
) -> None:
    request = begin(listener)
    waiter = threading.Thread(target=lambda: listener.wait(20))
    waiter.start()
    browser = Browser(listener, request)
    browser.start()
    assert browser.begun.wait(20)
    waiter.join(20)
    listener.finish(True)
    browser.join(20)
    assert headings(browser.page)[-1] == "You are signed in"
    assert browser.page.rstrip().endswith("</html>")


def test_before_anybody_waits_the_page_says_only_what_to_do(listener: Loopback) -> None:
    with browse(listener, begin(listener)) as response:
        assert headings(response.read().decode()) == ["Return to Bankview"]


def test_a_listener_that_closes_without_a_verdict_claims_none() -> None:
    with Loopback("http://127.0.0.1/callback") as listener:
        browser = Browser(listener, begin(listener))
        browser.start()
        listener.wait(20)
        assert browser.begun.wait(20)
    browser.join(20)
    assert headings(browser.page) == ["Return to Bankview"]
    assert browser.page.rstrip().endswith("</html>")


def test_a_refusal_looks_like_one_at_once(listener: Loopback) -> None:
    with browse(listener, begin(listener), error="access_denied") as response:
        assert headings(response.read().decode()) == ["You are not signed in"]


def test_a_listener_that_closes_after_the_verdict_lets_the_page_be_fetched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loopback, "FAREWELL", 20)
    with Loopback("http://127.0.0.1/callback") as listener:
        browser = Browser(listener, begin(listener))
        browser.start()
        listener.wait(20)
        listener.finish(True)
    browser.join(20)
    assert headings(browser.page)[-1] == "You are signed in"


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_chromium_shows_how_it_ended(tmp_path: Path, host: str) -> None:
    with Loopback(f"http://{host}/callback") as listener:
        request = begin(listener)
        query = urlencode({"code": "canary-code", "state": request.state})
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
        command += ["--disable-background-networking", f"--user-data-dir={tmp_path}"]
        with Process(
            [*command, f"{listener.redirect_uri}?{query}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as chromium:
            assert listener.wait(60) == "canary-code"
            listener.finish(True)
            # A busy machine takes its time to fetch the page.
            shown, _ = chromium.communicate(timeout=60)
    assert headings(shown)[-1] == "You are signed in"
    assert "canary" not in shown


@pytest.mark.parametrize("path", ["/done", "/already", "/done?next=https://evil.example"])
def test_every_page_comes_with_the_headers_that_keep_it_closed(
    listener: Loopback, path: str
) -> None:
    with urlopen(f"http://127.0.0.1:{listener.port}{path}") as response:
        headers = response.headers
    assert headers["Content-Security-Policy"].startswith(
        "default-src 'none'; style-src 'unsafe-inline';"
    )
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Connection"] == "close"
    assert headers["Server"] == "Bankview"
    assert headers["Location"] is None


def test_no_page_repeats_a_word_of_the_request(listener: Loopback) -> None:
    request = begin(listener)
    shown = b""
    fields = {"error": "canary-error", "error_description": "<script>canary</script>"}
    with browse(listener, request, **fields) as response:
        shown += response.read() + response.headers.as_bytes()
        assert response.url.endswith("/done")
    for word in (b"canary", b"script", request.state.encode()):
        assert word not in shown


@pytest.mark.parametrize("name", CONTENTS)
def test_a_page_is_whole_and_needs_nothing_from_outside(pages: Pages, name: str) -> None:
    page = pages.whole(getattr(pages, name)).decode()
    assert page.startswith('<!DOCTYPE html>\n<html lang="en" dir="ltr">')
    for word in (
        "<script",
        "http:",
        "https:",
        "url(",
        "@import",
        "<img",
        "<link",
        "<iframe",
        "<form",
    ):
        assert word not in page
    assert len(headings(page)) == 1
    assert "prefers-color-scheme: dark" in page
    assert 'name="viewport"' in page
    assert 'aria-live="polite"' in page


@pytest.mark.parametrize(
    ("tag", "start", "title"),
    [
        ("nb", '<html lang="nb" dir="ltr">', "Du er logget inn"),
        ("fr", '<html lang="fr" dir="ltr">', "Vous êtes connecté"),
        ("de", '<html lang="de" dir="ltr">', "Sie sind angemeldet"),
        (language.PSEUDO, '<html lang="qps-rtl" dir="rtl">', "⟦You are signed in"),
    ],
)
def test_pages_speak_the_app_s_language(tag: str, start: str, title: str) -> None:
    language.use(tag)
    try:
        page = load().whole(load().signed_in).decode()
    finally:
        language.use("en")
    assert start in page
    assert title in headings(page)[0]


@pytest.mark.parametrize("name", CONTENTS)
def test_every_tag_that_is_opened_is_closed(pages: Pages, name: str) -> None:
    open_tags: list[str] = []

    class Checker(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag not in {"meta", "path", "rect", "circle"}:
                open_tags.append(tag)

        def handle_endtag(self, tag: str) -> None:
            if tag not in {"path", "rect", "circle"}:
                assert open_tags.pop() == tag

    Checker().feed(pages.whole(getattr(pages, name)).decode())
    assert not open_tags


@pytest.mark.parametrize("name", CONTENTS)
def test_pictures_are_silent_for_screen_readers(pages: Pages, name: str) -> None:
    page = pages.whole(getattr(pages, name)).decode()
    assert len(re.findall("<svg", page)) == len(re.findall('<svg[^>]* aria-hidden="true"', page))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (WCAG 2.2, relative luminance)."""
    lights = []
    for colour in (one, other):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        lights.append(0.2126 * r + 0.7152 * g + 0.0722 * b)
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def test_text_can_be_read_in_light_and_dark(pages: Pages) -> None:
    head = pages.head.decode()
    for block in re.findall(r":root \{(.*?)\}", head, re.DOTALL)[:2]:
        colours = dict(re.findall(r"--(\w+): (#\w{6})", block))
        for name in ("text", "second", "credit", "attention", "accent"):
            assert contrast(colours[name], colours["base"]) >= 4.5, name
