"""What is particular to Up's API."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bankview import web
from bankview.banks import Cursor, Partial, dialects
from bankview.banks._pages import MOST_PAGES
from bankview.banks.up import transactions
from bankview.domain.account import Account
from bankview.domain.transaction import Status, Transaction
from bankview.errors import UnsafeRequestError

ACCOUNT = Account("up-1", "Spending", "AUD")
SINCE = date(2026, 3, 1)
SETTLED = {
    "status": "SETTLED",
    "description": "Corner Deli",
    "amount": {"currencyCode": "AUD", "value": "-18.50", "valueInBaseUnits": -1850},
    "createdAt": "2026-03-02T08:15:00+11:00",
    "settledAt": "2026-03-03T20:00:00+11:00",
}


class Pages:
    """Answers with pages in turn, the last one again and again, and remembers what was asked."""

    def __init__(self, *pages: dict[str, Any]) -> None:
        self.pages = list(pages)
        self.asked: list[Any] = []

    def __call__(self, path: Any, params: Any = None, headers: Any = None) -> Any:
        self.asked.append((path, params))
        return self.pages.pop(0) if len(self.pages) > 1 else self.pages[0]


def page(following: str | None = None, **more: Any) -> dict[str, Any]:
    row = {"id": "row-1", "attributes": {**SETTLED, **more}}
    return {"data": [row], "links": {"prev": None, "next": following}}


def row(**more: Any) -> Transaction:
    (found,) = transactions(Pages(page(**more)), ACCOUNT, SINCE)
    assert isinstance(found, Transaction)
    return found


def test_a_day_is_melbournes_and_settling_is_its_value() -> None:
    found = row(createdAt="2026-03-01T14:00:00Z")
    assert (found.booked_on, found.value_on) == (date(2026, 3, 2), date(2026, 3, 3))


def test_what_is_held_has_no_id_to_keep() -> None:
    held = row(status="HELD", settledAt=None)
    assert (held.status, held.bank_id, row().bank_id) == (Status.PENDING, "", "row-1")


def test_base_units_count_and_not_the_text() -> None:
    foreign = {"currencyCode": "JPY", "value": "-2300", "valueInBaseUnits": -2300}
    assert str(row(foreignAmount=foreign).original) == "-2300"


def test_pages_are_asked_for_from_the_day_before_and_followed_by_their_link() -> None:
    ask = Pages(page("https://bank.example/api/next"), page())
    assert len(list(transactions(ask, ACCOUNT, SINCE, zone=ZoneInfo("UTC")))) == 2
    start = {"page[size]": "100", "filter[since]": "2026-02-28T00:00:00+00:00"}
    assert ask.asked[0] == (["accounts", "up-1", "transactions"], start)
    assert ask.asked[1] == ("https://bank.example/api/next", None)


def test_a_history_goes_on_from_a_cursor() -> None:
    ask = Pages(page("https://bank.example/api/2"), page())
    found = list(transactions(ask, ACCOUNT, SINCE, resume=""))
    (cursor,) = [one for one in found if isinstance(one, Cursor)]
    again = Pages(page())
    assert len(list(transactions(again, ACCOUNT, SINCE, resume=cursor.text))) == 1
    assert again.asked == [("https://bank.example/api/2", None)]


def test_a_link_in_a_circle_ends_and_so_do_pages_without_end() -> None:
    circle = Pages(page("https://bank.example/api/2"))
    assert len(list(transactions(circle, ACCOUNT, SINCE))) == 2
    endless = Pages(*(page(f"https://bank.example/api/{n}") for n in range(MOST_PAGES + 9)))
    found = list(transactions(endless, ACCOUNT, SINCE))
    assert found[-1] == Partial(f"more than {MOST_PAGES} pages")


def test_a_link_elsewhere_gets_no_token() -> None:
    sent: list[str] = []

    def send(_: str, url: str, **__: Any) -> web.Reply:
        sent.append(url)
        body = b'{"data": [], "links": {"next": "https://elsewhere.example/api/2"}}'
        return web.Reply(200, url, {}, body)

    with pytest.raises(UnsafeRequestError):
        list(dialects()["up"].accounts(web.Api("https://bank.example/api", send).get))
    assert len(sent) == 1
