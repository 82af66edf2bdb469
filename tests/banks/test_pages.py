"""Following links from page to page: what banks get wrong, and what leads elsewhere."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bankview import web
from bankview.banks import Cursor, Partial
from bankview.banks._pages import MOST_PAGES, pages, pages_from
from bankview.banks._read import Row
from bankview.errors import BadBankDataError, UnsafeRequestError

ROOT = "https://bank.example/psd2/v1"
PATH = ["accounts", "A1", "transactions"]


class Bank:
    """Answers each URL with its links, and remembers what was asked."""

    def __init__(self, /, **links: Any) -> None:
        self.links = links
        self.asked: list[str] = []

    def send(self, _: str, url: str, **options: Any) -> web.Reply:
        query = "&".join(f"{name}={value}" for name, value in (options["params"] or {}).items())
        self.asked.append(f"{url}?{query}" if query else url)
        answer = {"n": len(self.asked), "_links": self.next()}
        return web.Reply(200, url, {}, json.dumps(answer).encode())

    def next(self) -> Any:
        return self.links

    def read(self, params: Any = None) -> list[Row | Partial]:
        return list(pages(web.Api(ROOT, self.send).get, PATH, params))


class Chain(Bank):
    """Links from each answer to the next of these addresses."""

    def __init__(self, *hrefs: Any) -> None:
        super().__init__()
        self.hrefs = list(hrefs)

    def next(self) -> Any:
        return {"next": {"href": self.hrefs.pop(0)}} if self.hrefs else {}


def test_after_each_page_that_another_follows_comes_where_to_go_on() -> None:
    bank = Chain("?page=2", "?page=3")
    found = list(pages_from(web.Api(ROOT, bank.send).get, PATH))
    assert [type(one) for one in found] == [Row, Cursor, Row, Cursor, Row]
    cursor = found[1]
    assert isinstance(cursor, Cursor)
    rest = Chain("?page=3")
    again = list(pages_from(web.Api(ROOT, rest.send).get, PATH, resume=cursor.text))
    assert [type(one) for one in again] == [Row, Cursor, Row]
    assert again[1] == found[3]
    assert rest.asked == bank.asked[1:]


FIRST = f"{ROOT}/accounts/A1/transactions"


@pytest.mark.parametrize(
    "links",
    [
        {},
        {"next": None},
        {"next": ""},
        {"next": " "},
        {"next": {}},
        {"next": {"href": ""}},
        {"next": {"href": None}},
        {"next": {"templated": False}},
        {"previous": {"href": "?page=2"}},
    ],
)
def test_no_link_is_the_end(links: Any) -> None:
    bank = Bank(**links)
    assert len(bank.read()) == 1


@pytest.mark.parametrize(
    ("href", "asked"),
    [
        ("?page=2", f"{FIRST}?page=2"),
        (" ?page=2 ", f"{FIRST}?page=2"),
        ("/psd2/v1/accounts/A1/transactions?page=2", f"{FIRST}?page=2"),
        ("https://bank.example/psd2/v1/accounts/A1/transactions?page=2", f"{FIRST}?page=2"),
        ("accounts/A1/transactions?page=2", f"{FIRST}?page=2"),
        ("v1/accounts/A1/transactions?page=2", f"{FIRST}?page=2"),
        ("transactions?page=2", f"{FIRST}?page=2"),
        ("/other/v2/rows?page=2", "https://bank.example/other/v2/rows?page=2"),
        ("/psd2/v1/accounts/A1/transactions?page=2{&dateTo}", f"{FIRST}?page=2"),
        ("?page=a%20b", f"{FIRST}?page=a%20b"),
    ],
)
def test_a_link_of_any_form_is_followed(href: str, asked: str) -> None:
    for link in ({"href": href}, href):
        bank = Bank(next=link)
        found = bank.read({"dateFrom": "2026-01-01"})
        assert bank.asked[:2] == [f"{FIRST}?dateFrom=2026-01-01", asked]
        # The second answer leads to itself.
        assert len(found) == 2


@pytest.mark.parametrize(
    "href",
    [
        "?dateFrom=2026-01-01",
        "/psd2/v1/accounts/A1/transactions?dateFrom=2026-01-01",
        "https://bank.example/psd2/v1/accounts/A1/transactions?dateFrom=2026%2D01%2D01",
    ],
)
def test_a_first_page_that_leads_to_itself_is_read_once(href: str) -> None:
    assert len(Bank(next={"href": href}).read({"dateFrom": "2026-01-01"})) == 1


def test_a_page_whose_next_is_its_self_is_the_last() -> None:
    bank = Bank(**{name: {"href": "/x?cursor=1"} for name in ("self", "next")})
    assert len(bank.read()) == 1


def test_a_circle_is_walked_once() -> None:
    bank = Chain(*["?page=2", "/psd2/v1/accounts/A1/transactions?page=3", "?page=2"] * 9)
    assert [page.value["n"] for page in bank.read() if isinstance(page, Row)] == [1, 2, 3]


def test_the_order_of_a_query_makes_no_other_page() -> None:
    assert len(Chain("?a=1&b=2", "?b=2&a=1", "?a=1&b=2").read()) == 2


def test_a_link_is_relative_to_the_page_that_it_stands_on() -> None:
    bank = Chain("/other/v2/rows?page=2", "?page=3", "more?page=4")
    bank.read()
    assert bank.asked[2:] == [
        "https://bank.example/other/v2/rows?page=3",
        "https://bank.example/other/v2/more?page=4",
    ]


def test_a_bank_that_never_ends_is_cut_and_said_to_be_partial() -> None:
    bank = Chain(*(f"?page={page}" for page in range(2, MOST_PAGES + 9)))
    found = bank.read()
    assert len(bank.asked) == MOST_PAGES
    assert found[-1] == Partial("more than 1000 pages")
    assert not [page for page in found[:-1] if isinstance(page, Partial)]


@pytest.mark.parametrize(
    "href",
    ["https://evil.example/x", "//evil.example/x", "http://bank.example/x", "/a/../../b//c"],
)
def test_a_link_that_leads_elsewhere_is_refused_unsent(href: str) -> None:
    bank = Bank(next={"href": href})
    with pytest.raises(UnsafeRequestError):
        bank.read()
    assert len(bank.asked) == 1


@pytest.mark.parametrize("link", [5, True, [], {"href": True}, {"href": ["/x"]}])
def test_a_link_that_is_none_is_named(link: Any) -> None:
    with pytest.raises(BadBankDataError, match=r"_links\.next"):
        Bank(next=link).read()


@pytest.mark.parametrize("href", ["/a b", "/a\nb", "\\\\evil.example", "/\x00", "/ø", "//[x"])
def test_what_no_url_holds_is_named(href: str) -> None:
    with pytest.raises(BadBankDataError, match=r"_links\.next\.href: is no link"):
        Bank(next={"href": href}).read()
