"""A third party signs in at STET's bank by its certificate, gets consent and reads what stands in the books."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.stet_party import ROOT, ThirdParty

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.sandbox_process import Sandbox

WHOLE = "aisp extended_transaction_history"


@pytest.fixture
def party(sandbox: Sandbox) -> ThirdParty:
    """A third party for which the household signed in."""
    return ThirdParty(sandbox).sign_in(WHOLE)


def rows_of(pages: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for page in pages for row in page.get("transactions", [])]


def told(row: dict[str, Any]) -> tuple[str, str, str]:
    """Return a row's day, signed amount and text."""
    given = row["remittanceInformation"]
    text = (given["unstructured"] if isinstance(given, dict) else given)[0]
    sign = "-" if row["creditDebitIndicator"] == "DBIT" else ""
    return row["bookingDate"][:10], sign + row["transactionAmount"]["amount"], text


def booked(books: dict[str, Any], account: str) -> Counter[tuple[str, str, str]]:
    return Counter(
        (row["booked_on"], row["amount"], row["description"])
        for row in books["transactions"]
        if row["account"] == account and row["status"] == "booked"
    )


def transactions(account: dict[str, Any]) -> str:
    link: str = account["_links"]["transactions"]["href"]
    return link


@pytest.mark.parametrize("customer", ["household", "student"])
def test_every_booked_row_comes_exactly_once(sandbox: Sandbox, customer: str) -> None:
    books = sandbox.books(customer)
    third = ThirdParty(sandbox).sign_in(WHOLE, customer)
    accounts = third.consent()
    assert [account["name"] for account in accounts] == [each["name"] for each in books["accounts"]]
    for account, kept in zip(accounts, books["accounts"], strict=True):
        rows = rows_of(third.pages(transactions(account)))
        assert account["currency"] == kept["currency"]
        assert Counter(told(row) for row in rows if row["status"] == "BOOK") == booked(
            books, kept["id"]
        )
        pending = [row for row in books["transactions"] if row["account"] == kept["id"]]
        waiting = [row for row in rows if row["status"] in {"PDNG", "FUTR"}]
        assert len(waiting) == sum(row["status"] == "pending" for row in pending)


def test_every_status_is_met_and_only_what_is_booked_can_be_told_apart(party: ThirdParty) -> None:
    current, *_ = party.consent()
    # What waits stands on the first page; it is booked as life goes on, and other rows come after it.
    for _ in range(60):
        first = next(iter(party.pages(transactions(current))))["transactions"]
        if {"PDNG", "FUTR"} <= {row["status"] for row in first}:
            break
        party.sandbox.live()
    rows = rows_of(party.pages(transactions(current)))
    assert Counter(row["status"] for row in rows) >= Counter(
        ["PDNG", "FUTR", "INFO", "RJCT", "BOOK"]
    )
    assert Counter(row["status"] for row in rows)["INFO"] == 1
    assert Counter(row["status"] for row in rows)["RJCT"] == 1
    references = [row["entryReference"] for row in rows if row["status"] == "BOOK"]
    assert len(set(references)) == len(references)
    assert all(len(reference) <= 40 for reference in references)
    assert all("bookingDate" not in row for row in rows if row["status"] in {"PDNG", "FUTR"})
    assert {type(row["remittanceInformation"]) for row in rows} == {dict, list}
    assert {len(row["bookingDate"]) for row in rows if row["status"] == "BOOK"} == {10, 24}


def test_references_last_beyond_a_new_sign_in_and_account_keys_do_not(party: ThirdParty) -> None:
    before, *_ = party.consent()
    first = next(iter(party.pages(transactions(before))))["transactions"]
    party.sign_in(WHOLE)
    after, *_ = party.consent()
    second = next(iter(party.pages(transactions(after))))["transactions"]
    assert before["resourceId"] != after["resourceId"]
    assert [row.get("entryReference") for row in first] == [
        row.get("entryReference") for row in second
    ]
    assert party.call(f"accounts/{before['resourceId']}/balances").status_code == 404


def test_pages_of_a_hundred_are_linked_by_path_then_by_address_and_end_in_nothing(
    party: ThirdParty,
) -> None:
    current, *_ = party.consent()
    pages = list(party.pages(transactions(current)))
    hrefs = [page["_links"]["next"]["href"] for page in pages]
    assert [len(page["transactions"]) for page in pages[:-1]] == [100] * (len(pages) - 1)
    assert hrefs[0].startswith(ROOT)
    assert hrefs[1].startswith(party.base)
    assert hrefs[-1] == ""


def test_before_consent_there_is_nothing_to_follow(party: ThirdParty) -> None:
    for account in party.accounts():
        assert account["_links"] == {}
        assert not account.keys() & {"resourceId", "balances", "linkedAccount"}


def test_a_consent_takes_the_place_of_the_one_before(party: ThirdParty) -> None:
    current, savings, *_ = party.consent()
    party.consent([current["accountId"]])
    assert party.call(f"accounts/{current['resourceId']}/balances").status_code == 200
    refused = party.call(f"accounts/{savings['resourceId']}/balances")
    assert refused.status_code == 403
    assert refused.json().keys() == {"timestamp", "status", "error", "message", "path"}
    assert [bool(account["_links"]) for account in party.accounts()] == [True, False, False, False]


@pytest.mark.parametrize(
    "body",
    [
        {"balances": []},
        {"balances": [], "transactions": [], "psuIdentity": "true"},
        {"balances": [], "transactions": [], "payments": []},
        {"balances": [{"iban": "NO0012345678901"}], "transactions": []},
        {"balances": {}, "transactions": []},
        [],
    ],
)
def test_a_consent_that_cannot_be_read_is_refused(party: ThirdParty, body: Any) -> None:
    assert party.call("consents", "PUT", json.dumps(body).encode()).status_code == 400


def test_balances_are_of_several_kinds_and_the_booked_one_is_the_books(party: ThirdParty) -> None:
    accounts = party.consent()
    for account, kept in zip(accounts, party.sandbox.books()["accounts"], strict=True):
        balances = party.get(account["_links"]["balances"]["href"])["balances"]
        kinds = [balance["balanceType"] for balance in balances]
        amounts = {row["balanceType"]: row["balanceAmount"]["amount"] for row in balances}
        if account["cashAccountType"] == "CARD":
            assert kinds == ["OTHR"] * 3
            assert account["balances"] == balances
        else:
            assert kinds == ["VALU", "CLBD", "OTHR"]
            assert amounts["CLBD"] == kept["balance"]


def test_a_card_has_no_iban_and_hangs_on_a_cash_account(party: ThirdParty) -> None:
    current, _, card, _ = party.consent()
    assert card["cashAccountType"] == "CARD"
    assert card["accountId"]["other"]["schemeName"] == "MPAN"
    assert card["linkedAccount"] == current["resourceId"]
    moved = "".join(str(int(c, 36)) for c in current["accountId"]["iban"][4:] + "NO")
    assert int(moved + current["accountId"]["iban"][2:4]) % 97 == 1


def test_date_to_is_exclusive_and_date_from_is_not(party: ThirdParty) -> None:
    current, *_ = party.consent()
    books = booked(party.sandbox.books(), "current")
    day = sorted({on for on, _, _ in books})[-20]
    after = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    base = transactions(current)
    of_the_day = Counter({told: count for told, count in books.items() if told[0] == day})
    assert Counter(map(told, rows_of(party.pages(f"{base}?dateFrom={day}&dateTo={after}")))) == (
        of_the_day
    )
    instant = f"{base}?dateFrom={day}T00:00:00Z&dateTo={after}T00:00:00Z"
    assert Counter(map(told, rows_of(party.pages(instant)))) == of_the_day
    assert not rows_of(party.pages(f"{base}?dateFrom={day}&dateTo={day}"))


def test_an_account_without_rows_has_no_body(party: ThirdParty) -> None:
    current, *_ = party.consent()
    reply = party.call(f"{transactions(current)}?dateTo=1999-01-01")
    assert (reply.status_code, reply.content) == (200, b"")


@pytest.mark.parametrize(
    "query",
    [
        "dateFrom=1.2.2026",
        "dateFrom=2026-01-01&dateFrom=2026-01-02",
        "dateFrom=2026-01-02&dateTo=2026-01-01",
        "afterEntryReference=1",
        "page=2",
        "page=2&index=20260101-5",
        "dateFrom=2026-01-01T00:00:00+01:00",
    ],
)
def test_a_query_that_the_bank_does_not_know_is_refused(party: ThirdParty, query: str) -> None:
    current, *_ = party.consent()
    assert party.call(f"{transactions(current)}?{query}").status_code == 400


def test_history_is_whole_with_the_first_token_and_ninety_days_after_that(
    party: ThirdParty,
) -> None:
    current, *_ = party.consent()
    floor = (date.today() - timedelta(days=91)).isoformat()  # noqa: DTZ011
    oldest = min(told(row)[0] for row in rows_of(party.pages(transactions(current))) if "bookingDate" in row)  # fmt: skip
    assert oldest < floor
    party.token = party.refresh().json()
    rows = rows_of(party.pages(transactions(current)))
    assert min(told(row)[0] for row in rows if "bookingDate" in row) >= floor


def test_without_the_scope_history_is_ninety_days(sandbox: Sandbox) -> None:
    third = ThirdParty(sandbox).sign_in()
    current, *_ = third.consent()
    days = [told(row)[0] for row in rows_of(third.pages(transactions(current))) if "bookingDate" in row]  # fmt: skip
    assert (date.today() - timedelta(days=91)).isoformat() <= min(days)  # noqa: DTZ011


def test_what_else_was_consented_to(party: ThirdParty) -> None:
    ids = [account["accountId"] for account in party.accounts()]
    for path in ("end-user-identity", "trusted-beneficiaries"):
        assert party.call(path).status_code == 403
    more = {"owners": ids, "overdrafts": ids, "psuIdentity": True, "trustedBeneficiaries": True}
    current, *_ = party.consent(ids, **more)
    assert party.get("end-user-identity")["connectedPsu"] == "LIEN NORA"
    assert party.get("trusted-beneficiaries")["beneficiaries"][0]["creditor"]["name"]
    assert party.get(current["_links"]["owners"]["href"])["identities"][0]["lastName"] == "LIEN"
    allowed = party.get(current["_links"]["overdrafts"]["href"])["overdrafts"]["allowedAmount"]
    assert allowed == {"currency": "NOK", "amount": "0.00"}


def test_answers_name_the_call_and_are_hal(party: ThirdParty) -> None:
    reply = party.call("accounts")
    assert reply.headers["X-Request-ID"] == reply.request.headers["X-Request-ID"]
    assert reply.headers["Content-Type"] == "application/hal+json; charset=utf-8"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "accounts", 405),
        ("GET", "consents", 405),
        ("GET", "accounts/x/payments", 404),
        ("GET", "accounts/x/balances", 404),
        ("GET", "payment-requests", 404),
        ("GET", "accounts?workspace=1", 400),
    ],
)
def test_nothing_else_is_served(party: ThirdParty, method: str, path: str, status: int) -> None:
    assert party.call(path, method).status_code == status


def test_rows_that_arrive_between_two_pages_neither_hide_nor_repeat_any(sandbox: Sandbox) -> None:
    third = ThirdParty(sandbox).sign_in(WHOLE)
    current, *_ = third.consent()
    before = booked(sandbox.books(), "current")
    seen: Counter[tuple[str, str, str]] = Counter()
    for page in third.pages(transactions(current)):
        seen.update(told(row) for row in page["transactions"] if row["status"] == "BOOK")
        sandbox.live(1)
    assert seen == before


def test_links_stay_at_the_bank(party: ThirdParty) -> None:
    current, *_ = party.consent()
    for fault, host in (("next-other-origin", "bank.example"), ("next-loop", "")):
        party.sandbox.fault(fault, 1)
        page = party.get(transactions(current))
        href = page["_links"]["next"]["href"]
        assert urlsplit(href).netloc == host
        assert urlsplit(href).path == transactions(current)


def test_faults_are_told_in_the_words_of_the_standard(party: ThirdParty) -> None:
    current, *_ = party.consent()
    for fault, status in (("401-once", 401), ("403-consent", 403), ("429", 429), ("503", 503)):
        party.sandbox.fault(fault, 1)
        reply = party.call("accounts")
        assert (reply.status_code, reply.json()["status"]) == (status, status)
        assert ("Retry-After" in reply.headers) == (fault == "429")
    party.sandbox.fault("page-fault-2")
    first = party.get(transactions(current))
    assert party.call(first["_links"]["next"]["href"]).status_code == 500
    assert party.call(first["_links"]["next"]["href"]).status_code == 200
