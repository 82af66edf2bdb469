"""What is asked of the authorization server."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest

from bankview.errors import (
    MetadataError,
)
from bankview.log import REDACTION
from bankview.oauth.authorization import (
    AuthorizationRequest,
    challenge_of,
    new_request,
)
from bankview.oauth.server import Server

SERVER = Server(
    issuer="https://bank.example",
    authorization_endpoint="https://login.bank.example/authorize",
    token_endpoint="https://api.bank.example/token",
)
CALLBACK = "http://127.0.0.1:8123/callback"


def request(server: Server = SERVER, **settings: object) -> AuthorizationRequest:
    return new_request(server, "bankview", CALLBACK, **settings)


def fields_of(asked: AuthorizationRequest) -> dict[str, str]:
    pairs = parse_qsl(urlsplit(asked.uri).query, strict_parsing=True)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def test_the_challenge_is_the_one_of_rfc_7636_appendix_b() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_request_asks_for_a_code_with_pkce_and_state_and_nothing_else() -> None:
    asked = request(scope="accounts balances")
    assert fields_of(asked) == {
        "response_type": "code",
        "client_id": "bankview",
        "redirect_uri": CALLBACK,
        "scope": "accounts balances",
        "state": asked.state,
        "code_challenge": challenge_of(asked.code_verifier),
        "code_challenge_method": "S256",
    }


def test_a_verifier_has_43_characters_that_rfc_7636_permits() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", request().code_verifier)


def test_no_two_requests_share_a_secret() -> None:
    many = [request() for _ in range(50)]
    secrets = [secret for one in many for secret in (one.state, one.nonce, one.code_verifier)]
    assert len(set(secrets)) == 150


def test_a_state_has_at_least_128_bits() -> None:
    assert len(request().state) * 6 >= 128


def test_a_nonce_goes_out_only_with_openid() -> None:
    asked = request(scope="accounts openid")
    assert fields_of(asked)["nonce"] == asked.nonce
    assert "nonce" not in fields_of(request(scope="openid_accounts"))


def test_no_scope_is_sent_where_none_is_asked_for() -> None:
    assert "scope" not in fields_of(request(scope=""))


def test_a_bank_may_switch_pkce_off() -> None:
    asked = request(pkce=False)
    assert not fields_of(asked).keys() & {"code_challenge", "code_challenge_method"}
    assert asked.code_verifier == ""


def test_further_fields_go_along_and_never_replace_ours() -> None:
    asked = request(parameters={"finInst": "fid-smn", "state": "known", "response_type": "token"})
    assert fields_of(asked)["finInst"] == "fid-smn"
    assert fields_of(asked)["state"] == asked.state
    assert fields_of(asked)["response_type"] == "code"


def test_a_query_in_the_endpoint_stays() -> None:
    server = replace(SERVER, authorization_endpoint="https://bank.example/a?bank=north")
    asked = request(server)
    assert asked.uri.startswith("https://bank.example/a?bank=north&response_type=code&")


@pytest.mark.parametrize(
    "endpoint", ["http://bank.example/a", "javascript:alert(1)", "--x", "https://b.example/\n", ""]
)
def test_a_browser_is_sent_to_no_unsafe_address(endpoint: str) -> None:
    with pytest.raises(MetadataError):
        request(replace(SERVER, authorization_endpoint=endpoint))


def test_a_request_does_not_show_its_secrets() -> None:
    asked = request()
    for secret in (asked.state, asked.nonce, asked.code_verifier):
        assert secret not in repr(asked)
        assert secret not in REDACTION.clean(f"value {secret} in a sentence")
