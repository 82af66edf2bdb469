"""Answers in every mode, signed where that was asked for, and every fault of a redirect in each of them."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from bankview.sandbox.answering import MODES
from bankview.sandbox.visitor import Step, Visitor

if TYPE_CHECKING:
    from tests.sandbox_process import Person, Sandbox

SIGNED = [mode for mode in MODES if mode.endswith(".jwt")]
POSTED = [mode for mode in MODES if mode.startswith("form_post")]


def walk(person: Person, mode: str, *, deny: bool = False, **changes: str | None) -> Step:
    url = person.url(response_mode=mode, **changes)
    return Visitor(url).walk(url, "household", deny=deny)


def outer(step: Step) -> dict[str, list[str]]:
    text = step.body if step.method == "POST" else urlsplit(step.address).query
    return parse_qs(text, strict_parsing=True)


def peeked(text: str) -> dict[str, Any]:
    part = text.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims


def said(step: Step) -> dict[str, Any]:
    """Return the fields of an answer, whatever it is wrapped in."""
    fields = outer(step)
    if "response" in fields:
        return peeked(fields["response"][0])
    return {name: values[0] for name, values in fields.items()}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("deny", [False, True])
def test_an_answer_comes_as_it_was_wanted(person: Person, mode: str, deny: bool) -> None:
    step = walk(person, mode, deny=deny)
    assert (step.method == "POST") is (mode in POSTED)
    assert step.address.partition("?")[0] == person.redirect_uri
    assert (outer(step).keys() == {"response"}) is (mode in SIGNED)
    fields = said(step)
    assert ("error" if deny else "code") in fields
    assert fields["state"] == "a-state-of-the-test"
    assert fields["iss"] == person.sandbox.issuer


@pytest.mark.parametrize("mode", MODES)
def test_a_refused_request_is_answered_so_too(person: Person, mode: str) -> None:
    fields = said(walk(person, mode, scope="transfer"))
    assert (fields["error"], fields["state"]) == ("access_denied", "a-state-of-the-test")


@pytest.mark.parametrize("mode", SIGNED)
def test_a_signed_answer_is_the_issuers_for_the_client_and_for_a_while(
    person: Person, sandbox: Sandbox, mode: str
) -> None:
    (text,) = outer(walk(person, mode))["response"]
    document = sandbox.send("GET", "/.well-known/oauth-authorization-server").json()
    address = document["jwks_uri"].removeprefix(sandbox.issuer)
    keys = KeySet.import_key_set(sandbox.send("GET", address).json())
    found = jwt.decode(text, keys, algorithms=["ES256"])
    assert document["authorization_signing_alg_values_supported"] == ["ES256"]
    assert document["response_modes_supported"] == list(MODES)
    assert found.claims["aud"] == person.client_id
    assert 0 < found.claims["exp"] - found.claims["iat"] <= 600
    assert person.redeem(found.claims["code"]).status_code == 200


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("name", "member", "value"),
    [
        ("wrong-state", "state", "somebody-elses"),
        ("no-state", "state", None),
        ("wrong-iss", "iss", "https://other.example"),
        ("no-iss", "iss", None),
        ("denied", "error", "access_denied"),
    ],
)
def test_a_fault_of_the_redirect_hits_every_mode(
    person: Person, mode: str, name: str, member: str, value: str | None
) -> None:
    person.sandbox.fault(name, 1)
    assert said(walk(person, mode)).get(member) == value


@pytest.mark.parametrize("mode", MODES)
def test_two_codes_come_in_every_mode(person: Person, mode: str) -> None:
    person.sandbox.fault("code-twice", 1)
    fields = outer(walk(person, mode))
    wrapped = fields.get("response")
    codes = [peeked(text)["code"] for text in wrapped] if wrapped else fields["code"]
    assert len(set(codes)) == 2


@pytest.mark.parametrize("mode", MODES)
def test_an_error_without_state_comes_in_every_mode(person: Person, mode: str) -> None:
    person.sandbox.fault("error-no-state", 1)
    fields = said(walk(person, mode))
    assert fields["error"] == "access_denied"
    assert not fields.keys() & {"state", "code", "iss"}


@pytest.mark.parametrize("mode", SIGNED)
@pytest.mark.parametrize(
    ("name", "member", "value"),
    [
        ("jarm-wrong-aud", "aud", "somebody-else"),
        ("jarm-wrong-iss", "iss", "https://other.example"),
    ],
)
def test_a_signed_answer_is_spoilt_in_one_claim(
    person: Person, mode: str, name: str, member: str, value: str
) -> None:
    person.sandbox.fault(name, 1)
    assert said(walk(person, mode))[member] == value


@pytest.mark.parametrize("mode", SIGNED)
def test_a_signed_answer_is_over_unsigned_or_plain(person: Person, mode: str) -> None:
    person.sandbox.fault("jarm-expired", 1)
    claims = said(walk(person, mode))
    assert claims["exp"] < claims["iat"]
    person.sandbox.fault("jarm-alg-none", 1)
    (text,) = outer(walk(person, mode))["response"]
    assert text.endswith(".")
    person.sandbox.fault("jarm-unsigned", 1)
    assert "code" in outer(walk(person, mode))


def test_the_page_that_posts_sends_itself_and_lets_nothing_else_run(person: Person) -> None:
    url = person.url(response_mode="form_post")
    visitor = Visitor(url)
    assert visitor.walk(url, "household", deny=True).method == "POST"
    from bankview.sandbox.pages import Pages

    answer = Pages().post(person.redirect_uri, [("a", "1"), ("a", '"><script>')])
    assert isinstance(answer.body, bytes)
    text = answer.body.decode()
    assert "<script>document.forms[0].submit()</script>" in text
    assert text.count("<script>") == 1
    policy = answer.headers["Content-Security-Policy"]
    assert "form-action 'self' http://127.0.0.1:1" in policy
    assert "script-src 'sha256-" in policy
    assert "unsafe-inline'; script" not in policy.replace("style-src 'unsafe-inline'", "")
