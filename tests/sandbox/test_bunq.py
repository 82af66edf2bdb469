"""How strict the invented bunq is: what has to be signed, in which order, and how fast one may come."""

from __future__ import annotations

import base64
import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from bankview.sandbox import bunq as service
from bankview.sandbox.books.shelf import Shelf
from bankview.sandbox.bunq_doors import LIFE, SIGNATURE, TOKEN, key_of
from bankview.sandbox.messages import Port, Request

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
ACCOUNTS = f"/user/{service.USER}/monetary-account"
PAYMENTS = f"{ACCOUNTS}/{service.FIRST}/payment"
KEY = rsa.generate_private_key(65537, 2048)


def pem(key: rsa.RSAPrivateKey) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


class Service:
    """The service on a clock, and an app's key."""

    def __init__(self, folder: Path) -> None:
        self.now, self.key, self.calls = NOW, key_of(folder), 0
        books = Shelf(folder, folder, 6000, TODAY, lambda: TODAY).books
        self.service = service.opened(folder, books["household"], lambda: self.now)
        self.token, self.session, self.headers = "", "", dict[str, str]()

    def call(
        self, method: str, path: str, body: Any = None, query: str = "", **more: str
    ) -> tuple[int, Any]:
        self.calls += 1
        self.now += 1.1
        own = {"cache-control": "no-cache", "user-agent": "test", TOKEN: self.session}
        own["x-bunq-client-request-id"] = str(self.calls)
        content = b"" if body is None else json.dumps(body).encode()
        named = {name.replace("_", "-"): text for name, text in more.items()}
        headers = {name: text for name, text in {**own, **named}.items() if text}
        request = Request(Port.API, method, f"{service.ROOT}{path}", query, headers, content)
        answer = self.service.answer(request)
        assert isinstance(answer.body, bytes)
        self.headers, self.body = dict(answer.headers), answer.body
        return answer.status, json.loads(answer.body)

    def install(self, **changes: Any) -> tuple[int, Any]:
        return self.call("POST", "/installation", {"client_public_key": pem(KEY)} | changes)

    def signed(self, path: str, key: rsa.RSAPrivateKey = KEY, **changes: Any) -> tuple[int, Any]:
        body = {"description": "Test", "secret": self.key} | changes
        proof = key.sign(json.dumps(body).encode(), padding.PKCS1v15(), hashes.SHA256())
        signature = base64.b64encode(proof).decode()
        more: Mapping[str, Any] = {TOKEN: self.token, SIGNATURE: signature}
        return self.call("POST", path, body, **more)

    def sign_in(self) -> None:
        _, said = self.install()
        self.token = said["Response"][1]["Token"]["token"]
        assert self.signed("/device-server")[0] == 200
        _, said = self.signed("/session-server")
        self.session = said["Response"][1]["Token"]["token"]


@pytest.fixture
def bank(tmp_path: Path) -> Service:
    return Service(tmp_path)


@pytest.fixture
def inside(bank: Service) -> Service:
    bank.sign_in()
    return bank


@pytest.mark.parametrize("name", service.HEADERS)
def test_a_call_says_all_that_bunq_wants_to_hear(bank: Service, name: str) -> None:
    status, said = bank.call("POST", "/installation", {}, **{name: ""})
    assert status == 400
    assert name in said["Error"][0]["error_description"]


def test_a_request_id_is_used_once(inside: Service) -> None:
    once = {"x-bunq-client-request-id": "the-same"}
    assert inside.call("GET", ACCOUNTS, **once)[0] == 200
    assert inside.call("GET", ACCOUNTS, **once)[0] == 400


@pytest.mark.parametrize("key", ["", "no key", pem(rsa.generate_private_key(65537, 1024))])
def test_a_key_of_another_kind_is_not_installed(bank: Service, key: str) -> None:
    assert bank.install(client_public_key=key)[0] == 400
    assert bank.install()[0] == 200


def test_what_is_not_signed_by_the_installed_key_opens_nothing(bank: Service) -> None:
    bank.token = bank.install()[1]["Response"][1]["Token"]["token"]
    other = rsa.generate_private_key(65537, 2048)
    assert bank.signed("/device-server", other)[0] == 401
    body, login = {"description": "x", "secret": bank.key}, {TOKEN: bank.token}
    assert bank.call("POST", "/device-server", body, **login)[0] == 466
    assert bank.signed("/session-server")[0] == 403, "a device comes first"
    assert bank.signed("/device-server")[0] == 200
    assert bank.signed("/session-server")[0] == 200


def test_a_wrong_api_key_is_said_as_bunq_says_it(bank: Service) -> None:
    bank.token = bank.install()[1]["Response"][1]["Token"]["token"]
    status, said = bank.signed("/device-server", secret="another")
    assert status == 400
    assert "Incorrect API key or IP address" in said["Error"][0]["error_description"]


def test_a_session_is_opened_once_in_thirty_seconds(inside: Service) -> None:
    assert inside.signed("/session-server")[0] == 429
    inside.now += service.PAUSE
    assert inside.signed("/session-server")[0] == 200


def test_nothing_is_read_outside_of_a_session(bank: Service) -> None:
    assert bank.call("GET", ACCOUNTS)[0] == 401
    bank.sign_in()
    assert bank.call("GET", ACCOUNTS)[0] == 200
    assert bank.call("GET", ACCOUNTS, **{TOKEN: bank.token})[0] == 401
    bank.now += LIFE + 1
    assert bank.call("GET", ACCOUNTS)[0] == 401


def test_a_session_lasts_from_its_last_call(inside: Service) -> None:
    for _ in range(3):
        inside.now += LIFE - 10
        assert inside.call("GET", ACCOUNTS)[0] == 200


def test_nothing_can_be_written(inside: Service) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert inside.call(method, PAYMENTS, {})[0] == 405


def test_three_calls_in_three_seconds_are_answered(inside: Service) -> None:
    said = []
    for _ in range(4):
        inside.now -= 1.1
        said.append(inside.call("GET", ACCOUNTS)[0])
    assert said == [200, 200, 200, 429]
    inside.now += service.WINDOW
    assert inside.call("GET", ACCOUNTS)[0] == 200


def test_every_answer_is_signed_errors_too(inside: Service) -> None:
    key = inside.service.key.public_key()
    for path in (ACCOUNTS, "/nowhere"):
        inside.call("GET", path)
        proof = base64.b64decode(inside.headers["X-Bunq-Server-Signature"])
        key.verify(proof, inside.body, padding.PKCS1v15(), hashes.SHA256())
        with pytest.raises(InvalidSignature):
            key.verify(proof, inside.body + b" ", padding.PKCS1v15(), hashes.SHA256())


def test_payments_come_ten_at_a_time_unless_more_are_asked_for(inside: Service) -> None:
    _, said = inside.call("GET", PAYMENTS)
    assert len(said["Response"]) == service.USUAL
    _, more = inside.call("GET", PAYMENTS, query="count=200")
    assert len(more["Response"]) == service.MOST
    assert inside.call("GET", PAYMENTS, query="count=201")[0] == 400
    last = more["Response"][-1]["Payment"]["id"]
    url = more["Pagination"]["older_url"]
    assert url == f"/v1{PAYMENTS}?count=200&older_id={last}"
    _, older = inside.call("GET", PAYMENTS, query=f"count=200&older_id={last}")
    ids = {row["Payment"]["id"] for row in more["Response"]}
    assert not ids & {row["Payment"]["id"] for row in older["Response"]}


def test_installations_outlive_the_process(inside: Service, tmp_path: Path) -> None:
    again = Service(tmp_path)
    again.session, again.calls, again.now = inside.session, 100, inside.now
    assert again.call("GET", ACCOUNTS)[0] == 200
