"""How strict the invented Monzo is: which requests it takes, when a token opens something, and what it serves when."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from bankview.sandbox import monzo
from bankview.sandbox.books.shelf import Shelf
from bankview.sandbox.faults import Faults
from bankview.sandbox.messages import FORM, Answer, Port, Request
from bankview.sandbox.monzo_authorization import ACCESS_LIFE, CLIENT_ID, secret_of
from bankview.sandbox.wanted import RefusedError

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
REDIRECT = "http://127.0.0.1:8322/callback"


class Service:
    """The bank on a clock, and its client."""

    def __init__(self, folder: Path) -> None:
        self.now, self.folder = NOW, folder
        self.books = Shelf(folder, folder, 3000, TODAY, lambda: TODAY).books
        self.open()

    def open(self) -> None:
        """Open the bank, as after each start."""
        self.bank = monzo.opened(self.folder, self.books, Faults(), lambda: self.now)

    def ask(self, **changes: str | None) -> str:
        asked = {"client_id": CLIENT_ID, "redirect_uri": REDIRECT, "response_type": "code"}
        given = {**asked, "state": "s" * 32, **changes}
        query = urlencode({name: text for name, text in given.items() if text is not None})
        wanted = self.bank.server.wanted(query)
        answer = self.bank.server.allow(wanted, "household")
        said = parse_qs(urlsplit(answer).query)
        assert said["state"] == ["s" * 32]
        return said["code"][0]

    def token(self, headers: Any = None, **fields: str) -> tuple[int, Any]:
        proof = {"client_id": CLIENT_ID, "client_secret": secret_of(self.folder)}
        body = urlencode({**proof, **fields}).encode()
        head = {"content-type": FORM, **(headers or {})}
        return self._said(Request(Port.API, "POST", monzo.TOKEN, "", head, body))

    def redeem(self, code: str, **changes: str) -> tuple[int, Any]:
        fields = {"grant_type": "authorization_code", "redirect_uri": REDIRECT, "code": code}
        return self.token(**{**fields, **changes})

    def renew(self, refresh_token: str) -> tuple[int, Any]:
        return self.token(grant_type="refresh_token", refresh_token=refresh_token)

    def get(self, token: str, path: str, method: str = "GET", **asked: str) -> tuple[int, Any]:
        head = {"authorization": f"Bearer {token}"}
        return self._said(Request(Port.API, method, f"{monzo.ROOT}{path}", urlencode(asked), head))

    def signed_in(self) -> str:
        _, said = self.redeem(self.ask())
        token = str(said["access_token"])
        assert self.get(token, "/accounts")[0] == 403
        assert self.get(token, "/accounts")[0] == 200
        return token

    def _said(self, request: Request) -> tuple[int, Any]:
        answer: Answer = self.bank.answer(request)
        assert isinstance(answer.body, bytes)
        return answer.status, json.loads(answer.body)


@pytest.fixture
def bank(tmp_path: Path) -> Service:
    return Service(tmp_path)


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "another"},
        {"redirect_uri": "https://other.example/"},
        {"response_type": "token"},
        {"state": None},
        {"scope": "accounts"},
        {"code_challenge": "x"},
    ],
)
def test_a_request_that_its_documents_do_not_know_is_refused(
    bank: Service, changes: dict[str, str | None]
) -> None:
    with pytest.raises(RefusedError):
        bank.ask(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"client_secret": "another"},
        {"redirect_uri": "http://127.0.0.1:8322/"},
        {"code_verifier": "x"},
        {"code": "another"},
    ],
)
def test_a_code_is_redeemed_by_its_client_with_exactly_its_fields(
    bank: Service, changes: dict[str, str]
) -> None:
    assert bank.redeem(**{"code": bank.ask(), **changes})[0] in {400, 401}


def test_a_code_is_good_once_and_no_header_proves_the_client(bank: Service) -> None:
    code = bank.ask()
    assert bank.token({"authorization": "Basic eDp5"}, grant_type="authorization_code")[0] == 400
    assert bank.redeem(code)[0] == 200
    assert bank.redeem(code)[1]["error"] == "invalid_token"


def test_a_token_opens_nothing_until_it_is_allowed_in_the_app(bank: Service) -> None:
    _, said = bank.redeem(bank.ask())
    assert bank.get(said["access_token"], "/ping/whoami")[0] == 200
    status, refused = bank.get(said["access_token"], "/accounts")
    assert (status, refused["code"]) == (403, "forbidden.insufficient_permissions")
    assert bank.get(said["access_token"], "/accounts")[0] == 200


def test_a_refresh_token_is_good_once_and_a_new_token_ends_the_old_one(bank: Service) -> None:
    token = bank.signed_in()
    _, said = bank.redeem(bank.ask())
    assert bank.get(token, "/accounts")[0] == 401
    status, fresh = bank.renew(said["refresh_token"])
    assert status == 200
    assert bank.renew(said["refresh_token"])[0] == 401
    assert bank.get(said["access_token"], "/ping/whoami")[0] == 401
    assert bank.get(fresh["access_token"], "/ping/whoami")[0] == 200
    bank.now += ACCESS_LIFE + 1
    assert bank.get(fresh["access_token"], "/ping/whoami")[0] == 401


def test_what_was_allowed_outlives_a_start_and_a_logout_ends_both_tokens(bank: Service) -> None:
    token = bank.signed_in()
    bank.open()
    assert bank.get(token, "/accounts")[0] == 200
    assert bank.get(token, "/accounts", "DELETE")[0] == 405
    assert bank.get(token, "/oauth2/logout", "POST")[0] == 200
    assert bank.get(token, "/accounts")[0] == 401


def pages(bank: Service, token: str, key: str, since: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        asked = {"account_id": key, "limit": "100", "since": since}
        status, said = bank.get(token, "/transactions", **asked)
        assert status == 200, said
        found += said["transactions"]
        if len(said["transactions"]) < 100:
            return found
        since = found[-1]["id"]


def test_all_rows_come_once_oldest_first_with_those_that_moved_nothing(bank: Service) -> None:
    token = bank.signed_in()
    books = bank.books["household"]
    key = bank.get(token, "/accounts")[1]["accounts"][0]["id"]
    found = pages(bank, token, key, "2016-01-01T00:00:00Z")
    made = [row["created"] for row in found]
    assert made == sorted(made)
    real = [row for row in found if "decline_reason" not in row and row["amount"]]
    account = books.accounts[0]
    assert len(real) == len([*books.rows(account.id, date.min, date.max)])
    assert len(real) < len(found)
    assert all(row["settled"] or row["amount_is_pending"] for row in real)


def test_the_whole_history_is_served_for_five_minutes_and_ninety_days_after_them(
    bank: Service,
) -> None:
    token = bank.signed_in()
    key = bank.get(token, "/accounts")[1]["accounts"][0]["id"]
    oldest = pages(bank, token, key, "2016-01-01T00:00:00Z")[0]["id"]
    bank.now += monzo.FRESH + 1
    for since in ("2016-01-01T00:00:00Z", oldest):
        status, said = bank.get(token, "/transactions", account_id=key, since=since)
        assert (status, said["code"]) == (403, "forbidden.verification_required")
    assert bank.get(token, "/transactions", account_id=key)[0] == 403
    recent = (datetime.fromtimestamp(bank.now, UTC) - timedelta(days=89)).isoformat()
    assert bank.get(token, "/transactions", account_id=key, since=recent)[0] == 200


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/accounts", {"more": "1"}),
        ("/balance", {}),
        ("/pots", {"account_id": "acc_x"}),
        ("/transactions", {"limit": "101"}),
        ("/transactions", {"since": "yesterday"}),
        ("/transactions", {"since": "2026-11-01T00:00:00"}),
        ("/transactions", {"since": "tx_other"}),
        ("/transactions", {"page": "2"}),
        ("/transactions", {"account_id": "acc_other"}),
        ("/nothing", {}),
    ],
)
def test_a_question_that_is_none_is_refused(
    bank: Service, path: str, asked: dict[str, str]
) -> None:
    token = bank.signed_in()
    key = bank.get(token, "/accounts")[1]["accounts"][0]["id"]
    first = {"account_id": key} if path == "/transactions" else {}
    assert bank.get(token, path, **{**first, **asked})[0] in {400, 404}


def test_merchants_are_told_to_who_asks_for_them(bank: Service) -> None:
    token = bank.signed_in()
    key = bank.get(token, "/accounts")[1]["accounts"][0]["id"]
    asked = {"account_id": key, "since": "2016-01-01T00:00:00Z"}
    for expanded, kind in ((False, str), (True, dict)):
        more = {"expand[]": "merchant"} if expanded else {}
        rows = bank.get(token, "/transactions", **asked, **more)[1]["transactions"]
        assert len(rows) == monzo.ROWS
        assert {type(row["merchant"]) for row in rows if row["merchant"]} == {kind}
