"""Tokens that are bound to a key: what the bank takes for a proof, at its token endpoint and at its API."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey

from bankview.sandbox.faults import Faults
from bankview.sandbox.proofs import ProofError, Proofs, hashed
from tests.sandbox.test_client_assertions import signed
from tests.sandbox_process import MEDIA_TYPE, Person

if TYPE_CHECKING:
    import requests

    from tests.sandbox_process import Sandbox

Key = ECKey | RSAKey | OctKey
API = "/personal/banking/accounts"


def new_key() -> ECKey:
    return ECKey.generate_key("P-256", private=True)


def public(key: Any) -> dict[str, Any]:
    return {name: value for name, value in key.as_dict(private=False).items() if name != "kid"}


def made(key: Any, url: str, method: str = "POST", **changes: Any) -> str:
    """Return a proof, with what is changed, or left out where that is None; `alg`, `typ` and `jwk` are the header's."""
    header: dict[str, Any] = {"typ": "dpop+jwt", "alg": "ES256", "jwk": public(key)}
    header |= {name: changes.pop(name) for name in ("alg", "typ", "jwk") if name in changes}
    claims = {
        "jti": secrets.token_urlsafe(16),
        "htm": method,
        "htu": url,
        "iat": int(time.time()),
        **changes,
    }
    body = json.dumps({name: value for name, value in claims.items() if value is not None})
    return jws.serialize_compact(header, body.encode(), key, algorithms=[header["alg"]])


@dataclass(frozen=True)
class Holder:
    """A public client with a key, written by hand so that what it sends can be wrong."""

    sandbox: Sandbox
    person: Person
    key: ECKey = field(default_factory=new_key)

    @property
    def endpoint(self) -> str:
        return f"{self.sandbox.issuer}/oauth/token"

    def fields(self, **changes: str) -> dict[str, str]:
        return {
            "grant_type": "authorization_code",
            "code": self.person.code(),
            "redirect_uri": self.person.redirect_uri,
            "client_id": self.person.client_id,
            "code_verifier": self.person.verifier,
            **changes,
        }

    def redeem(self, proof: str | None, **changes: str) -> requests.Response:
        headers = {} if proof is None else {"DPoP": proof}
        return self.person.post(self.fields(**changes), headers=headers)

    def sign_in(self) -> dict[str, Any]:
        reply = self.redeem(made(self.key, self.endpoint))
        assert reply.status_code == 200, reply.text
        token: dict[str, Any] = reply.json()
        return token

    def refresh(self, token: dict[str, Any], proof: str | None) -> requests.Response:
        fields = {
            "grant_type": "refresh_token",
            "refresh_token": token["refresh_token"],
            "client_id": self.person.client_id,
        }
        return self.person.post(fields, headers={} if proof is None else {"DPoP": proof})

    def api_proof(self, token: dict[str, Any], key: Any = None, **changes: Any) -> str:
        ath = {"ath": hashed(token["access_token"])}
        url = f"{self.sandbox.issuer}{API}"
        return made(key or self.key, url, "GET", **{**ath, **changes})

    def get(
        self, token: dict[str, Any], proof: str | None, scheme: str = "DPoP"
    ) -> requests.Response:
        headers = {"Authorization": f"{scheme} {token['access_token']}", "Accept": MEDIA_TYPE}
        if proof is not None:
            headers["DPoP"] = proof
        return self.sandbox.send("GET", API, headers=headers)


@pytest.fixture
def holder(sandbox: Sandbox) -> Holder:
    return Holder(sandbox, Person(sandbox, "bankview-dpop"))


def test_a_bound_token_opens_the_api_with_its_proof(holder: Holder) -> None:
    token = holder.sign_in()
    assert token["token_type"] == "DPoP"
    reply = holder.get(token, holder.api_proof(token))
    assert reply.status_code == 200
    assert reply.headers["DPoP-Nonce"]


# The token endpoint.

WRONG: dict[str, dict[str, Any]] = {
    "another type": {"typ": "JWT"},
    "another method": {"htm": "GET"},
    "a method in small letters": {"htm": "post"},
    "no method": {"htm": None},
    "another address": {"htu": "https://bank.example/oauth/token"},
    "no address": {"htu": None},
    "no time": {"iat": None},
    "a time in words": {"iat": "now"},
    "no name": {"jti": None},
    "an empty name": {"jti": ""},
    "hours ago": {"iat": int(time.time()) - 7200},
    "in hours": {"iat": int(time.time()) + 7200},
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_a_wrong_proof_brings_no_token(holder: Holder, change: dict[str, Any]) -> None:
    reply = holder.redeem(made(holder.key, holder.endpoint, **change))
    assert (reply.status_code, reply.json()["error"]) == (400, "invalid_dpop_proof")


@pytest.mark.parametrize("tail", ["?a=b", "#c"])
def test_an_address_has_neither_query_nor_fragment(holder: Holder, tail: str) -> None:
    reply = holder.redeem(made(holder.key, holder.endpoint + tail))
    assert reply.json()["error"] == "invalid_dpop_proof"


def test_a_private_key_is_never_shown(holder: Holder) -> None:
    whole = holder.key.as_dict(private=True)
    reply = holder.redeem(made(holder.key, holder.endpoint, jwk=whole))
    assert reply.json()["error"] == "invalid_dpop_proof"


def test_a_shared_secret_is_no_key(holder: Holder) -> None:
    secret = OctKey.import_key("x" * 40)
    for jwk in (secret.as_dict(), public(holder.key)):
        reply = holder.redeem(made(secret, holder.endpoint, alg="HS256", jwk=jwk))
        assert reply.json()["error"] == "invalid_dpop_proof"


def test_a_proof_is_by_the_key_that_it_shows(holder: Holder) -> None:
    reply = holder.redeem(made(holder.key, holder.endpoint, jwk=public(new_key())))
    assert reply.json()["error"] == "invalid_dpop_proof"


def test_a_proof_is_good_once(holder: Holder) -> None:
    proof = made(holder.key, holder.endpoint)
    assert [holder.redeem(proof).status_code for _ in range(3)] == [200, 400, 400]


def test_two_proofs_are_none(holder: Holder) -> None:
    one, two = (made(holder.key, holder.endpoint) for _ in range(2))
    assert holder.redeem(f"{one}, {two}").json()["error"] == "invalid_dpop_proof"


def test_a_client_that_registered_for_it_must_bring_a_proof(holder: Holder) -> None:
    assert holder.redeem(None).json()["error"] == "invalid_dpop_proof"


def test_a_refused_proof_leaves_the_code_unspent(holder: Holder) -> None:
    fields = holder.fields()
    bad, good = (made(holder.key, holder.endpoint, htm=method) for method in ("GET", "POST"))
    assert holder.person.post(fields, headers={"DPoP": bad}).status_code == 400
    assert holder.person.post(fields, headers={"DPoP": good}).status_code == 200


def test_a_code_is_bound_to_the_key_that_was_named_for_it(holder: Holder) -> None:
    code = holder.person.ask(dpop_jkt=holder.key.thumbprint())["code"][0]
    stolen = holder.redeem(made(new_key(), holder.endpoint), code=code)
    assert stolen.json()["error"] == "invalid_grant"
    code = holder.person.ask(dpop_jkt=holder.key.thumbprint())["code"][0]
    assert holder.redeem(made(holder.key, holder.endpoint), code=code).status_code == 200


def test_a_key_is_named_by_a_hash(holder: Holder) -> None:
    assert holder.person.ask(dpop_jkt="short")["error"] == ["invalid_request"]


def test_a_public_clients_refresh_token_is_bound_to_the_key(holder: Holder) -> None:
    token = holder.sign_in()
    assert holder.refresh(token, None).json()["error"] == "invalid_dpop_proof"
    stolen = holder.refresh(token, made(new_key(), holder.endpoint))
    assert stolen.json()["error"] == "invalid_grant"
    reply = holder.refresh(token, made(holder.key, holder.endpoint))
    assert (reply.status_code, reply.json()["token_type"]) == (200, "DPoP")


def test_who_brings_a_proof_unasked_gets_a_bound_token(sandbox: Sandbox) -> None:
    holder = Holder(sandbox, Person(sandbox))
    token = holder.sign_in()
    assert token["token_type"] == "DPoP"
    assert holder.get(token, None, "Bearer").status_code == 401


# The API.


def refused(reply: requests.Response, error: str, scheme: str = "DPoP") -> None:
    assert reply.status_code == 401
    said = reply.headers["WWW-Authenticate"]
    assert said.startswith(f'{scheme} error="{error}"'), said
    assert 'algs="ES256 ' in said


def test_a_bound_token_is_no_bearer_token(holder: Holder) -> None:
    token = holder.sign_in()
    refused(holder.get(token, None, "Bearer"), "invalid_token")
    refused(holder.get(token, holder.api_proof(token), "Bearer"), "invalid_token")


def test_a_bearer_token_is_no_bound_one(sandbox: Sandbox) -> None:
    token = Person(sandbox).sign_in()
    holder = Holder(sandbox, Person(sandbox))
    refused(holder.get(token, holder.api_proof(token)), "invalid_token")


def test_an_api_proof_names_its_token_method_and_place(holder: Holder) -> None:
    token = holder.sign_in()
    for change in (
        {"ath": None},
        {"ath": hashed("another")},
        {"htm": "POST"},
        {"htu": holder.endpoint},
        {"iat": int(time.time()) - 120},
    ):
        reply = holder.get(token, holder.api_proof(token, **change))
        refused(reply, "invalid_dpop_proof")
    refused(holder.get(token, None), "invalid_dpop_proof")


def test_an_api_proof_is_good_once(holder: Holder) -> None:
    token = holder.sign_in()
    proof = holder.api_proof(token)
    assert holder.get(token, proof).status_code == 200
    refused(holder.get(token, proof), "invalid_dpop_proof")


def test_another_key_opens_nothing(holder: Holder) -> None:
    token = holder.sign_in()
    refused(holder.get(token, holder.api_proof(token, new_key())), "invalid_token")


def test_an_ended_token_is_said_so(holder: Holder) -> None:
    token = holder.sign_in()
    holder.sandbox.expire()
    refused(holder.get(token, holder.api_proof(token)), "invalid_token")


def test_the_json_bank_is_guarded_too(holder: Holder) -> None:
    token = holder.sign_in()
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    assert holder.sandbox.send("GET", "/json-api", headers=headers).status_code == 401
    url = f"{holder.sandbox.issuer}/json-api"
    proof = made(holder.key, url, "GET", ath=hashed(token["access_token"]))
    headers = {"Authorization": f"DPoP {token['access_token']}", "DPoP": proof}
    assert holder.sandbox.send("GET", "/json-api", headers=headers).status_code == 200


# Nonces.


def test_a_nonce_is_wanted_at_once_and_then_no_more(holder: Holder) -> None:
    holder.sandbox.fault("nonce-once")
    fields = holder.fields()
    first = holder.person.post(fields, headers={"DPoP": made(holder.key, holder.endpoint)})
    assert (first.status_code, first.json()["error"]) == (400, "use_dpop_nonce")
    nonce = first.headers["DPoP-Nonce"]
    again = made(holder.key, holder.endpoint, nonce=nonce)
    assert holder.person.post(fields, headers={"DPoP": again}).status_code == 200


def test_a_nonce_is_wanted_always(holder: Holder) -> None:
    token = holder.sign_in()
    holder.sandbox.fault("nonce-always")
    nonces = set()
    nonce = None
    for _ in range(3):
        reply = holder.get(token, holder.api_proof(token, nonce=nonce))
        refused(reply, "use_dpop_nonce")
        nonce = reply.headers["DPoP-Nonce"]
        nonces.add(nonce)
    assert len(nonces) == 3


def test_a_challenge_is_written_in_small_letters(holder: Holder) -> None:
    token = holder.sign_in()
    holder.sandbox.fault("scheme-lowercase")
    holder.sandbox.fault("nonce-once")
    refused(holder.get(token, holder.api_proof(token)), "use_dpop_nonce", "dpop")


def test_a_token_is_called_bearer_though_it_is_bound(holder: Holder) -> None:
    holder.sandbox.fault("bearer-instead-of-dpop", 1)
    assert holder.sign_in()["token_type"] == "Bearer"


def test_a_nonce_that_we_never_gave_or_that_is_another_servers_is_refused(holder: Holder) -> None:
    made_up = holder.redeem(made(holder.key, holder.endpoint, nonce="guessed"))
    assert made_up.json()["error"] == "use_dpop_nonce"
    reply = holder.redeem(made(holder.key, holder.endpoint))
    nonce, token = reply.headers["DPoP-Nonce"], reply.json()
    refused(holder.get(token, holder.api_proof(token, nonce=nonce)), "use_dpop_nonce")
    own = holder.get(token, holder.api_proof(token)).headers["DPoP-Nonce"]
    assert holder.get(token, holder.api_proof(token, nonce=own)).status_code == 200


def test_a_client_that_registered_for_it_needs_a_nonce_everywhere(sandbox: Sandbox) -> None:
    way = "dpop-private-key-jwt"
    holder = Holder(sandbox, Person(sandbox, f"bankview-{way}"))
    first = holder.redeem(made(holder.key, holder.endpoint), **signed(sandbox, way))
    assert first.json()["error"] == "use_dpop_nonce"
    nonce = first.headers["DPoP-Nonce"]
    proof = made(holder.key, holder.endpoint, nonce=nonce)
    token = holder.redeem(proof, **signed(sandbox, way)).json()
    reply = holder.get(token, holder.api_proof(token))
    refused(reply, "use_dpop_nonce")
    nonce = reply.headers["DPoP-Nonce"]
    assert holder.get(token, holder.api_proof(token, nonce=nonce)).status_code == 200


def test_a_nonce_ends() -> None:
    clock = [1_772_442_000.0]
    proofs, key = Proofs(Faults(), lambda: clock[0]), new_key()

    def sent(nonce: str) -> str:
        proof = made(key, "https://b.example/t", iat=int(clock[0]), nonce=nonce)
        return proofs.verify(proof, "POST", "https://b.example/t", demand=True)

    nonce = proofs.new_nonce()
    clock[0] += 299
    assert sent(nonce) == key.thumbprint()
    clock[0] += 1
    with pytest.raises(ProofError) as caught:
        sent(nonce)
    assert caught.value.code == "use_dpop_nonce"


@given(st.one_of(st.text(max_size=80), st.from_regex(r"[\w-]{0,30}\.[\w-]{0,30}\.[\w-]{0,30}")))
def test_any_text_is_refused_without_another_error(text: str) -> None:
    with pytest.raises(ProofError):
        Proofs(Faults(), time.time).verify(text, "POST", "https://bank.example")


@given(
    st.dictionaries(st.sampled_from(["kty", "crv", "x", "y", "n", "e", "k"]), st.text(max_size=9))
)
def test_any_key_is_refused_without_another_error(jwk: dict[str, str]) -> None:
    proof = made(new_key(), "https://bank.example", jwk=jwk)
    with pytest.raises(ProofError):
        Proofs(Faults(), time.time).verify(proof, "POST", "https://bank.example")
