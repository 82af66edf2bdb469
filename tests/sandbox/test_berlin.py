"""How strict the invented bank after the Berlin Group is: certificates, consents, quotas and what has to be asked."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bankview.sandbox import berlin as service
from bankview.sandbox.books.shelf import Shelf
from bankview.sandbox.faults import Faults
from bankview.sandbox.messages import Port, Request

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
BACK = {
    "tpp-redirect-uri": "http://127.0.0.1/callback?state=x",
    "tpp-nok-redirect-uri": "http://127.0.0.1/callback?state=x&error=access_denied",
}
THERE = {"psu-ip-address": "10.0.0.1"}
ROWS = "bookingStatus=both&dateFrom=2025-11-01"


class Service:
    """The service on a day, and a third party with a certificate."""

    def __init__(self, folder: Path) -> None:
        self.today, self.consent, self.peer = TODAY, "", b"a certificate"
        books = Shelf(folder, folder, 60_000, TODAY, lambda: TODAY).books
        self.service = service.opened(
            folder, "http://pages", books, Faults(), lambda: NOW, lambda: self.today
        )

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        query: str = "",
        **more: str,
    ) -> tuple[int, Any]:
        own = {"x-request-id": str(uuid.uuid4()), "consent-id": self.consent, **more}
        content = b"" if body is None else json.dumps(body).encode()
        where = f"{service.ROOT}/v1{path}"
        request = Request(Port.CERTIFICATE, method, where, query, own, content, self.peer)
        answer = self.service.answer(request)
        assert isinstance(answer.body, bytes)
        return answer.status, json.loads(answer.body)

    def ask(self, **changes: Any) -> tuple[int, Any]:
        body = {
            "access": {"accounts": [], "balances": [], "transactions": []},
            "recurringIndicator": True,
            "validUntil": "2027-05-19",
            "frequencyPerDay": 4,
            "combinedServiceIndicator": False,
        }
        return self.call("POST", "/consents", body | changes, **BACK, **THERE)

    def allowed(self) -> None:
        _, said = self.ask()
        door = self.service.consents
        query = said["_links"]["scaRedirect"]["href"].partition("?")[2]
        assert door.allow(door.wanted(query), "household") == BACK["tpp-redirect-uri"]
        self.consent = said["consentId"]

    def account(self) -> str:
        _, said = self.call("GET", "/accounts", **THERE)
        return f"/accounts/{said['accounts'][0]['resourceId']}"


def code(said: Any) -> Any:
    return said["tppMessages"][0]["code"]


@pytest.fixture
def bank(tmp_path: Path) -> Service:
    return Service(tmp_path)


@pytest.fixture
def inside(bank: Service) -> Service:
    bank.allowed()
    return bank


def test_nobody_without_a_certificate_or_a_request_s_name_is_answered(bank: Service) -> None:
    assert code(bank.call("GET", "/accounts", **{"x-request-id": "1"})[1]) == "FORMAT_ERROR"
    bank.peer = b""
    assert code(bank.call("GET", "/accounts")[1]) == "CERTIFICATE_MISSING"


@pytest.mark.parametrize(
    "changes",
    [
        {"access": {"allPsd2": "allAccounts"}},
        {"frequencyPerDay": 5},
        {"recurringIndicator": False},
        {"validUntil": "2026-11-20"},
        {"validUntil": "soon"},
        {"more": 1},
    ],
)
def test_a_consent_that_is_none_or_too_much_is_refused(bank: Service, changes: Any) -> None:
    assert bank.ask(**changes)[0] == 400
    assert bank.ask()[0] == 201


def test_a_consent_ends_sooner_than_it_was_asked_for(inside: Service) -> None:
    latest = TODAY + timedelta(days=service.VALIDITY)
    assert inside.call("GET", f"/consents/{inside.consent}")[1]["validUntil"] == latest.isoformat()
    assert inside.call("GET", "/accounts", **THERE)[0] == 200
    inside.today = latest + timedelta(days=1)
    assert code(inside.call("GET", "/accounts", **THERE)[1]) == "CONSENT_EXPIRED"


def test_nothing_is_read_without_a_consent_in_force(bank: Service) -> None:
    assert code(bank.call("GET", "/accounts")[1]) == "CONSENT_UNKNOWN"
    bank.consent = bank.ask()[1]["consentId"]
    assert code(bank.call("GET", "/accounts")[1]) == "CONSENT_INVALID"
    bank.allowed()
    assert bank.call("GET", "/accounts", **THERE)[0] == 200
    assert bank.call("DELETE", f"/consents/{bank.consent}")[0] == 200
    assert code(bank.call("GET", "/accounts")[1]) == "CONSENT_INVALID"


def test_who_is_not_there_comes_four_times_a_day_and_pages_are_free(inside: Service) -> None:
    path = f"{inside.account()}/transactions"
    said = [inside.call("GET", path, query=ROWS)[0] for _ in range(5)]
    assert said == [200, 200, 200, 200, 429]
    assert inside.call("GET", path, query=f"{ROWS}&pageIndex=1")[0] == 200
    assert inside.call("GET", path, query=ROWS, **THERE)[0] == 200


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("dateFrom=2026-01-01", "PARAMETER_NOT_SUPPORTED"),
        ("bookingStatus=all&dateFrom=2026-01-01", "PARAMETER_NOT_SUPPORTED"),
        ("bookingStatus=both", "FORMAT_ERROR"),
        ("bookingStatus=both&dateFrom=2020-01-01", "PERIOD_INVALID"),
    ],
)
def test_rows_are_asked_for_as_the_standard_has_it(inside: Service, query: str, said: str) -> None:
    path = f"{inside.account()}/transactions"
    assert code(inside.call("GET", path, query=query, **THERE)[1]) == said


def test_pages_follow_one_another_and_pending_stands_on_each(inside: Service) -> None:
    path = f"{inside.account()}/transactions"
    first = inside.call("GET", path, query=ROWS, **THERE)[1]["transactions"]
    following = first["_links"]["next"]["href"]
    assert following.startswith(f"{service.ROOT}/v1{path}?")
    second = inside.call("GET", path, query=following.partition("?")[2], **THERE)[1]["transactions"]
    assert len(first["booked"]) == service.ROWS
    names = [{row["entryReference"] for row in page["booked"]} for page in (first, second)]
    assert not names[0] & names[1]
    assert first["pending"] == second["pending"]
