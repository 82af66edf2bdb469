"""How strict the invented GoCardless is: whose calls it takes, what it agrees to, and how often it answers."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from bankview.sandbox import gocardless as service
from bankview.sandbox.books.shelf import Shelf
from bankview.sandbox.faults import Faults
from bankview.sandbox.gocardless_tokens import SECRET_ID, key_of
from bankview.sandbox.messages import Port, Request

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
REDIRECT = "http://127.0.0.1:1234/callback"


class Service:
    """The service on a clock."""

    def __init__(self, folder: Path) -> None:
        self.now, self.token, self.key = NOW, "", key_of(folder)
        books = Shelf(folder, folder, 6000, TODAY, lambda: TODAY).books
        self.service = service.opened(
            folder, "http://pages", books, Faults(), lambda: self.now, lambda: TODAY, 600
        )

    def call(
        self, method: str, path: str, body: Any = None, query: str = ""
    ) -> tuple[int, Any, Mapping[str, str]]:
        headers = {"authorization": f"Bearer {self.token}"}
        content = b"" if body is None else json.dumps(body).encode()
        request = Request(Port.API, method, f"{service.ROOT}{path}", query, headers, content)
        answer = self.service.answer(request)
        assert isinstance(answer.body, bytes)
        return answer.status, json.loads(answer.body), answer.headers

    def signed_in(self) -> Any:
        body = {"secret_id": SECRET_ID, "secret_key": self.key}
        _, said, _ = self.call("POST", "/token/new/", body)
        self.token = said["access"]
        return said

    def agree(self, **changes: Any) -> tuple[int, Any, Mapping[str, str]]:
        body = {
            "institution_id": service.BANK,
            "max_historical_days": service.HISTORY,
            "access_valid_for_days": service.VALIDITY,
        }
        return self.call("POST", "/agreements/enduser/", body | changes)

    def ask(self, **changes: Any) -> tuple[int, Any, Mapping[str, str]]:
        body = {
            "redirect": REDIRECT,
            "institution_id": service.BANK,
            "agreement": self.agree()[1]["id"],
            "reference": "x" * 32,
        }
        return self.call("POST", "/requisitions/", body | changes)

    def linked(self, **changes: Any) -> Any:
        _, said, _ = self.ask(**changes)
        door = self.service.requisitions
        location = door.allow(door.wanted(said["link"].partition("?")[2]), "household")
        assert location == f"{REDIRECT}?ref={said['reference']}"
        return self.call("GET", f"/requisitions/{said['id']}/")[1]


@pytest.fixture
def bank(tmp_path: Path) -> Service:
    made = Service(tmp_path)
    made.signed_in()
    return made


@pytest.mark.parametrize("changes", [{"secret_id": "another"}, {"secret_key": "x"}, {}])
def test_only_the_person_s_secrets_give_tokens(bank: Service, changes: Any) -> None:
    body = {"secret_id": SECRET_ID, "secret_key": bank.key} | changes
    assert bank.call("POST", "/token/new/", body)[0] == (401 if changes else 200)


def test_a_call_needs_a_token_in_force(bank: Service) -> None:
    assert bank.call("GET", "/institutions/")[0] == 200
    bank.now += 600
    assert bank.call("GET", "/institutions/")[0] == 401


def test_a_refresh_token_gives_the_next_for_thirty_days(bank: Service) -> None:
    said = bank.signed_in()
    body = {"refresh": said["refresh"]}
    bank.now += 29 * 86_400
    assert bank.call("POST", "/token/refresh/", body)[0] == 200
    bank.now += 86_400
    assert bank.call("POST", "/token/refresh/", body)[0] == 401


@pytest.mark.parametrize("path", ["/institutions", "/requisitions/x", "/accounts/x/details"])
def test_a_path_ends_in_a_slash(bank: Service, path: str) -> None:
    assert bank.call("GET", path)[0] == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"max_historical_days": service.HISTORY + 1},
        {"access_valid_for_days": service.VALIDITY + 1},
        {"max_historical_days": "90"},
        {"access_valid_for_days": 0},
        {"access_scope": ["balances"]},
    ],
)
def test_an_agreement_to_more_than_the_bank_gives_is_refused(bank: Service, changes: Any) -> None:
    assert bank.agree(**changes)[0] == 400
    assert bank.agree()[0] == 201


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect": "javascript:x"},
        {"agreement": "another"},
        {"institution_id": "TUNDRA_TUNDFIHH"},
        {"reference": "short"},
    ],
)
def test_a_requisition_that_does_not_fit_is_refused(bank: Service, changes: Any) -> None:
    assert bank.ask(**changes)[0] == 400
    assert bank.ask()[0] == 201
    assert bank.ask()[0] == 400, "a reference is used once"


def test_each_requisition_names_the_accounts_anew(bank: Service) -> None:
    one, two = bank.linked(), bank.linked(reference="y" * 32)
    assert one["status"] == two["status"] == "LN"
    assert not {*one["accounts"]} & {*two["accounts"]}


def test_who_declines_is_sent_back_with_the_reference(bank: Service) -> None:
    _, said, _ = bank.ask()
    door = bank.service.requisitions
    location = door.decline(door.wanted(said["link"].partition("?")[2]))
    assert location.startswith(f"{REDIRECT}?ref={'x' * 32}&error=UserCancelledSession")
    assert bank.call("GET", f"/requisitions/{said['id']}/")[1]["status"] == "RJ"


@pytest.mark.parametrize("what", ["details", "balances", "transactions"])
def test_each_is_answered_four_times_a_day_for_each_account(bank: Service, what: str) -> None:
    first, second, *_ = bank.linked()["accounts"]
    path = f"/accounts/{first}/{what}/"
    assert [bank.call("GET", path)[0] for _ in range(5)] == [200, 200, 200, 200, 429]
    _, _, headers = bank.call("GET", path)
    assert headers["HTTP_X_RATELIMIT_ACCOUNT_SUCCESS_REMAINING"] == "0"
    assert bank.call("GET", f"/accounts/{second}/{what}/")[0] == 200
    bank.now += int(headers["HTTP_X_RATELIMIT_ACCOUNT_SUCCESS_RESET"])
    bank.signed_in()
    assert bank.call("GET", path)[0] == 200


@pytest.mark.parametrize("how", ["expired", "ended", "deleted"])
def test_a_requisition_that_is_over_serves_nothing(bank: Service, how: str) -> None:
    said = bank.linked()
    if how == "deleted":
        assert bank.call("DELETE", f"/requisitions/{said['id']}/")[0] == 200
    elif how == "ended":
        bank.now += service.VALIDITY * 86_400
    else:
        bank.service.requisitions.expire_access()
    bank.signed_in()
    status, error, _ = bank.call("GET", f"/accounts/{said['accounts'][0]}/details/")
    kind = (404, "UnknownRequestError") if how == "deleted" else (401, "AccessExpiredError")
    assert (status, error["type"]) == kind


def test_rows_are_served_from_the_day_asked_for_within_the_agreement(bank: Service) -> None:
    name = bank.linked()["accounts"][0]
    path = f"/accounts/{name}/transactions/"
    whole = bank.call("GET", path)[1]["transactions"]["booked"]
    some = bank.call("GET", path, query="date_from=2026-11-01")[1]["transactions"]["booked"]
    assert 0 < len(some) < len(whole)
    assert min(row["bookingDate"] for row in some) >= "2026-11-01"
    assert min(row["bookingDate"] for row in whole) >= "2024-11-20"
    assert bank.call("GET", path, query="date_from=2026-12-01")[0] == 400
