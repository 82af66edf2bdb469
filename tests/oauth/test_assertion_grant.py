"""The assertion grant: what we sign about whom, and that no assertion goes out twice (RFC 7523)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from bankview.domain.secret import Secret
from bankview.errors import KeyFileError, OAuthError
from bankview.log import REDACTION
from bankview.oauth import anew, jwt_bearer
from bankview.oauth.token_exchange import Shown
from tests.oauth.conftest import JSON, NOON, AuthServer, Say

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.oauth.client import OAuthClient

    Make = Callable[..., OAuthClient]

KEY = ECKey.generate_key("P-256", auto_kid=False)
PEM = Secret(KEY.as_pem(private=True).decode())


def claims(text: str) -> dict[str, Any]:
    return jwt.decode(text, KEY, algorithms=["ES256"]).claims


def test_it_says_who_we_are_whom_it_is_about_and_for_whom(bank: AuthServer, oauth: Make) -> None:
    bank.tell_token({"refresh_token": None})
    said = {"sub": "household", "lifetime": 90, "claims": {"acr": "high"}}
    jwt_bearer.token(oauth(signing_key=PEM, assertion=said), NOON)
    fields = dict(bank.seen[0].fields)
    made = claims(fields.pop("assertion"))
    assert fields == {
        "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "client_id": "bankview",
        "scope": "accounts",
    }
    assert len(made.pop("jti")) >= 16
    now = int(NOON.timestamp())
    assert made == {
        "iss": "bankview",
        "sub": "household",
        "aud": bank.url,
        "iat": now,
        "exp": now + 90,
        "acr": "high",
    }


def test_what_is_left_out_is_the_client_itself_the_issuer_and_a_minute(oauth: Make) -> None:
    made = claims(jwt_bearer.signed(oauth(signing_key=PEM), NOON))
    assert (made["sub"], made["exp"] - made["iat"]) == ("bankview", 60)


def test_the_audience_can_be_another_one(oauth: Make) -> None:
    said = {"aud": "https://login.bank.example"}
    made = claims(jwt_bearer.signed(oauth(signing_key=PEM, assertion=said), NOON))
    assert made["aud"] == "https://login.bank.example"


def test_a_further_claim_never_replaces_ours(oauth: Make) -> None:
    said = {"claims": {"exp": 1, "jti": "same", "sub": "x", "aud": "y", "iat": 1}}
    made = claims(jwt_bearer.signed(oauth(signing_key=PEM, assertion=said), NOON))
    assert made["exp"] > NOON.timestamp()
    assert made["jti"] != "same"
    assert made["sub"] == "bankview"


def test_each_request_has_an_assertion_of_its_own(bank: AuthServer, oauth: Make) -> None:
    bank.tell_token()
    client = oauth(signing_key=PEM)
    for _ in range(3):
        jwt_bearer.token(client, NOON)
    sent = [seen.fields["assertion"] for seen in bank.seen]
    assert len({claims(text)["jti"] for text in sent}) == 3
    assert REDACTION.clean(" ".join(sent)) == "[hidden] [hidden] [hidden]"


def test_a_ready_assertion_goes_as_it_is(bank: AuthServer, oauth: Make) -> None:
    bank.tell_token()
    jwt_bearer.token(oauth(ready_assertion=Secret("aaaa.bbbb.cccc\n")), NOON)
    assert bank.seen[0].fields["assertion"] == "aaaa.bbbb.cccc"


def test_a_refused_assertion_is_told_by_its_code_and_asked_once(
    bank: AuthServer, oauth: Make
) -> None:
    bank.tell("/token", Say(400, {"error": "invalid_grant"}, JSON))
    with pytest.raises(OAuthError):
        jwt_bearer.token(oauth(signing_key=PEM), NOON)
    assert len(bank.seen) == 1


def test_a_key_that_is_none_is_said_before_anything_is_sent(bank: AuthServer, oauth: Make) -> None:
    with pytest.raises(KeyFileError):
        jwt_bearer.token(oauth(signing_key=Secret("no key")), NOON)
    assert not bank.seen


def test_any_urn_is_sent_with_the_profile_s_own_fields(bank: AuthServer, oauth: Make) -> None:
    bank.tell_token()
    own = {"passbook": "4711-0001", "grant_type": "password", "scope": "everything"}
    client = oauth(grant="urn:own:grant", parameters={"token": own})
    anew.token(client, NOON, lambda _: Shown(Secret()))
    assert bank.seen[0].fields == {
        "grant_type": "urn:own:grant",
        "client_id": "bankview",
        "scope": "accounts",
        "passbook": "4711-0001",
    }
