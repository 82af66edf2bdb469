"""What is particular to Monzo: what is allowed in the app, what is served when, and rows that moved nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from bankview.banks import Cursor, Partial, Skipped, dialects, find_bank
from bankview.banks.monzo import accounts, allowed, transactions
from bankview.domain.account import Account, AccountType
from bankview.domain.transaction import Status, Transaction
from bankview.errors import BankRefusedError, BankUnavailableError, SignInNeededError

TODAY = date(2026, 3, 2)
ACCOUNT = Account("acc_1", "Monzo", "GBP", type=AccountType.CURRENT)
ROW = {
    "id": "tx_0",
    "amount": -1299,
    "currency": "GBP",
    "local_amount": -1299,
    "local_currency": "GBP",
    "created": "2026-02-27T18:04:11.201Z",
    "settled": "2026-02-28T09:00:00Z",
    "description": "PAPERSHOP        LONDON GBR",
    "merchant": None,
    "category": "general",
}


class Bank:
    """A hundred rows a page over a year, one a day, oldest first; what is older than 90 days only while it is `fresh`."""

    def __init__(self, rows: int = 365, fresh: int = 10_000) -> None:
        self.days = [TODAY - timedelta(days=rows - n) for n in range(rows)]
        #: How many pages of what is old are still served.
        self.fresh = fresh
        self.since: list[str] = []

    def __call__(self, path: Any, params: Any = None, headers: Any = None) -> Any:
        if path == ["pots"]:
            return {"pots": []}
        assert path == ["transactions"]
        assert (params["limit"], params["expand[]"]) == ("100", "merchant")
        since = params["since"]
        self.since.append(since)
        first = self._after(since)
        old = first < len(self.days) and (TODAY - self.days[first]).days > 90
        if old and not self.fresh:
            raise BankRefusedError("api.monzo.com", 403, "forbidden.verification_required")
        self.fresh -= old
        return {"transactions": [self._row(day) for day in self.days[first : first + 100]]}

    def _after(self, since: str) -> int:
        if since.startswith("tx_"):
            return self.days.index(date.fromisoformat(since[3:])) + 1
        begins = date.fromisoformat(since[:10])
        return next((n for n, day in enumerate(self.days) if day >= begins), len(self.days))

    @staticmethod
    def _row(day: date) -> dict[str, Any]:
        return {**ROW, "id": f"tx_{day}", "created": f"{day}T12:00:00Z"}


def fetched(bank: Any, since: date, resume: str | None = None) -> list[Any]:
    return list(transactions(bank, ACCOUNT, since, resume=resume, today=lambda: TODAY))


def days(found: list[Any]) -> list[date]:
    return [row.booked_on for row in found if isinstance(row, Transaction)]


WHOLE = date(2016, 1, 1)


def test_a_first_history_comes_whole_and_oldest_first_by_the_last_row_of_each_page() -> None:
    bank = Bank()
    found = fetched(bank, WHOLE, "")
    assert days(found) == bank.days
    assert bank.since == ["2016-01-01T00:00:00Z", *(f"tx_{bank.days[n]}" for n in (99, 199, 299))]
    assert [type(item) for item in found if not isinstance(item, Transaction)] == [Cursor] * 3


def test_a_later_sync_never_asks_for_what_is_no_longer_served() -> None:
    bank = Bank(fresh=0)
    found = fetched(bank, WHOLE)
    assert (len(days(found)), len(found)) == (88, 88)
    assert bank.since == ["2025-12-04T00:00:00Z"]
    assert fetched(bank, date(2026, 2, 27)) == found[-3:]


def test_a_history_that_comes_too_late_is_what_is_served_and_says_how_to_get_the_rest() -> None:
    bank = Bank(fresh=0)
    *found, told = fetched(bank, WHOLE, "")
    assert days(found) == bank.days[-88:]
    assert isinstance(told, Partial)
    assert "sign in again" in told.said


def test_a_history_that_is_cut_on_its_way_keeps_its_oldest_rows_and_goes_on_with_the_newest() -> (
    None
):
    bank = Bank(fresh=2)
    *found, told = fetched(bank, WHOLE, "")
    assert days(found) == [*bank.days[:200], *bank.days[-88:]]
    assert isinstance(told, Partial)


def test_a_run_that_goes_on_later_asks_after_its_last_row_or_for_what_is_served() -> None:
    bank = Bank()
    assert days(fetched(bank, WHOLE, f"tx_{bank.days[299]}")) == bank.days[300:]
    late = Bank(fresh=0)
    assert days(fetched(late, WHOLE, f"tx_{bank.days[99]}")) == bank.days[-88:]


def test_what_is_refused_of_the_newest_days_is_no_lack_of_history() -> None:
    def closed(*_: Any, **__: Any) -> Any:
        raise BankRefusedError("api.monzo.com", 403, "forbidden.insufficient_permissions")

    for resume in (None, ""):
        with pytest.raises(BankRefusedError):
            fetched(closed, WHOLE, resume)


def read(**more: Any) -> Any:
    def bank(path: Any, *_: Any) -> Any:
        pot = {"id": "pot_1", "name": "Holiday", "deleted": True}
        return {"pots": [pot]} if path == ["pots"] else {"transactions": [{**ROW, **more}]}

    found = fetched(bank, date(2026, 2, 1))
    return found[0] if found else None


def test_what_was_declined_or_only_checked_the_card_is_no_row() -> None:
    assert read(decline_reason="INSUFFICIENT_FUNDS", settled="") is None
    assert read(amount=0) is None
    assert read(decline_reason="").amount.minor == -1299


def test_what_is_not_settled_or_still_changes_is_pending_under_an_id_that_stays() -> None:
    for more in ({"settled": ""}, {"amount_is_pending": True}):
        assert (read(**more).status, read(**more).bank_id) == (Status.PENDING, "tx_0")
    booked = read()
    assert (booked.status, booked.bank_id) == (Status.BOOKED, "tx_0")
    assert (booked.booked_on, booked.value_on) == (date(2026, 2, 27), date(2026, 2, 28))


def test_an_evening_in_summer_is_londons_next_day() -> None:
    assert read(created="2026-07-02T23:30:00.5Z").booked_on == date(2026, 7, 3)


def test_an_amount_abroad_has_its_own_currencys_units() -> None:
    assert str(read(local_amount=-2300, local_currency="JPY").original) == "-2300"
    assert read().original is None


def test_a_merchant_may_be_whole_an_id_or_nobody() -> None:
    assert read(merchant={"name": "Papershop"}).payee == "Papershop"
    for merchant in ("merch_1", None):
        assert read(merchant=merchant).payee == "PAPERSHOP LONDON GBR"
    assert isinstance(read(merchant={"name": 1.5}), Skipped)


def test_a_move_to_a_pot_has_the_pots_name_also_of_one_that_is_gone_and_is_no_spending() -> None:
    found = read(scheme="uk_retail_pot", description="pot_1")
    assert (found.payee, found.kind, found.raw_text) == ("Holiday", "transfers", "pot_1")
    assert read(scheme="uk_retail_pot", description="pot_2").payee == "Pot"
    assert read(scheme="uk_retail_pot", metadata={"pot_id": "pot_1"}).payee == "Holiday"


def test_categories_are_those_of_the_tree_and_a_persons_own_are_nameless() -> None:
    assert (read(category="eating_out").kind, read(category="eating_out").category) == (
        "food.restaurants",
        "Eating out",
    )
    for category in ("general", "mondo", "category_0000Abc"):
        assert (read(category=category).kind, read(category=category).category) == ("", "")


@pytest.mark.parametrize("wrong", [{"currency": "EUR"}, {"id": None}, {"created": "soon"}])
def test_what_cannot_be_told_is_not_guessed(wrong: Any) -> None:
    assert isinstance(read(**wrong), Skipped)


def refusing(status: int) -> Any:
    def get(*_: Any, **__: Any) -> Any:
        raise BankRefusedError("api.monzo.com", status, "forbidden.insufficient_permissions")

    return get


def test_until_it_is_allowed_in_the_app_the_bank_refuses_and_later_that_is_its_end() -> None:
    assert not allowed(refusing(403))
    assert allowed(lambda *_, **__: {"accounts": []})
    with pytest.raises(BankRefusedError):
        allowed(refusing(404))
    with pytest.raises(SignInNeededError):
        list(accounts(refusing(403)))


@pytest.mark.parametrize(
    "error",
    [
        BankUnavailableError("api.monzo.com", "answered 503"),
        BankRefusedError("api.monzo.com", 405),
    ],
)
def test_what_is_down_or_asked_wrongly_is_not_what_is_not_there(error: Exception) -> None:
    def down(path: Any, params: Any = None, headers: Any = None) -> Any:
        if path == ["accounts"]:
            return {"accounts": [{"id": "acc_1", "type": "uk_retail"}]}
        raise error

    with pytest.raises(type(error)):
        list(accounts(down))


def test_pots_and_loans_are_asked_for_no_rows() -> None:
    def asked(*_: Any, **__: Any) -> Any:
        raise AssertionError("it asked")

    for account in (
        Account("pot:pot_1", "Holiday", "GBP"),
        Account("acc_2", "Loan", "GBP", type=AccountType.LOAN),
    ):
        assert list(transactions(asked, account, TODAY, today=lambda: TODAY)) == []


def test_the_shipped_bank_asks_as_its_documents_say() -> None:
    bank = find_bank("monzo")
    assert bank
    assert not bank.client.pkce
    assert bank.client.authentication == "client_secret_post"
    assert bank.client.redirect_uri.startswith("http://127.0.0.1:")
    assert (bank.dialect.at_once, bank.dialect.minutes) == (True, 15)
    assert dialects()["monzo"].writes == (("POST", "/oauth2/logout"),)
    assert bank.dialect.logout == "oauth2/logout"
