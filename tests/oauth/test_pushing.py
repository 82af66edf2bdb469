"""A request that is pushed: what the server is told, what the browser carries, and what is refused (RFC 9126)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bankview.domain.secret import Secret
from bankview.errors import (
    BankUnavailableError,
    BankviewError,
    ClientRefusedError,
    MetadataError,
    OAuthError,
    RateLimitedError,
    SignInDeniedError,
    TokenReplyError,
)
from bankview.log import REDACTION
from bankview.oauth.authorization import challenge_of
from bankview.oauth.pushing import read_pushed
from bankview.oauth.ways import Ways
from bankview.web import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.oauth.client import OAuthClient
    from bankview.oauth.server import Server
    from tests.oauth.conftest import AuthServer, Say

    Make = Callable[..., OAuthClient]

JSON = {"Content-Type": "application/json"}
PUSHED = {"request_uri": "urn:ietf:params:oauth:request_uri:a-1", "expires_in": 60}


@pytest.fixture
def pushing(known: Server, bank: AuthServer, say: type[Say]) -> Server:
    """The bank's server, which takes pushed requests."""
    bank.tell("/par", say(201, PUSHED, JSON))
    return replace(known, pushed_authorization_request_endpoint=f"{bank.url}/par")


def carried(uri: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(uri).query, strict_parsing=True)


def test_the_browser_carries_the_client_and_the_name_of_the_request_alone(
    pushing: Server, oauth: Make
) -> None:
    request = oauth(pushing).authorization_request()
    assert request.uri.startswith(pushing.authorization_endpoint)
    assert carried(request.uri) == {
        "client_id": ["bankview"],
        "request_uri": [PUSHED["request_uri"]],
    }


def test_the_server_is_told_everything_by_post(
    pushing: Server, bank: AuthServer, oauth: Make
) -> None:
    parameters = {"authorization": {"finInst": "smn"}, "par": {"audience": "api"}}
    request = oauth(pushing, parameters=parameters).authorization_request()
    (seen,) = bank.at("/par")
    assert (seen.method, seen.headers["Content-Type"]) == (
        "POST",
        "application/x-www-form-urlencoded",
    )
    assert seen.fields == {
        "response_type": "code",
        "client_id": "bankview",
        "redirect_uri": "http://127.0.0.1/callback",
        "state": request.state,
        "scope": "accounts",
        "code_challenge": challenge_of(request.code_verifier),
        "code_challenge_method": "S256",
        "finInst": "smn",
        "audience": "api",
    }


@pytest.mark.parametrize("method", ["client_secret_post", "client_secret_basic"])
def test_the_client_proves_itself_by_one_method_and_names_itself_in_the_body(
    pushing: Server, bank: AuthServer, oauth: Make, method: str
) -> None:
    oauth(pushing, authentication=method, secret=Secret("s")).authorization_request()
    (seen,) = bank.at("/par")
    assert seen.fields["client_id"] == "bankview"
    assert ("client_secret" in seen.fields) == (method == "client_secret_post")
    assert ("Authorization" in seen.headers) == (method == "client_secret_basic")


def test_each_attempt_is_pushed_anew(pushing: Server, bank: AuthServer, oauth: Make) -> None:
    client = oauth(pushing)
    states = {client.authorization_request().state for _ in range(2)}
    assert {seen.fields["state"] for seen in bank.at("/par")} == states
    assert len(states) == 2


def test_two_hundred_will_do(
    pushing: Server, bank: AuthServer, say: type[Say], oauth: Make
) -> None:
    bank.tell("/par", say(200, PUSHED, JSON))
    assert "request_uri" in carried(oauth(pushing).authorization_request().uri)


@pytest.mark.parametrize(
    ("par", "named", "demanded", "pushed"),
    [
        ("auto", True, None, True),
        ("auto", False, None, False),
        ("auto", False, False, False),
        ("always", True, False, True),
        ("never", True, None, False),
    ],
)
def test_it_is_pushed_as_the_profile_and_the_metadata_say(
    pushing: Server, oauth: Make, par: str, named: bool, demanded: bool | None, pushed: bool
) -> None:
    endpoint = pushing.pushed_authorization_request_endpoint if named else ""
    server = replace(
        pushing,
        pushed_authorization_request_endpoint=endpoint,
        require_pushed_authorization_requests=demanded,
    )
    uri = oauth(server, ways=Ways(par=par)).authorization_request().uri
    assert ("request_uri" in carried(uri)) is pushed


@pytest.mark.parametrize(
    ("par", "changes", "instead"),
    [
        ("never", {}, 'write par = "auto"'),
        ("auto", {"pushed_authorization_request_endpoint": ""}, "it names no pushed"),
        (
            "always",
            {
                "pushed_authorization_request_endpoint": "",
                "require_pushed_authorization_requests": None,
            },
            "it names no pushed",
        ),
    ],
)
def test_what_the_server_does_not_offer_is_said_and_nothing_is_sent(
    pushing: Server, oauth: Make, par: str, changes: dict[str, Any], instead: str
) -> None:
    server = replace(pushing, **{"require_pushed_authorization_requests": True, **changes})
    client = oauth(server, ways=Ways(par=par))
    with pytest.raises(MetadataError, match=instead):
        client.authorization_request()


ERRORS: dict[str, tuple[int, Any, type[BankviewError]]] = {
    "client": (401, {"error": "invalid_client"}, ClientRefusedError),
    "401": (401, {}, ClientRefusedError),
    "object": (400, {"error": "invalid_request_object"}, OAuthError),
    "denied": (400, {"error": "access_denied"}, SignInDeniedError),
    "not for us": (403, {"error": "unauthorized_client"}, SignInDeniedError),
    "too many": (429, {}, RateLimitedError),
    "too large": (413, {"error": "invalid_request"}, OAuthError),
    "out of order": (503, b"<h1>soon</h1>", BankUnavailableError),
    "redirect": (307, {}, TokenReplyError),
    "error in 200": (200, {"error": "server_error"}, BankUnavailableError),
    "no object": (201, [1], TokenReplyError),
    "no name": (201, {"expires_in": 60}, TokenReplyError),
    "name of another kind": (201, {**PUSHED, "request_uri": 7}, TokenReplyError),
    "name with a blank": (201, {**PUSHED, "request_uri": "urn:a b"}, TokenReplyError),
    "no end": (201, {"request_uri": PUSHED["request_uri"]}, TokenReplyError),
    "over": (201, {**PUSHED, "expires_in": 0}, TokenReplyError),
    "nonsense": (201, {**PUSHED, "expires_in": "soon"}, TokenReplyError),
}


@pytest.mark.parametrize("case", ERRORS)
def test_what_goes_wrong_is_an_error_of_ours_and_never_a_plain_request(
    pushing: Server,
    bank: AuthServer,
    say: type[Say],
    oauth: Make,
    case: str,
) -> None:
    status, body, error = ERRORS[case]
    headers = {**JSON, "Location": f"{bank.url}/elsewhere"}
    bank.tell("/par", say(status, body, headers))
    with pytest.raises(error):
        oauth(pushing).authorization_request()
    assert [seen.path for seen in bank.seen] == ["/par"]


def test_the_name_of_a_request_is_no_business_of_logs(pushing: Server, oauth: Make) -> None:
    request = oauth(pushing).authorization_request()
    assert "a-1" not in repr(request)
    assert str(PUSHED["request_uri"]) not in REDACTION.clean(f"GET {request.uri}")


@pytest.mark.parametrize("status", [307, 404])
def test_an_answer_without_a_code_is_named_for_what_it_is(status: int) -> None:
    with pytest.raises(TokenReplyError, match="its answer to the pushed request is"):
        read_pushed(Reply(status, "https://bank.example/par", JSON, b""), "bankview")


@given(
    status=st.sampled_from([200, 201, 400, 401, 500]),
    body=st.one_of(
        st.binary(max_size=200),
        st.fixed_dictionaries(
            {},
            optional={
                "request_uri": st.one_of(st.text(max_size=40), st.integers(), st.none()),
                "expires_in": st.one_of(st.integers(), st.text(max_size=5), st.booleans()),
                "error": st.text(max_size=20),
            },
        ).map(lambda members: json.dumps(members).encode()),
    ),
)
def test_any_answer_is_a_name_or_an_error_of_ours(status: int, body: bytes) -> None:
    try:
        told = read_pushed(Reply(status, "https://bank.example/par", JSON, body), "bankview")
    except BankviewError:
        return
    assert set(told) == {"client_id", "request_uri"}
    assert told["request_uri"].isascii()
    assert not any(char.isspace() for char in told["request_uri"])
