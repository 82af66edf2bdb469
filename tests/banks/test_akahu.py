"""What is particular to Akahu's API."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bankview.banks import Cursor, Partial, Skipped, find_bank
from bankview.banks._pages import MOST_PAGES
from bankview.banks.akahu import accounts, transactions
from bankview.domain.account import Account
from bankview.domain.transaction import Status, Transaction
from bankview.errors import BankRefusedError, BankUnavailableError

ACCOUNT = Account("acc_cl01", "Everyday", "NZD")
SINCE = date(2026, 3, 1)
ROW = {"_id": "trans_1", "date": "2026-03-01T11:00:00.000Z", "description": "DELI", "amount": -1}


class Lists:
    """Answers with pages of booked rows in turn, and with one list of what is pending."""

    def __init__(self, *pages: tuple[list[Any], str | None], held: Any = ()) -> None:
        self.pages, self.held = list(pages), held
        self.asked: list[Any] = []

    def __call__(self, path: Any, params: Any = None, headers: Any = None) -> Any:
        self.asked.append((path[-1], params))
        if path[-1] == "pending":
            if isinstance(self.held, Exception):
                raise self.held
            return {"success": True, "items": list(self.held)}
        rows, more = self.pages.pop(0) if len(self.pages) > 1 else self.pages[0]
        return {"success": True, "items": rows, "cursor": {"next": more}}


def read(ask: Lists, **more: Any) -> list[Any]:
    return list(transactions(ask, ACCOUNT, SINCE, **more))


def test_both_tokens_are_asked_for_and_neither_is_seen() -> None:
    bank = find_bank("akahu")
    assert bank
    assert [(ask.name, ask.secret) for ask in bank.asks] == [
        ("access_token", True),
        ("$AKAHU_APP_TOKEN", True),
    ]


def test_a_midnight_in_auckland_is_its_own_day() -> None:
    (found,) = read(Lists(([ROW], None)))
    assert found.booked_on == date(2026, 3, 2)


def test_the_start_is_a_day_earlier_because_it_is_left_out_itself() -> None:
    ask = Lists(([], None))
    read(ask, zone=ZoneInfo("UTC"))
    assert ask.asked[0] == ("transactions", {"start": "2026-02-28T00:00:00+00:00"})


def test_what_is_pending_comes_from_its_own_list_without_an_id() -> None:
    held = {"date": "2026-03-03T11:00:00.000Z", "description": "HOLD", "amount": -150}
    booked, pending = read(Lists(([ROW], None), held=[held]))
    assert (booked.status, booked.bank_id) == (Status.BOOKED, "trans_1")
    assert (pending.status, pending.bank_id) == (Status.PENDING, "")


def test_a_bank_without_pending_rows_leaves_only_them_out() -> None:
    refused = BankRefusedError("api.akahu.io", 400)
    assert read(Lists(([ROW], None), held=refused))[1] == Partial("pending")
    with pytest.raises(BankUnavailableError):
        read(Lists(([ROW], None), held=BankUnavailableError("api.akahu.io", "answered 503")))


def test_pages_are_followed_by_their_cursor_and_taken_up_again() -> None:
    found = read(Lists(([ROW], "page-2"), ([ROW], None)), resume="")
    assert [type(one) for one in found] == [Transaction, Cursor, Transaction]
    again = Lists(([ROW], None))
    read(again, resume=found[1].text)
    assert again.asked[0][1]["cursor"] == "page-2"


def test_a_cursor_in_a_circle_ends_and_so_do_pages_without_end() -> None:
    assert len(read(Lists(([ROW], "again")))) == 2
    endless = Lists(*(([], f"page-{n}") for n in range(MOST_PAGES + 9)))
    assert Partial(f"more than {MOST_PAGES} pages") in read(endless)


def test_what_a_fund_is_worth_to_four_places_is_no_reason_to_lose_the_accounts() -> None:
    worth = {"current": Decimal("20512.3391"), "currency": "NZD"}

    def get(*_: Any, **__: Any) -> Any:
        return {"success": True, "items": [{"_id": "acc_1", "name": "Fund", "balance": worth}]}

    (found,) = accounts(get)
    assert isinstance(found, Account)
    assert found.balance is None


def test_a_row_with_more_decimals_than_money_has_is_told_and_not_rounded() -> None:
    assert isinstance(read(Lists(([{**ROW, "amount": Decimal("1.005")}], None)))[0], Skipped)
