"""What there is in each currency."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from bankview.domain.account import Account
from bankview.domain.connection import Behind, Connection, State
from bankview.domain.money import Money
from bankview.ui.overview.holdings import holdings

TODAY = date(2026, 11, 20)
DNB = Connection("dnb", "dnb", "DNB", last_success=datetime(2026, 11, 2, 12, tzinfo=UTC))


def account(
    own: int, minor: int | None, currency: str = "NOK", available: int | None = None
) -> Account:
    return Account(
        str(own),
        f"Account {own}",
        currency,
        id=own,
        connection_id="dnb",
        balance=None if minor is None else Money(minor, currency),
        available=None if available is None else Money(available, currency),
    )


def test_each_currency_stands_alone_and_the_one_of_most_accounts_first() -> None:
    found = holdings([account(1, 500, "EUR"), account(2, 100), account(3, -30)], [DNB], TODAY)
    assert [(one.currency, one.balance, one.accounts) for one in found] == [
        ("NOK", 70, 2),
        ("EUR", 500, 1),
    ]


def test_hidden_accounts_count_and_unknown_balances_are_told() -> None:
    accounts = [replace(account(1, 100), hidden=True), account(2, None), account(3, 5)]
    (found,) = holdings(accounts, [DNB], TODAY)
    assert (found.balance, found.accounts, found.hidden, found.unknown) == (105, 3, 1, 1)


def test_what_is_available_is_told_only_where_all_accounts_say_it() -> None:
    (some,) = holdings([account(1, 100, available=80), account(2, 50)], [DNB], TODAY)
    (all_,) = holdings([account(1, 100, available=80), account(2, 50, available=50)], [DNB], TODAY)
    assert (some.available, all_.available) == (None, 130)


def test_a_bank_is_behind_once_it_is_signed_out_and_a_day_old() -> None:
    out = replace(DNB, state=State.SIGN_IN)
    (fine,) = holdings([account(1, 1)], [DNB], TODAY)
    (behind,) = holdings([account(1, 1)], [out], TODAY)
    (same_day,) = holdings([account(1, 1)], [out], date(2026, 11, 2))
    assert fine.behind == same_day.behind == ()
    assert behind.behind == (Behind("DNB", date(2026, 11, 2)),)
    assert behind.news == date(2026, 11, 2)
