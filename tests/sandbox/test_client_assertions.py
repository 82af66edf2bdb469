"""Clients that sign who they are: what the bank takes, and that it takes it once."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from bankview.sandbox.client_assertions import TYPE, Expected, WrongError, named, verify
from bankview.sandbox.once import Once
from tests.sandbox_process import Person, basic

if TYPE_CHECKING:
    from tests.sandbox_process import Sandbox

OTHER = ECKey.generate_key("P-256", private=True)
WAYS = ("client-secret-jwt", "private-key-jwt")


def signed(sandbox: Sandbox, way: str, key: Any = None, **changes: Any) -> dict[str, str]:
    """Return a form's fields with an assertion, changed or without what is changed to None."""
    client_id = f"bankview-{way}"
    now = int(time.time())
    claims: dict[str, Any] = {
        "iss": client_id,
        "sub": client_id,
        "aud": sandbox.issuer,
        "jti": secrets.token_urlsafe(16),
        "iat": now,
        "exp": now + 60,
    }
    header: dict[str, Any] = {"alg": "HS256" if way == "client-secret-jwt" else "ES256"}
    header |= {name: changes.pop(name) for name in ("alg", "typ") if name in changes}
    claims = {name: value for name, value in {**claims, **changes}.items() if value is not None}
    if key is None:
        secret = way == "client-secret-jwt"
        own = OctKey.import_key(sandbox.secret(way)) if secret else pem(sandbox)
        key = own
    text = jwt.encode(header, claims, key, algorithms=[header["alg"]])
    return {"client_id": client_id, "client_assertion_type": TYPE, "client_assertion": text}


def pem(sandbox: Sandbox) -> ECKey:
    return ECKey.import_key((sandbox.folder / "signing.key").read_bytes())


def redeem(sandbox: Sandbox, way: str, fields: dict[str, str], **options: Any) -> Any:
    """Return the token endpoint's answer to a good code with these fields."""
    person = Person(sandbox, f"bankview-{way}")
    code = {
        "grant_type": "authorization_code",
        "code": person.code(),
        "redirect_uri": person.redirect_uri,
        "code_verifier": person.verifier,
    }
    return person.post({**code, **fields}, **options)


@pytest.mark.parametrize("way", WAYS)
def test_an_assertion_is_taken_for_the_issuer_and_for_the_endpoint(
    sandbox: Sandbox, way: str
) -> None:
    assert redeem(sandbox, way, signed(sandbox, way)).status_code == 200
    endpoint = signed(sandbox, way, aud=f"{sandbox.issuer}/oauth/token")
    reply = redeem(sandbox, way, endpoint)
    assert reply.status_code == 200
    token = reply.json()["access_token"]
    for aud in (sandbox.issuer, f"{sandbox.issuer}/oauth/revoke"):
        fields = {"token": token, **signed(sandbox, way, aud=aud)}
        assert Person(sandbox).post(fields, "/oauth/revoke").status_code == 200


WRONG: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "bankview"},
    "no issuer": {"iss": None},
    "another subject": {"sub": "bankview-post"},
    "another audience": {"aud": "https://bank.example"},
    "another endpoint": {"aud": "https://127.0.0.1/oauth/token"},
    "an audience with a slash": {"aud": "/"},
    "no audience": {"aud": None},
    "expired": {"exp": int(time.time()) - 1},
    "too long": {"exp": int(time.time()) + 86_400},
    "no end": {"exp": None},
    "an end in words": {"exp": "tomorrow"},
    "from the future": {"iat": int(time.time()) + 86_400},
    "not yet": {"nbf": int(time.time()) + 86_400},
    "no name": {"jti": None},
    "an empty name": {"jti": ""},
    "a name that is a number": {"jti": 7},
    "another kind of JWT": {"typ": "dpop+jwt"},
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_a_wrong_assertion_is_no_proof(sandbox: Sandbox, way: str, change: dict[str, Any]) -> None:
    token = {"token": "any", **signed(sandbox, way, **change)}
    reply = Person(sandbox).post(token, "/oauth/revoke")
    assert (reply.status_code, reply.json()["error"]) == (401, "invalid_client")


def test_a_list_is_no_audience(sandbox: Sandbox) -> None:
    fields = {"token": "any", **signed(sandbox, "private-key-jwt", aud=[sandbox.issuer])}
    assert Person(sandbox).post(fields, "/oauth/revoke").status_code == 401


@pytest.mark.parametrize("way", WAYS)
def test_an_assertion_is_good_once(sandbox: Sandbox, way: str) -> None:
    fields = {"token": "any", **signed(sandbox, way)}
    person = Person(sandbox)
    replies = [person.post(fields, "/oauth/revoke").status_code for _ in range(3)]
    assert replies == [200, 401, 401]
    assert redeem(sandbox, way, fields).json()["error"] == "invalid_client"


def test_anothers_key_or_secret_proves_nothing(sandbox: Sandbox) -> None:
    by_key = signed(sandbox, "private-key-jwt", OTHER)
    by_secret = signed(sandbox, "client-secret-jwt", OctKey.import_key("x" * 40))
    for fields in (by_key, by_secret):
        reply = Person(sandbox).post({"token": "any", **fields}, "/oauth/revoke")
        assert reply.status_code == 401


def test_a_public_key_is_no_secret(sandbox: Sandbox) -> None:
    """RFC 8725 §2.1: HS256 keyed with what everybody knows of a key."""
    public = OctKey.import_key(json.dumps(pem(sandbox).as_dict(private=False)))
    fields = signed(sandbox, "private-key-jwt", public, alg="HS256")
    assert Person(sandbox).post({"token": "any", **fields}, "/oauth/revoke").status_code == 401


def test_none_is_no_algorithm(sandbox: Sandbox) -> None:
    fields = signed(sandbox, "private-key-jwt")
    head, body, _ = fields["client_assertion"].split(".")
    none = "eyJhbGciOiJub25lIn0"
    for text in (f"{none}.{body}.", f"{head}.{body}."):
        sent = {"token": "any", **fields, "client_assertion": text}
        assert Person(sandbox).post(sent, "/oauth/revoke").status_code == 401


def test_an_assertion_beside_another_proof_is_two_methods(sandbox: Sandbox) -> None:
    way = "client-secret-jwt"
    secret = sandbox.secret(way)
    person = Person(sandbox)
    both = {"token": "any", **signed(sandbox, way), "client_secret": secret}
    assert person.post(both, "/oauth/revoke").status_code == 401
    header = basic(f"bankview-{way}", secret)
    one = {"token": "any", **signed(sandbox, way)}
    assert person.post(one, "/oauth/revoke", headers=header).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"},
        {"client_assertion": "no.signed.jwt"},
        {"client_assertion": ""},
        {"client_id": "bankview"},
    ],
)
def test_a_form_that_does_not_fit_its_assertion_is_refused(
    sandbox: Sandbox, change: dict[str, str]
) -> None:
    fields = {"token": "any", **signed(sandbox, "private-key-jwt"), **change}
    assert Person(sandbox).post(fields, "/oauth/revoke").status_code == 401


@pytest.mark.parametrize("way", WAYS)
def test_the_secret_itself_or_nothing_is_no_assertion(sandbox: Sandbox, way: str) -> None:
    client_id = f"bankview-{way}"
    secret = sandbox.secret("client-secret-jwt")
    for fields in ({}, {"client_secret": secret}):
        sent = {"token": "any", "client_id": client_id, **fields}
        assert Person(sandbox).post(sent, "/oauth/revoke").status_code == 401


def test_the_metadata_lists_how_clients_prove_themselves(sandbox: Sandbox) -> None:
    said = sandbox.send("GET", "/.well-known/oauth-authorization-server").json()
    methods = said["token_endpoint_auth_methods_supported"]
    assert {"client_secret_jwt", "private_key_jwt", "tls_client_auth"} < set(methods)
    algorithms = said["token_endpoint_auth_signing_alg_values_supported"]
    assert {"HS256", "ES256", "PS256"} < set(algorithms)
    assert "none" not in algorithms
    assert "ES256" in said["dpop_signing_alg_values_supported"]
    assert said["tls_client_certificate_bound_access_tokens"] is True


NOW = 1_772_442_000
PUBLIC = {name: str(value) for name, value in OTHER.as_dict(private=False).items()}
EXPECTED = Expected("me", ("https://bank.example",), NOW, keys=(PUBLIC,))


def made(**changes: Any) -> str:
    who = {"iss": "me", "sub": "me", "aud": "https://bank.example", "jti": "one"}
    claims: dict[str, Any] = {**who, "iat": NOW, "exp": NOW + 300, **changes}
    return str(jwt.encode({"alg": "ES256"}, claims, OTHER, algorithms=["ES256"]))


def test_a_name_is_free_again_once_its_assertion_has_ended() -> None:
    clock = [float(NOW)]
    once = Once(lambda: clock[0])
    verify(made(), EXPECTED, once)
    with pytest.raises(WrongError, match="before"):
        verify(made(), EXPECTED, once)
    clock[0] += 300
    later = replace(EXPECTED, now=clock[0])
    verify(made(exp=NOW + 600), later, once)


@given(st.one_of(st.text(max_size=80), st.from_regex(r"[\w-]{0,20}\.[\w-]{0,20}\.[\w-]{0,20}")))
def test_any_text_is_refused_without_another_error(text: str) -> None:
    assert isinstance(named(text), str)
    with pytest.raises(WrongError):
        verify(text, EXPECTED, Once(lambda: NOW))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), st.lists))
def test_any_value_of_a_claim_is_held_against_what_is_expected(value: Any) -> None:
    for name in ("iss", "aud", "exp", "iat", "jti"):
        claims = json.loads(json.dumps({name: value}))
        try:
            verify(made(**claims), EXPECTED, Once(lambda: NOW))
        except WrongError:
            continue
        fits = {
            "iss": value == "me",
            "aud": value == "https://bank.example",
            "exp": type(value) is int and NOW < value <= NOW + 300,
            "iat": type(value) is int and value <= NOW + 10,
            "jti": isinstance(value, str) and value != "",
        }
        assert fits[name]
