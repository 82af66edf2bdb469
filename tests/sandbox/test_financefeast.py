"""Financefeast: a code for one long token and an ID token, prices in envelopes, and 403 for who may not."""

from __future__ import annotations

import base64
import json
import time
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jws
from joserfc.jwk import KeySet

from bankview.sandbox.financefeast_plan import MINUTE, Plan
from bankview.sandbox.visitor import answer

if TYPE_CHECKING:
    import requests

    from tests.sandbox_process import Sandbox

REDIRECT = "http://127.0.0.1:34567/callback"
SCOPE = "openid profile plan"


class Investor:
    """A person of Financefeast's, by hand."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def written(self, name: str) -> str:
        """Return the secret of an .env file."""
        return (
            self.sandbox.profile(name)
            .with_suffix(".env")
            .read_text("utf-8")
            .strip()
            .partition("=")[2]
        )

    def ask(self, **changes: str) -> dict[str, list[str]]:
        fields = {
            "response_type": "code",
            "client_id": "financefeast-client",
            "redirect_uri": REDIRECT,
            "scope": SCOPE,
            "state": "a-state",
            "nonce": "a-nonce",
            **changes,
        }
        pages = f"http://127.0.0.1:{self.sandbox.port + 1}/financefeast/oauth/authorize"
        deny = fields.pop("decision", "") == "deny"
        address = answer(f"{pages}?{urlencode(fields)}", deny=deny)
        return parse_qs(urlsplit(address).query, strict_parsing=True)

    def redeem(self, code: str, **changes: str) -> requests.Response:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT,
            "client_id": "financefeast-client",
            "client_secret": self.written("financefeast-household"),
            **changes,
        }
        return self.sandbox.send("POST", "/financefeast/oauth/token", data=fields)

    def token(self, **changes: str) -> dict[str, Any]:
        reply = self.redeem(self.ask(**changes)["code"][0])
        assert reply.status_code == 200, reply.text
        token: dict[str, Any] = reply.json()
        return token

    def get(self, path: str, token: str = "", **arguments: str) -> requests.Response:
        token = token or self.written("financefeast-household-token")
        headers = {"Authorization": f"Bearer {token}"}
        return self.sandbox.send("GET", f"/financefeast{path}", params=arguments, headers=headers)


@pytest.fixture
def investor(sandbox: Sandbox) -> Investor:
    return Investor(sandbox)


def test_the_answer_carries_code_and_state_alone(investor: Investor) -> None:
    assert investor.ask().keys() == {"code", "state"}
    assert investor.ask(decision="deny")["error"] == ["access_denied"]


def test_a_token_reply_has_these_members_and_no_refresh_token(investor: Investor) -> None:
    before = int(time.time())
    told = investor.token()
    assert before + 864_000 <= told.pop("expires_at") <= time.time() + 864_000
    assert told.pop("access_token")
    assert told.pop("id_token").count(".") == 2
    assert told == {"expires_in": 864_000, "scope": SCOPE, "token_type": "Bearer"}


def test_no_id_token_comes_without_openid(investor: Investor) -> None:
    assert "id_token" not in investor.token(scope="plan")


def test_the_id_token_is_signed_and_repeats_the_nonce(investor: Investor) -> None:
    token = investor.token(nonce="n-0815")
    keys = KeySet.import_key_set(investor.sandbox.send("GET", "/financefeast/jwks").json())
    signed = jws.deserialize_compact(token["id_token"], keys, algorithms=["RS256"])
    claims = json.loads(signed.payload)
    assert claims["iss"] == f"{investor.sandbox.issuer}/financefeast"
    assert (claims["aud"], claims["nonce"]) == ("financefeast-client", "n-0815")
    assert claims["sub"] == investor.get("/userinfo", token["access_token"]).json()["sub"]
    assert len(base64.urlsafe_b64decode(claims["at_hash"] + "==")) == 16


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": "bankview"}, "invalid_client"),
        ({"redirect_uri": "http://127.0.0.1:1/callback"}, "invalid_grant"),
        ({"code_verifier": "v" * 43}, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "unauthorized_client"),
    ],
)
def test_a_wrong_token_request_is_refused(
    investor: Investor, changes: dict[str, str], error: str
) -> None:
    assert investor.redeem(investor.ask()["code"][0], **changes).json()["error"] == error


def test_a_code_works_once(investor: Investor) -> None:
    code = investor.ask()["code"][0]
    assert investor.redeem(code).status_code == 200
    assert investor.redeem(code).json()["error"] == "invalid_grant"


def test_pkce_is_held_to_where_a_client_uses_it(investor: Investor) -> None:
    asked = {"code_challenge": "c" * 43, "code_challenge_method": "S256"}
    code = investor.ask(**asked)["code"][0]
    assert investor.redeem(code).json()["error"] == "invalid_request"
    code = investor.ask(**asked)["code"][0]
    assert investor.redeem(code, code_verifier="v" * 43).json()["error"] == "invalid_grant"


def test_daily_prices_come_in_the_services_envelope(investor: Investor) -> None:
    until = date.today() - timedelta(3)  # noqa: DTZ011 - any recent day will do
    since = until - timedelta(13)
    told = investor.get(
        "/data/eod", ticker="ABC.nz", date_from=since.isoformat(), date_to=until.isoformat()
    ).json()
    rows = told.pop("data")
    assert told.pop("took_ms") >= 0
    assert told == {
        "ticker": "abc.nz",
        "company_name": "Abc Limited",
        "exchange": "nzx",
        "uuid4": "0d8f3b8e-0f2c-4a49-9f0e-2d5d0b8a1c11",
        "date_from": since.isoformat(),
        "date_to": until.isoformat(),
        "interval": "1 day, 0:00:00",
        "hits": 10,
    }
    assert len(rows) == 10
    assert rows[0].keys() == {"timestamp", "open", "high", "low", "close", "volume"}
    assert all(row["low"] <= row["open"] <= row["high"] for row in rows)
    assert all(row["timestamp"].endswith("T00:00:00") for row in rows)
    again = investor.get("/data/eod", ticker="abc.nz", date_from=since.isoformat()).json()["data"]
    assert again[:10] == rows


def test_hourly_prices_are_within_the_moments(investor: Investor) -> None:
    day = date.today() - timedelta(7)  # noqa: DTZ011 - any recent week will do
    day -= timedelta(day.weekday())
    told = investor.get(
        "/data/intraday",
        ticker="abc.nz",
        datetime_from=f"{day} 11:00:00",
        datetime_to=f"{day} 13:00:00",
    ).json()
    assert (told["date_from"], told["interval"]) == (f"{day} 11:00:00", "1:00:00")
    assert [row["timestamp"] for row in told["data"]] == [f"{day}T{h}:00:00" for h in (11, 12, 13)]


def test_the_last_price_is_one_row(investor: Investor) -> None:
    told = investor.get("/data/last", ticker="0d8f3b8e-0f2c-4a49-9f0e-2d5d0b8a1c11").json()
    assert (told["hits"], told["exchange"], told["data"][0]["volume"]) == (1, "", 0)
    assert "date_from" not in told


def test_the_order_book_is_condensed_unless_asked(investor: Investor) -> None:
    book = investor.get("/data/orderbook", ticker="abc.nz").json()["data"][0]
    assert all(isinstance(quantity, int) for quantity in book["buy"].values())
    assert max(map(float, book["buy"])) < min(map(float, book["sell"]))
    full = investor.get("/data/orderbook", ticker="abc.nz", condensed="false").json()["data"][0]
    assert [int(order["quantity"]) for order in full["sell"]] == list(book["sell"].values())


def test_what_there_is_is_told_without_a_token(investor: Investor) -> None:
    tickers = investor.sandbox.send("GET", "/financefeast/info/ticker").json()
    assert [row["symbol"] for row in tickers["data"]] == ["ABC.NZ"]
    exchanges = investor.sandbox.send("GET", "/financefeast/info/exchange").json()
    assert exchanges["data"][0]["timezone"] == "Pacific/Auckland"


def test_usage_counts_this_tokens_calls(investor: Investor) -> None:
    token = investor.token()["access_token"]
    for _ in range(3):
        investor.get("/data/last", token, ticker="abc.nz")
    used = {u["path"]: u for u in investor.get("/account/usage", token).json()["data"]["path"]}
    assert used["/data/last"]["count"] == 3
    assert used["/data/last"]["days"][0]["date"].endswith("T00:00:00.000Z")


def test_userinfo_tells_what_was_granted(investor: Investor) -> None:
    narrow = investor.token(scope="openid")["access_token"]
    assert investor.get("/userinfo", narrow).json().keys() == {"sub"}
    wide = investor.get("/userinfo", investor.token()["access_token"]).json()
    assert wide.keys() == {"sub", "email", "plan"}
    assert (
        investor.get("/userinfo", investor.token(scope="plan")["access_token"]).status_code == 403
    )


@pytest.mark.parametrize("token", ["unknown", "pk_sandbox_0d8f3b8e0f2c4a49"])
def test_a_token_that_is_none_is_403(investor: Investor, token: str) -> None:
    reply = investor.get("/data/last", token, ticker="abc.nz")
    assert (reply.status_code, reply.json()) == (403, {"detail": "Not authenticated"})
    assert investor.sandbox.send("GET", "/financefeast/data/last").status_code == 403


def test_an_ended_token_is_403(investor: Investor) -> None:
    token = investor.token()["access_token"]
    assert investor.get("/data/last", token, ticker="abc.nz").status_code == 200
    investor.sandbox.expire()
    assert investor.get("/data/last", token, ticker="abc.nz").status_code == 403


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ({"ticker": "xyz.nz"}, 404),
        ({"ticker": "abc.nz", "exchange": "asx"}, 404),
        ({}, 400),
        ({"ticker": "abc.nz", "date_from": "yesterday"}, 400),
    ],
)
def test_what_is_not_there_is_refused(
    investor: Investor, arguments: dict[str, str], status: int
) -> None:
    reply = investor.get("/data/eod", **arguments)
    assert reply.status_code == status
    assert reply.json()["detail"]


def test_the_plan_is_told_with_each_call(investor: Investor) -> None:
    token = investor.token()["access_token"]
    left = [
        int(investor.get("/info/ticker", token).headers["x-ratelimit-remaining"]) for _ in range(2)
    ]
    assert left == [599, 598]


def test_a_plan_that_is_used_up_refuses_until_the_minute_is_over() -> None:
    at = [1000.0]
    plan = Plan(lambda: at[0], per_minute=2)
    assert plan.use("t", "/a") == {
        "x-ratelimit-limit": "2",
        "x-ratelimit-remaining": "1",
        "x-ratelimit-reset": "60",
    }
    at[0] += 10
    assert plan.use("t", "/a")
    assert plan.use("t", "/a") is None
    assert plan.refused("t")["Retry-After"] == "50"
    assert plan.use("other", "/a")
    at[0] += MINUTE - 10
    assert plan.use("t", "/a")


def test_a_used_up_plan_is_429_on_the_wire(investor: Investor) -> None:
    token = investor.token()["access_token"]
    investor.sandbox.fault("429", 1)
    assert investor.get("/data/last", token, ticker="abc.nz").status_code == 429
