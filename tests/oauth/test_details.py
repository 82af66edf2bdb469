"""What is asked for in detail and by name of an API, and what comes back of it (RFC 9396, RFC 8707)."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bankview.domain.secret import Secret
from bankview.errors import OAuthError, TokenReplyError
from bankview.oauth.details import missing, read_granted
from bankview.oauth.token import Token
from bankview.oauth.ways import Ways

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.oauth.client import OAuthClient
    from tests.oauth.conftest import AuthServer, Say

    Make = Callable[..., OAuthClient]

ASKED = (
    {
        "type": "account_information",
        "actions": ["list", "read"],
        "locations": ["https://a.example"],
    },
    {"type": "card"},
)
APIS = ("https://api.example/one", "https://api.example/two?x=1")


def carried(uri: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(uri).query, strict_parsing=True)


def redeem(client: OAuthClient) -> Token:
    return client.redeem(client.authorization_request(), "the-code")


def test_details_are_asked_for_as_json(oauth: Make) -> None:
    uri = oauth(ways=Ways(authorization_details=ASKED)).authorization_request().uri
    (text,) = carried(uri)["authorization_details"]
    assert json.loads(text) == list(ASKED)


def test_what_was_granted_stays_with_the_token_and_is_saved(bank: AuthServer, oauth: Make) -> None:
    granted = [{**ASKED[0], "iban": ["x"], "new": {"a": 1}}, {"type": "card"}]
    bank.tell_token({"authorization_details": granted})
    token = redeem(oauth(ways=Ways(authorization_details=ASKED)))
    assert token.extra["authorization_details"] == granted
    assert Token.from_json(token.to_json()).extra["authorization_details"] == granted


def test_a_renewal_that_does_not_repeat_them_keeps_them(bank: AuthServer, oauth: Make) -> None:
    bank.tell_token({"authorization_details": [{"type": "card"}]}, {"access_token": "new"})
    client = oauth(ways=Ways(authorization_details=ASKED))
    renewed = client.refresh(redeem(client))
    assert renewed.extra["authorization_details"] == [{"type": "card"}]
    assert "authorization_details" not in bank.seen[-1].fields


def test_what_was_not_granted_is_logged_by_its_type(
    bank: AuthServer, oauth: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bankview.oauth.details")
    bank.tell_token({"authorization_details": [{"type": "card"}]})
    redeem(oauth(ways=Ways(authorization_details=ASKED)))
    (line,) = [r.getMessage() for r in caplog.records if "granted less" in r.getMessage()]
    assert line.endswith(": account_information")


@pytest.mark.parametrize("value", ["x", {}, [7], [{}], [{"type": 7}], [{"type": "a"}, None]])
def test_details_that_cannot_be_read_are_no_token(
    bank: AuthServer, oauth: Make, value: Any
) -> None:
    bank.tell_token({"authorization_details": value})
    with pytest.raises(TokenReplyError, match="authorization_details cannot be read"):
        redeem(oauth(ways=Ways(authorization_details=ASKED)))


def test_a_refusal_of_the_details_is_said(bank: AuthServer, say: type[Say], oauth: Make) -> None:
    error = {"error": "invalid_authorization_details"}
    bank.tell("/token", say(400, error, {"Content-Type": "application/json"}))
    with pytest.raises(OAuthError) as raised:
        redeem(oauth(ways=Ways(authorization_details=ASKED)))
    assert raised.value.code == "invalid_authorization_details"


COVERED: dict[str, tuple[list[dict[str, Any]], tuple[str, ...]]] = {
    "the same": (list(ASKED), ()),
    "more": ([{**ASKED[0], "actions": ["read", "x", "list"]}, {"type": "card", "y": 1}], ()),
    "another order": ([{"type": "card"}, ASKED[0]], ()),
    "nothing": ([], ("account_information", "card")),
    "less in a list": (
        [{**ASKED[0], "actions": ["list"]}, {"type": "card"}],
        ("account_information",),
    ),
    "another member": ([{**ASKED[0], "locations": []}, {"type": "card"}], ("account_information",)),
    "only others": ([{"type": "payment"}], ("account_information", "card")),
}


@pytest.mark.parametrize(("granted", "lacking"), COVERED.values(), ids=COVERED)
def test_what_is_lacking_is_told(granted: list[dict[str, Any]], lacking: tuple[str, ...]) -> None:
    assert missing(ASKED, granted) == lacking


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["type", "a", "actions"]), inner),
    ),
    max_leaves=8,
)


@given(JSON)
def test_any_value_is_details_or_refused(value: Any) -> None:
    try:
        granted = read_granted(value, "bank.example")
    except TokenReplyError:
        return
    assert all(isinstance(one["type"], str) for one in granted)
    assert set(missing(ASKED, granted)) <= {"account_information", "card"}


def test_each_api_is_named_in_the_authorization_request(oauth: Make) -> None:
    uri = oauth(ways=Ways(resource=APIS)).authorization_request().uri
    assert carried(uri)["resource"] == list(APIS)


def test_each_api_is_named_in_every_token_request(bank: AuthServer, oauth: Make) -> None:
    bank.tell_token()
    client = oauth(ways=Ways(resource=APIS))
    token = redeem(client)
    client.refresh(token)
    client.client_credentials()
    client.device_token(Secret("the-code"))
    client.token_by("urn:ietf:params:oauth:grant-type:jwt-bearer", {"assertion": "x"})
    sent = [parse_qsl(seen.body.decode(), strict_parsing=True) for seen in bank.at("/token")]
    assert [[v for k, v in pairs if k == "resource"] for pairs in sent] == [list(APIS)] * 5
    assert [dict(pairs)["grant_type"] for pairs in sent] == [
        "authorization_code",
        "refresh_token",
        "client_credentials",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
    ]


def test_what_is_no_token_request_names_none(bank: AuthServer, oauth: Make) -> None:
    bank.tell_token()
    client = oauth(ways=Ways(resource=APIS))
    client.revoke(redeem(client))
    assert all("resource" not in seen.fields for seen in bank.at("/revoke"))
    assert bank.at("/revoke")


def test_no_api_is_named_where_the_profile_names_none(bank: AuthServer, oauth: Make) -> None:
    bank.tell_token()
    client = oauth()
    client.refresh(Token(Secret("a"), refresh_token=Secret("r")))
    assert "resource" not in bank.seen[-1].fields
