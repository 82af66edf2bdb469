"""How strict the invented Enable Banking is: whose calls it takes, which consents it gives, and what it serves when."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from bankview.sandbox import enable_banking as service
from bankview.sandbox import enable_banking_caller as caller
from bankview.sandbox.books.shelf import Shelf
from bankview.sandbox.faults import Faults
from bankview.sandbox.messages import Answer, Port, Request

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
REDIRECT = "https://app.fjordbanken.example/callback"
THERE = {"psu-ip-address": "10.0.0.1", "psu-user-agent": "test"}


class Service:
    """The service on a clock, and its application."""

    def __init__(self, folder: Path) -> None:
        self.now = NOW
        caller.prepare(folder)
        self.key = RSAKey.import_key((folder / caller.NAME).read_bytes())
        books = Shelf(folder, folder, 6000, TODAY, lambda: TODAY).books
        self.service = service.opened(
            folder, folder, "http://pages", books, Faults(), lambda: self.now, lambda: TODAY
        )

    def token(self, key: RSAKey | None = None, alg: str = "RS256", **claims: Any) -> str:
        now = int(self.now)
        said = {"iss": "enablebanking.com", "aud": "api.enablebanking.com", "iat": now}
        head = {"alg": alg, "typ": "JWT", "kid": claims.pop("kid", caller.APPLICATION)}
        said |= {"exp": now + 600} | claims
        return jwt.encode(head, said, key or self.key, algorithms=[alg])

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        token: str = "",
        query: str = "",
        **more: str,
    ) -> tuple[int, Any]:
        headers = {"authorization": f"Bearer {token or self.token()}", **more}
        content = b"" if body is None else json.dumps(body).encode()
        request = Request(Port.API, method, f"{service.ROOT}{path}", query, headers, content)
        answer: Answer = self.service.answer(request)
        assert isinstance(answer.body, bytes)
        return answer.status, json.loads(answer.body)

    def begin(self, **changes: Any) -> tuple[int, Any]:
        until = datetime.fromtimestamp(self.now + service.VALIDITY - 60, UTC).isoformat()
        body = {
            "access": {"valid_until": until},
            "aspsp": {"name": service.BANK, "country": service.COUNTRY},
            "state": "x" * 32,
            "redirect_url": REDIRECT,
            "psu_type": "personal",
        }
        return self.call("POST", "/auth", body | changes)

    def session(self) -> Any:
        _, said = self.begin()
        wanted = self.service.sessions.wanted(said["url"].partition("?")[2])
        location = self.service.sessions.allow(wanted, "household")
        code = location.partition("&code=")[2]
        status, session = self.call("POST", "/sessions", {"code": code})
        assert status == 200, session
        assert self.call("POST", "/sessions", {"code": code})[1]["error"] == (
            "WRONG_AUTHORIZATION_CODE"
        )
        return session


@pytest.fixture
def bank(tmp_path: Path) -> Service:
    return Service(tmp_path)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda bank: bank.token(RSAKey.generate_key(2048)),
        lambda bank: bank.token(alg="PS256"),
        lambda bank: bank.token(kid="another"),
        lambda bank: bank.token(iss="me"),
        lambda bank: bank.token(aud="https://api.enablebanking.com"),
        lambda bank: bank.token(exp=int(NOW) - 1),
        lambda bank: bank.token(exp=int(NOW) + 86_401),
        lambda bank: bank.token(iat=int(NOW) + 120, exp=int(NOW) + 600),
        lambda _: "no.token",
    ],
    ids=["key", "algorithm", "kid", "iss", "aud", "ended", "long", "early", "none"],
)
def test_a_call_that_the_application_did_not_sign_is_refused(
    bank: Service, spoil: Callable[[Service], str]
) -> None:
    status, said = bank.call("GET", "/application", token=spoil(bank))
    assert (status, said["error"]) == (401, "UNAUTHORIZED_ACCESS")
    assert bank.call("GET", "/application")[0] == 200


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"redirect_url": "https://other.example"}, "REDIRECT_URI_NOT_ALLOWED"),
        ({"aspsp": {"name": "Other", "country": "NO"}}, "WRONG_ASPSP_PROVIDED"),
        ({"access": {"valid_until": "2028-01-01T00:00:00+00:00"}}, "WRONG_REQUEST_PARAMETERS"),
        ({"access": {"valid_until": "2026-12-01T00:00:00"}}, "WRONG_REQUEST_PARAMETERS"),
        ({"state": "short"}, "WRONG_REQUEST_PARAMETERS"),
    ],
)
def test_a_consent_that_is_too_much_is_refused(bank: Service, changes: Any, code: str) -> None:
    status, said = bank.begin(**changes)
    assert (status, said["error"]) == (422, code)


def test_each_session_names_the_accounts_anew_and_the_hash_stays(bank: Service) -> None:
    one, two = bank.session()["accounts"], bank.session()["accounts"]
    assert not {each["uid"] for each in one} & {each["uid"] for each in two}
    assert [each["identification_hash"] for each in one] == [
        each["identification_hash"] for each in two
    ]


def test_the_whole_history_is_served_for_some_minutes_only(bank: Service) -> None:
    uid = bank.session()["accounts"][0]["uid"]
    path, query = f"/accounts/{uid}/transactions", "date_from=2024-01-01&strategy=longest"
    assert bank.call("GET", path, query=query, **THERE)[0] == 200
    bank.now += 200
    assert bank.call("GET", path, query=query, **THERE)[1]["error"] == "WRONG_TRANSACTIONS_PERIOD"
    assert bank.call("GET", path, query="date_from=2026-08-23", **THERE)[0] == 200


def test_a_key_belongs_to_its_question_and_the_second_page_is_empty(bank: Service) -> None:
    uid = bank.session()["accounts"][0]["uid"]
    path, query = f"/accounts/{uid}/transactions", "date_from=2024-01-01&strategy=longest"
    key = bank.call("GET", path, query=query, **THERE)[1]["continuation_key"]
    second = bank.call("GET", path, query=f"{query}&continuation_key={key}", **THERE)[1]
    assert second["transactions"] == []
    assert second["continuation_key"]
    other = f"date_from=2025-01-01&strategy=longest&continuation_key={key}"
    assert bank.call("GET", path, query=other, **THERE)[1]["error"] == "WRONG_CONTINUATION_KEY"


def test_who_is_there_says_all_of_it_and_who_is_not_comes_four_times_a_day(bank: Service) -> None:
    uid = bank.session()["accounts"][0]["uid"]
    path = f"/accounts/{uid}/balances"
    some = {"psu-ip-address": "10.0.0.1"}
    assert bank.call("GET", path, **some)[1]["error"] == "PSU_HEADER_NOT_PROVIDED"
    assert [bank.call("GET", path)[0] for _ in range(5)] == [200, 200, 200, 200, 429]
    assert bank.call("GET", path, **THERE)[0] == 200


@pytest.mark.parametrize("how", ["closed", "expired"])
def test_a_session_that_is_over_serves_nothing(bank: Service, how: str) -> None:
    session = bank.session()
    if how == "closed":
        assert bank.call("DELETE", f"/sessions/{session['session_id']}")[0] == 200
    else:
        bank.now += service.VALIDITY
    path = f"/accounts/{session['accounts'][0]['uid']}/details"
    assert bank.call("GET", path, **THERE)[1]["error"] == f"{how.upper()}_SESSION"
