"""The login and consent pages stand alone, and a form counts only in the browser that it was made for."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

if TYPE_CHECKING:
    from tests.sandbox_process import Person


class Browser:
    """A browser by hand: cookies, and forms that are filled wrongly on purpose."""

    def __init__(self, person: Person) -> None:
        self.base = f"http://127.0.0.1:{person.sandbox.port + 1}"
        self.session = requests.Session()
        self.session.trust_env = False
        self.page = self.session.get(person.url(), timeout=20)

    def hidden(self) -> dict[str, str]:
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.page.text)
        return dict(found)

    def press(self, path: str, **fields: str) -> requests.Response:
        self.page = self.session.post(
            self.base + path,
            data={**self.hidden(), **fields},
            timeout=20,
            allow_redirects=path == "/sign-in",
        )
        return self.page


@pytest.fixture
def browser(person: Person) -> Any:
    opened = Browser(person)
    yield opened
    opened.session.close()


def test_the_picker_offers_both_customers(browser: Browser) -> None:
    assert "Sign in as Nora Lien" in browser.page.text
    assert "Sign in as Emil Dahl" in browser.page.text


def test_the_hinted_customer_comes_first(person: Person) -> None:
    hinted = requests.get(person.url(login_hint="student"), timeout=20).text
    assert hinted.index("Emil Dahl") < hinted.index("Nora Lien")


def test_the_consent_page_lists_the_accounts_with_their_numbers(browser: Browser) -> None:
    page = browser.press("/sign-in", customer="household").text
    for words in ("Brukskonto", "9713.10.44716", "Kredittkort", "K402198", "Valutakonto EUR"):
        assert words in page


class Outside(HTMLParser):
    """Finds what a page would load or send elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "img", "iframe", "link", "object"}:
            self.found.append(tag)
        self.found += [f"{n}={v}" for n, v in attrs if n in {"src", "href"} or n.startswith("on")]


def test_a_page_needs_nothing_from_outside(browser: Browser) -> None:
    parser = Outside()
    parser.feed(browser.page.text)
    assert parser.found == []
    assert "url(" not in browser.page.text
    assert "@import" not in browser.page.text


def test_a_page_lets_nothing_in_and_keeps_nothing(browser: Browser) -> None:
    headers = browser.page.headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_the_consents_form_may_lead_back_to_the_app_alone(browser: Browser) -> None:
    page = browser.press("/sign-in", customer="household")
    policy = page.headers["Content-Security-Policy"]
    assert policy.endswith("form-action 'self' http://127.0.0.1:1")


def test_the_session_cookie_is_out_of_reach(browser: Browser) -> None:
    cookie = browser.page.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_form_without_its_token_is_refused(browser: Browser) -> None:
    assert browser.press("/sign-in", customer="household", csrf="guessed").status_code == 400


def test_a_form_in_another_browser_is_refused(browser: Browser) -> None:
    browser.session.cookies.clear()
    assert browser.press("/sign-in", customer="household").status_code == 400


def test_consent_needs_a_login_first(browser: Browser) -> None:
    assert browser.press("/consent", decision="allow").status_code == 400


def test_consent_is_given_once(browser: Browser) -> None:
    browser.press("/sign-in", customer="household")
    kept = browser.hidden()
    reply = browser.press("/consent", decision="allow")
    assert reply.status_code == 303
    assert "code" in parse_qs(urlsplit(reply.headers["Location"]).query)
    assert browser.press("/consent", decision="allow", **kept).status_code == 400


def test_neither_yes_nor_no_is_no_answer(browser: Browser) -> None:
    browser.press("/sign-in", customer="household")
    assert browser.press("/consent", decision="perhaps").status_code == 400


def test_what_a_request_says_is_not_repeated_as_html(person: Person) -> None:
    url = person.url(client_id="<script>alert(1)</script>")
    assert "<script>" not in requests.get(url, timeout=20).text
