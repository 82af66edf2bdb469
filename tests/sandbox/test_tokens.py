"""Tokens are renewed, spent and ended strictly, and each client proves itself its own way."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox_process import Person, Sandbox, basic


def redeem_fields(person: Person, **more: str) -> dict[str, str]:
    return {
        "grant_type": "authorization_code",
        "code": person.code(),
        "redirect_uri": person.redirect_uri,
        "code_verifier": person.verifier,
        **more,
    }


def test_a_refresh_token_works_once_and_the_next_one_too(person: Person) -> None:
    first = person.sign_in()
    second = person.refresh(first).json()
    third = person.refresh(second).json()
    assert len({token["refresh_token"] for token in (first, second, third)}) == 3
    assert person.get(third, "/accounts").status_code == 200


def test_a_refresh_token_used_twice_ends_the_whole_grant(person: Person) -> None:
    first = person.sign_in()
    second = person.refresh(first).json()
    assert person.refresh(first).json()["error"] == "invalid_grant"
    assert person.refresh(second).json()["error"] == "invalid_grant"
    assert person.get(second, "/accounts").status_code == 401


def test_one_grant_does_not_end_with_another(person: Person) -> None:
    kept, lost = person.sign_in(), person.sign_in()
    person.refresh(lost)
    person.refresh(lost)
    assert person.get(kept, "/accounts").status_code == 200


def test_a_refresh_token_belongs_to_its_client(sandbox: Sandbox, person: Person) -> None:
    token = person.sign_in()
    stranger = Person(sandbox, "bankview-paste")
    assert stranger.refresh(token).json()["error"] == "invalid_grant"
    assert person.refresh(token).status_code == 200


def test_no_more_scope_than_granted_is_renewed(person: Person) -> None:
    reply = person.refresh(person.sign_in(), scope="accounts transactions transfer")
    assert reply.json()["error"] == "invalid_scope"


def test_expired_access_is_renewed_by_the_refresh_token(person: Person) -> None:
    token = person.sign_in()
    person.sandbox.expire()
    assert person.get(token, "/accounts").status_code == 401
    assert person.get(person.refresh(token).json(), "/accounts").status_code == 200


def revoke(person: Person, token: dict[str, Any], kind: str) -> None:
    fields = {"token": token[kind], "client_id": person.client_id, "token_type_hint": kind}
    assert person.post(fields, "/oauth/revoke").status_code == 200


def test_revoking_the_refresh_token_ends_the_grant(person: Person) -> None:
    token = person.sign_in()
    revoke(person, token, "refresh_token")
    assert person.get(token, "/accounts").status_code == 401
    assert person.refresh(token).json()["error"] == "invalid_grant"


def test_revoking_the_access_token_ends_nothing_else(person: Person) -> None:
    token = person.sign_in()
    revoke(person, token, "access_token")
    assert person.get(token, "/accounts").status_code == 401
    fresh = person.refresh(token).json()
    assert person.get(fresh, "/accounts").status_code == 200


def test_revoking_nothing_is_no_error_and_a_stranger_revokes_nothing(person: Person) -> None:
    token = person.sign_in()
    for fields in (
        {"token": "guessed", "client_id": person.client_id},
        {"token": token["refresh_token"], "client_id": "bankview-paste"},
    ):
        assert person.post(fields, "/oauth/revoke").status_code == 200
    assert person.refresh(token).status_code == 200


def test_a_public_client_may_send_no_basic_header(person: Person) -> None:
    reply = person.post(redeem_fields(person), headers=basic("bankview", ""))
    assert (reply.status_code, reply.json()["error"]) == (401, "invalid_client")
    assert reply.headers["WWW-Authenticate"].startswith("Basic ")


def test_a_public_client_has_no_secret_to_send(person: Person) -> None:
    reply = person.post(redeem_fields(person, client_id="bankview", client_secret="any"))
    assert reply.json()["error"] == "invalid_client"


def test_client_secret_post_takes_its_secret_in_the_body(sandbox: Sandbox) -> None:
    person, secret = Person(sandbox, "bankview-post"), sandbox.secret("post")
    fields = redeem_fields(person, client_id="bankview-post", client_secret=secret)
    assert person.post(fields).status_code == 200


@pytest.mark.parametrize("secret", ["wrong", ""])
def test_a_wrong_secret_is_refused(sandbox: Sandbox, secret: str) -> None:
    person = Person(sandbox, "bankview-post")
    fields = redeem_fields(person, client_id="bankview-post", client_secret=secret)
    assert (person.post(fields).status_code, person.post(fields).json()["error"]) == (
        401,
        "invalid_client",
    )


def test_client_secret_basic_takes_a_form_encoded_header(sandbox: Sandbox) -> None:
    person, secret = Person(sandbox, "bankview-basic"), sandbox.secret("basic")
    plain = basic("bankview-basic", secret, encoded=False)
    assert person.post(redeem_fields(person), headers=plain).status_code == 401
    right = basic("bankview-basic", secret)
    assert person.post(redeem_fields(person), headers=right).status_code == 200


def test_two_methods_at_once_are_none(sandbox: Sandbox) -> None:
    person, secret = Person(sandbox, "bankview-basic"), sandbox.secret("basic")
    fields = redeem_fields(person, client_id="bankview-basic", client_secret=secret)
    assert person.post(fields, headers=basic("bankview-basic", secret)).status_code == 401


def test_the_method_is_the_registered_one(sandbox: Sandbox) -> None:
    person, secret = Person(sandbox, "bankview-post"), sandbox.secret("post")
    headers = basic("bankview-post", secret)
    assert person.post(redeem_fields(person), headers=headers).status_code == 401


def test_the_token_endpoint_reads_forms_by_post_alone(person: Person) -> None:
    sandbox = person.sandbox
    assert sandbox.send("GET", "/oauth/token").status_code == 405
    assert sandbox.send("POST", "/oauth/token", json={"code": "x"}).status_code == 400
    assert sandbox.send("POST", "/oauth/token?code=x", data={"a": "b"}).status_code == 400


def test_a_field_that_comes_twice_is_refused(person: Person) -> None:
    token = person.sign_in()
    fields = [("grant_type", "refresh_token"), ("client_id", "bankview")]
    fields += [("refresh_token", token["refresh_token"])] * 2
    reply = person.sandbox.send("POST", "/oauth/token", data=fields)
    assert reply.json()["error"] == "invalid_request"


def test_who_reads_pages_gets_an_error_as_a_page(person: Person) -> None:
    reply = person.post({"grant_type": "refresh_token"}, headers={"Accept": "text/html"})
    assert reply.headers["Content-Type"].startswith("text/html")


def test_an_unknown_grant_is_refused(person: Person) -> None:
    reply = person.post({"grant_type": "password", "client_id": "bankview"})
    assert reply.json()["error"] == "unsupported_grant_type"


def test_the_calls_say_what_was_sent_and_keep_no_secret(person: Person) -> None:
    token = person.sign_in()
    (call,) = person.sandbox.calls("/oauth/token")
    assert call["grant_type"] == "authorization_code"
    assert call["fields"] == [
        "client_id",
        "code",
        "code_verifier",
        "grant_type",
        "redirect_uri",
    ]
    assert token["access_token"] not in str(person.sandbox.calls())
