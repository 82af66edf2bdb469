"""Which notice bars a situation calls for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bankview.domain.connection import Connection, State
from bankview.errors import (
    BankUnavailableError,
    BankviewError,
    KeychainMissingError,
    OfflineError,
    RateLimitedError,
    SignInNeededError,
)
from bankview.sync.refresh import AccountReport, Report
from bankview.ui.bars import bank_bars, home_bar

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DNB = Connection("dnb", "dnb", "DNB", consent_ends=NOON + timedelta(days=90), last_success=NOON)


def changed(**values: object) -> Connection:
    from dataclasses import replace

    return replace(DNB, **values)  # type: ignore[arg-type]


def test_a_bank_that_works_says_nothing() -> None:
    assert bank_bars([DNB], [Report("dnb", "DNB")], NOON) == ()


def test_access_that_ends_within_a_week_can_be_renewed_and_the_bar_dismissed() -> None:
    (bar,) = bank_bars([changed(consent_ends=NOON + timedelta(days=6))], [], NOON)
    assert (bar.id, bar.kind, bar.dismissible) == ("renew:dnb", "soon", True)
    assert bar.title == "Access to DNB ends on 26 November 2026."


def test_a_bank_that_wants_its_person_says_what_is_still_here() -> None:
    (bar,) = bank_bars([changed(state=State.SIGN_IN)], [], NOON)
    assert (bar.id, bar.kind, bar.dismissible) == ("sign-in:dnb", "attention", False)
    assert bar.title == "DNB needs you to sign in again."
    assert "20 November 2026" in bar.detail


def test_a_new_certificate_is_said_to_be_why() -> None:
    problem = "CertificateChangedError"
    (bar,) = bank_bars([changed(state=State.SIGN_IN, problem=problem)], [], NOON)
    assert bar.title == "The certificate for DNB is a new one: sign in again with it."
    assert bar.button == "Sign in…"


def test_access_that_has_ended_counts_as_signed_out() -> None:
    (bar,) = bank_bars([changed(consent_ends=NOON - timedelta(minutes=1))], [], NOON)
    assert bar.id == "sign-in:dnb"


def test_one_situation_has_one_bar() -> None:
    report = Report("dnb", "DNB", error=SignInNeededError("DNB"))
    assert len(bank_bars([changed(state=State.SIGN_IN)], [report], NOON)) == 1


@pytest.mark.parametrize(
    ("error", "picture"),
    [
        (BankUnavailableError("dnb.example", "it did not answer"), "server"),
        (RateLimitedError("dnb.example", 600), "hourglass"),
        (OfflineError("dnb.example", "no network"), "offline"),
    ],
)
def test_what_an_update_met_can_be_tried_again(error: BankviewError, picture: str) -> None:
    (bar,) = bank_bars([DNB], [Report("dnb", "DNB", error=error)], NOON)
    assert (bar.id, bar.kind, bar.icon, bar.button) == (
        "update:dnb",
        "notice",
        picture,
        "Try again",
    )


def test_one_accounts_failure_is_said_too() -> None:
    failed = AccountReport(1, "Card", error=BankUnavailableError("dnb.example", "no"))
    (bar,) = bank_bars([DNB], [Report("dnb", "DNB", (AccountReport(2, "Current"), failed))], NOON)
    assert bar.id == "update:dnb"


def test_what_a_bank_left_out_is_said() -> None:
    (bar,) = bank_bars([DNB], [Report("dnb", "DNB", partial=("CREDIT_ACCOUNTS_FAILED",))], NOON)
    assert "CREDIT_ACCOUNTS_FAILED" in bar.detail


def test_what_a_service_says_of_one_of_its_banks_is_said_in_whole() -> None:
    told = ("First Federal needs you to sign in again, at SimpleFIN Bridge.",)
    (bar,) = bank_bars([DNB], [Report("dnb", "DNB", told=told)], NOON)
    assert bar.detail == f"{told[0]} What it did send is here."
    (bar,) = bank_bars([DNB], [Report("dnb", "DNB", partial=("gen.api",), told=told)], NOON)
    assert bar.detail == f"{told[0]} It says: gen.api. What it did send is here."


def test_a_disconnected_bank_asks_for_nothing() -> None:
    assert bank_bars([changed(state=State.DISCONNECTED, consent_ends=NOON)], [], NOON) == ()


def test_a_missing_keychain_cannot_be_dismissed() -> None:
    bar = home_bar(KeychainMissingError())
    assert (bar.kind, bar.icon, bar.dismissible) == ("attention", "key", False)


def test_an_access_that_ends_unused_is_said_a_week_before() -> None:
    soon = NOON + timedelta(days=6)
    (bar,) = bank_bars([Connection("a", "a", "Bank A", access_ends=soon)], [], NOON)
    assert bar.id == "renew:a"
    later = Connection("a", "a", "Bank A", consent_ends=NOON + timedelta(days=90), access_ends=soon)
    assert bank_bars([later], [], NOON) == (bar,)
    far = Connection("a", "a", "Bank A", access_ends=NOON + timedelta(days=8))
    assert bank_bars([far], [], NOON) == ()
