"""Details and resources: what the bank knows, what it grants of it, and what it refuses (RFC 9396, RFC 8707)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from bankview.sandbox.visitor import answer

if TYPE_CHECKING:
    import requests

    from tests.sandbox_process import Person

KNOWN = {"type": "account_information", "actions": ["read_transactions"]}


def ask(person: Person, **changes: Any) -> dict[str, list[str]]:
    return person.ask(**changes)


def details(person: Person, value: Any) -> dict[str, list[str]]:
    return ask(person, authorization_details=value if isinstance(value, str) else json.dumps(value))


def api(person: Person) -> str:
    return f"{person.sandbox.issuer}/personal/banking"


def test_what_is_granted_stands_in_the_token_reply_and_in_each_renewal(person: Person) -> None:
    code = details(person, [KNOWN])["code"][0]
    token = person.redeem(code).json()
    assert token["authorization_details"] == [KNOWN]
    assert person.refresh(token).json()["authorization_details"] == [KNOWN]


def test_every_action_is_granted_where_none_is_named(person: Person) -> None:
    asked = [{"type": "account_information", "locations": [api(person)]}]
    token = person.redeem(details(person, asked)["code"][0]).json()
    (granted,) = token["authorization_details"]
    assert granted["actions"] == ["list_accounts", "read_balances", "read_transactions"]
    assert granted["locations"] == [api(person)]


def test_nothing_is_said_where_nothing_was_asked(person: Person) -> None:
    assert "authorization_details" not in person.sign_in()


@pytest.mark.parametrize(
    "value",
    [
        [{"type": "payment_initiation"}],
        [KNOWN, {"type": "x"}],
        [{"actions": []}],
        [{**KNOWN, "more": 1}],
        [{**KNOWN, "actions": ["transfer"]}],
        [{**KNOWN, "actions": "read_transactions"}],
        [{**KNOWN, "locations": ["https://evil.example"]}],
        ["account_information"],
        KNOWN,
        "no json",
    ],
)
def test_other_details_are_refused(person: Person, value: Any) -> None:
    assert details(person, value)["error"] == ["invalid_authorization_details"]


def redeem(person: Person, code: str, *resources: str) -> requests.Response:
    pairs = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", person.redirect_uri),
        ("client_id", person.client_id),
        ("code_verifier", person.verifier),
        *(("resource", resource) for resource in resources),
    ]
    return person.sandbox.send("POST", "/oauth/token", data=pairs)


def test_a_token_for_our_api_is_one(person: Person) -> None:
    code = ask(person, resource=api(person))["code"][0]
    reply = redeem(person, code, api(person))
    assert reply.status_code == 200
    assert person.get(reply.json(), "/accounts").status_code == 200
    assert person.refresh(reply.json(), resource=api(person)).status_code == 200


def test_it_is_none_for_another_api(person: Person) -> None:
    token = redeem(person, ask(person, resource=api(person))["code"][0], api(person)).json()
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    assert person.sandbox.send("GET", "/json-api", headers=headers).status_code == 401
    free = {"Authorization": f"Bearer {person.sign_in()['access_token']}"}
    assert person.sandbox.send("GET", "/json-api", headers=free).status_code == 200


def test_several_may_be_named(person: Person) -> None:
    port = person.sandbox.port
    both = (api(person), f"https://127.0.0.1:{port + 2}/personal/banking")
    url = f"{person.url()}&{urlencode([('resource', one) for one in both])}"
    code = parse_qs(urlsplit(answer(url)).query)["code"][0]
    assert redeem(person, code, *both).status_code == 200


@pytest.mark.parametrize("resource", ["https://evil.example", "", "/personal/banking"])
def test_the_api_of_others_is_no_target(person: Person, resource: str) -> None:
    assert ask(person, resource=resource)["error"] == ["invalid_target"]
    reply = redeem(person, person.code(), resource)
    assert (reply.status_code, reply.json()["error"]) == (400, "invalid_target")


def test_a_token_request_names_no_more_than_was_granted(person: Person) -> None:
    code = ask(person, resource=api(person))["code"][0]
    other = f"https://127.0.0.1:{person.sandbox.port + 2}/personal/banking"
    assert redeem(person, code, other).json()["error"] == "invalid_target"


def test_nothing_else_may_come_twice(person: Person) -> None:
    url = f"{person.url()}&finInst=fid-smn&finInst=fid-smn"
    said = parse_qs(urlsplit(answer(url)).query)
    assert said["error"] == ["invalid_request"]
