"""The SpareBank 1 dialect answers in the bank's shapes and refuses what the bank would refuse."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.sandbox_process import MEDIA_TYPE, Person

EVERY = {
    "includeNokAccounts": "true",
    "includeCurrencyAccounts": "true",
    "includeCreditCardAccounts": "true",
}
LONG_AGO = {"fromDate": "2000-01-01", "toDate": "2100-01-01", "source": "ALL"}


@pytest.fixture(scope="module")
def token() -> dict[str, Any]:
    """A place for the token that the module's tests share."""
    return {}


@pytest.fixture
def bank(person: Person, token: dict[str, Any]) -> Any:
    """Return a function that calls the API as the household and decodes its answer."""
    if not token:
        token.update(person.sign_in())

    def get(path: str, parameters: Any = None, status: int = 200) -> Any:
        reply = person.get(token, path, parameters)
        assert reply.status_code == status, reply.text
        return json.loads(reply.content, parse_float=Decimal)

    return get


def keys(bank: Any) -> dict[str, str]:
    return {a["name"]: a["key"] for a in bank("/accounts", EVERY)["accounts"]}


def rows(bank: Any, **parameters: str) -> list[dict[str, Any]]:
    key = keys(bank)["Brukskonto"]
    answer = bank("/transactions", {"accountKey": key, **LONG_AGO, **parameters})
    assert answer["errors"] == []
    found: list[dict[str, Any]] = answer["transactions"]
    return found


def test_hello(person: Person, token: dict[str, Any], bank: Any) -> None:
    headers = {"Authorization": f"Bearer {token['access_token']}", "Accept": MEDIA_TYPE}
    assert "message" in person.sandbox.send("GET", "/common/helloworld", headers=headers).json()


@pytest.mark.parametrize(
    "accept", ["*/*", "application/json", "application/vnd.sparebank1.v5+json"]
)
def test_another_media_type_is_not_offered(
    person: Person, token: dict[str, Any], bank: Any, accept: str
) -> None:
    assert person.get(token, "/accounts", accept=accept).status_code == 406


def test_the_media_type_may_stand_without_its_charset(
    person: Person, token: dict[str, Any], bank: Any
) -> None:
    reply = person.get(token, "/accounts", accept="application/vnd.sparebank1.v1+json")
    assert reply.headers["Content-Type"] == "application/vnd.sparebank1.v1+json;charset=utf-8"


def test_a_bad_token_is_refused_with_a_bare_word(person: Person) -> None:
    reply = person.get({"access_token": "guessed"}, "/accounts")
    assert (reply.status_code, reply.text) == (401, "Unauthorized")


def test_nothing_is_written_here(person: Person, token: dict[str, Any], bank: Any) -> None:
    headers = {"Authorization": f"Bearer {token['access_token']}", "Accept": MEDIA_TYPE}
    path = "/personal/banking/transfer/debit"
    assert person.sandbox.send("POST", path, headers=headers).status_code == 405


def test_cards_and_currencies_come_only_when_asked_for(bank: Any) -> None:
    def names(**switches: str) -> list[str]:
        return [account["name"] for account in bank("/accounts", switches)["accounts"]]

    assert names() == ["Brukskonto", "Sparekonto"]
    assert names(includeCreditCardAccounts="true") == ["Brukskonto", "Sparekonto", "Kredittkort"]
    assert names(includeNokAccounts="false", includeCurrencyAccounts="true") == ["Valutakonto EUR"]


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("/accounts", {"includeAll": "true"}),
        ("/accounts", {"includeNokAccounts": "yes"}),
        ("/transactions", {}),
        ("/transactions", {"fromDate": "2026-01-01"}),
    ],
)
def test_a_wrong_parameter_is_refused_in_the_banks_envelope(
    bank: Any, path: str, parameters: dict[str, str]
) -> None:
    (error,) = bank(path, parameters, status=400)["errors"]
    assert error.keys() >= {"code", "message", "httpCode", "traceId"}
    assert error["httpCode"] == 400


@pytest.mark.parametrize(
    "parameters",
    [
        {"fromDate": "01.02.2026"},
        {"fromDate": "20260201"},
        {"fromDate": "2026-02-30"},
        {"fromDate": "2026-02-02", "toDate": "2026-02-01"},
        {"rowLimit": "0"},
        {"rowLimit": "many"},
        {"source": "SOME"},
        {"page": "2"},
    ],
)
def test_a_wrong_range_is_refused(bank: Any, parameters: dict[str, str]) -> None:
    key = keys(bank)["Brukskonto"]
    assert bank("/transactions", {"accountKey": key, **parameters}, status=400)["errors"]


def test_one_account_is_the_same_object_as_in_the_list(bank: Any) -> None:
    listed = bank("/accounts", EVERY)["accounts"]
    assert bank(f"/accounts/{listed[0]['key']}") == listed[0]
    assert bank("/accounts/default") == listed[0]
    assert bank("/accounts/no-such-key", status=404)["errors"]


def test_details_roles_and_keys(bank: Any) -> None:
    (account, *_) = bank("/accounts", EVERY)["accounts"]
    assert "interestRate" in bank(f"/accounts/{account['key']}/details")
    assert bank(f"/accounts/{account['key']}/roles")["roles"][0]["roleType"] == "OWNER"
    asked = {"accountNumber": account["accountNumber"]}
    found = bank("/accounts/keys", asked)["accountKeysMap"]
    assert found == {account["accountNumber"]: account["key"]}


def test_the_cards_number_begins_with_k_and_has_no_iban(bank: Any) -> None:
    (card,) = [a for a in bank("/accounts", EVERY)["accounts"] if a["type"] == "CREDITCARD"]
    assert card["accountNumber"].startswith("K")
    assert "iban" not in card
    assert card["availableBalance"] > card["balance"]


def test_account_keys_change_with_each_consent(person: Person, bank: Any) -> None:
    other = person.get(person.sign_in(), "/accounts", EVERY).json()["accounts"]
    assert not set(keys(bank).values()) & {account["key"] for account in other}


def test_row_ids_change_with_each_session_and_open_details_in_their_own(
    person: Person, bank: Any
) -> None:
    first = person.sign_in()
    key = person.get(first, "/accounts/default").json()["key"]
    asked = {"accountKey": key, **LONG_AGO}
    second = person.refresh(first).json()
    before, after = (
        person.get(session, "/transactions", asked).json()["transactions"]
        for session in (first, second)
    )
    assert not {row["id"] for row in before} & {row["id"] for row in after}
    assert [row["nonUniqueId"] for row in before] == [row["nonUniqueId"] for row in after]
    row = next(row for row in after if row["canShowDetails"])
    opened = person.get(second, f"/transactions/{row['id']}/details")
    assert opened.json()["description"] == row["description"]
    assert person.get(first, f"/transactions/{row['id']}/details").status_code == 404


def test_days_are_midnights_in_oslo(bank: Any) -> None:
    for row in rows(bank):
        instant = datetime.fromtimestamp(row["date"] / 1000, UTC)
        local = instant.astimezone(ZoneInfo("Europe/Oslo"))
        assert (local.hour, local.minute, local.second) == (0, 0, 0)
        assert instant.date() < local.date()


def test_details_have_their_dates_as_text(bank: Any) -> None:
    row = next(row for row in rows(bank) if row["canShowDetails"])
    details = bank(f"/transactions/{row['id']}/details")
    day = datetime.fromtimestamp(row["date"] / 1000, ZoneInfo("Europe/Oslo")).date()
    assert details["date"] == day.isoformat()
    assert details["amount"] == row["amount"]
    assert len(details["numericalReference"]) == 10


def test_pending_rows_have_no_id_worth_keeping(bank: Any) -> None:
    pending = [row for row in rows(bank) if row["bookingStatus"] == "PENDING"]
    assert pending
    assert {row["nonUniqueId"].strip("0") for row in pending} == {""}
    assert not any(row["canShowDetails"] for row in pending)
    assert {row["source"] for row in pending} == {"RECENT"}


def test_the_banks_own_id_repeats_on_other_days_and_never_on_one(bank: Any) -> None:
    booked = [row for row in rows(bank) if row["bookingStatus"] == "BOOKED"]
    assert len({row["nonUniqueId"] for row in booked}) < len(booked)
    assert len({(row["date"], row["nonUniqueId"]) for row in booked}) == len(booked)


def test_an_accounts_number_is_an_object_in_rows(bank: Any) -> None:
    (row, *_) = rows(bank)
    assert row["accountNumber"] == {
        "value": "97131044716",
        "formatted": "9713.10.44716",
        "unformatted": "97131044716",
    }


def test_dates_filter_by_the_day_in_oslo_and_both_ends_count(bank: Any) -> None:
    every = rows(bank)
    day = datetime.fromtimestamp(every[-1]["date"] / 1000, ZoneInfo("Europe/Oslo")).date()
    found = rows(bank, fromDate=day.isoformat(), toDate=(day + timedelta(days=1)).isoformat())
    days = {datetime.fromtimestamp(r["date"] / 1000, ZoneInfo("Europe/Oslo")).date() for r in found}
    assert days == {day, day + timedelta(days=1)}


def test_a_limit_gives_the_newest_rows(bank: Any) -> None:
    every = rows(bank)
    assert [row["id"] for row in rows(bank, rowLimit="7")] == [row["id"] for row in every[:7]]


def test_recent_and_historic_make_the_whole(bank: Any) -> None:
    parts = rows(bank, source="RECENT") + rows(bank, source="HISTORIC")
    assert len(parts) == len(rows(bank))


def test_without_dates_there_is_the_last_month_only(bank: Any) -> None:
    key = keys(bank)["Brukskonto"]
    found = bank("/transactions", {"accountKey": key})["transactions"]
    assert 0 < len(found) < len(rows(bank)) / 10


def test_several_accounts_come_in_one_call(bank: Any) -> None:
    asked = [("accountKey", key) for key in keys(bank).values()]
    found = bank("/transactions", [*asked, *LONG_AGO.items()])["transactions"]
    assert {row["accountKey"] for row in found} == set(keys(bank).values())


def test_classified_rows_carry_categories(bank: Any) -> None:
    key = keys(bank)["Brukskonto"]
    found = bank("/transactions/classified", {"accountKey": key, **LONG_AGO})["transactions"]
    assert len(found) == len(rows(bank))
    assert found[0].keys() == {"transaction", "categories", "recurring", "subscription"}
    assert found[0]["categories"][0].keys() >= {"main", "sub", "mainI18n", "confidence"}


def test_rows_and_balances_are_those_of_the_books(person: Person, bank: Any) -> None:
    books = person.sandbox.books()
    names = {account["id"]: account["name"] for account in books["accounts"]}
    asked = [("accountKey", key) for key in keys(bank).values()]
    found = bank("/transactions", [*asked, *LONG_AGO.items()])["transactions"]

    def day(instant: int | None) -> str | None:
        if instant is None:
            return None
        local = datetime.fromtimestamp(instant / 1000, ZoneInfo("Europe/Oslo"))
        return local.date().isoformat()

    told = sorted(
        (
            r["accountName"],
            r["bookingStatus"].lower(),
            day(r["date"]),
            day(r.get("interestDate")) or "",
            Decimal(r["amount"]),
            r["accountCurrency"],
            r["description"],
        )
        for r in found
    )
    kept = sorted(
        (
            names[r["account"]],
            r["status"],
            r["booked_on"],
            r["value_on"] or "",
            Decimal(r["amount"]),
            r["currency"],
            r["description"],
        )
        for r in books["transactions"]
    )
    assert told == kept
    balances = {a["name"]: Decimal(a["balance"]) for a in bank("/accounts", EVERY)["accounts"]}
    assert balances == {a["name"]: Decimal(a["balance"]) for a in books["accounts"]}


def test_a_purchase_abroad_has_both_currencies(bank: Any) -> None:
    key = keys(bank)["Kredittkort"]
    found = bank("/transactions", {"accountKey": key, **LONG_AGO})["transactions"]
    abroad = [row for row in found if "currencyAmount" in row]
    assert {row["currencyCode"] for row in abroad} == {"EUR", "DKK", "GBP", "JPY"}
    assert {row["accountCurrency"] for row in abroad} == {"NOK"}
    yen = [row["currencyAmount"] for row in abroad if row["currencyCode"] == "JPY"]
    assert all(amount == int(amount) for amount in yen)


def test_the_student_sees_the_students_account_alone(person: Person) -> None:
    token = person.sign_in("student")
    (account,) = person.get(token, "/accounts", EVERY).json()["accounts"]
    assert account["owner"]["name"] == "Emil Dahl"


def test_a_row_that_life_books_changes_its_text_and_gets_an_id(person: Person, bank: Any) -> None:
    def pending() -> int:
        return sum(row["bookingStatus"] == "PENDING" for row in rows(bank))

    before = {row["id"]: row for row in rows(bank)}
    waiting = pending()
    person.sandbox.live(2)
    new = [row for row in rows(bank) if row["id"] not in before]
    booked = [row for row in new if row["bookingStatus"] == "BOOKED"]
    assert pending() < waiting
    assert booked
    assert all(row["nonUniqueId"].strip("0") for row in booked)
    texts = {row["description"] for row in before.values()}
    assert not {row["description"] for row in booked} & texts


def test_today_is_where_the_books_end(bank: Any) -> None:
    today = datetime.now(ZoneInfo("Europe/Oslo")).date()
    newest = max(row["date"] for row in rows(bank))
    day = datetime.fromtimestamp(newest / 1000, ZoneInfo("Europe/Oslo")).date()
    assert date.fromordinal(today.toordinal() - 1) <= day <= today


def test_the_list_of_banks_needs_no_sign_in(person: Person) -> None:
    path = "/common/financial-institutions/banks"
    said = person.sandbox.send("GET", path, headers={"Accept": MEDIA_TYPE}).json()
    assert "fid-smn" in {bank["id"] for bank in said["financialInstitutions"]}
