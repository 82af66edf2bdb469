"""The device grant: what is asked, and a server's answer held to RFC 8628 before anybody sees it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests_oauthlib import OAuth2Session

from bankview.domain.secret import Secret
from bankview.errors import (
    BankUnavailableError,
    BankviewError,
    ClientRefusedError,
    MetadataError,
    OAuthError,
    RateLimitedError,
    TokenReplyError,
)
from bankview.log import REDACTION
from bankview.oauth import device
from bankview.oauth.server import Server
from bankview.web import Reply
from tests.oauth.conftest import JSON, NOON, AuthServer, Say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bankview.oauth.client import OAuthClient
    from tests.oauth.conftest import Clock

    Make = Callable[..., OAuthClient]

GIVEN = {
    "device_code": "device-code-0001",
    "user_code": "WDJB-MJHT",
    "verification_uri": "https://bank.example/device",
    "verification_uri_complete": "https://bank.example/device?user_code=WDJB-MJHT",
    "expires_in": 1800,
    "interval": 7,
}
SERVER = Server(token_endpoint="https://bank.example/token")


@pytest.fixture
def with_device(bank: AuthServer, known: Server) -> Server:
    bank.tell("/device", Say(200, GIVEN, JSON))
    return replace(known, device_authorization_endpoint=f"{bank.url}/device")


def read(server: Server = SERVER, **changes: Any) -> device.DeviceAuthorization:
    members = {name: value for name, value in {**GIVEN, **changes}.items() if value is not None}
    return device.read_device(reply(members), server, NOON)


def reply(body: Any, status: int = 200, headers: Mapping[str, str] = JSON) -> Reply:
    return Reply(status, "https://bank.example/device", headers, Say(body=body).bytes)


def test_the_request_names_the_client_the_scope_and_what_the_profile_adds(
    bank: AuthServer, oauth: Make, with_device: Server
) -> None:
    extra = {"device": {"audience": "api", "scope": "everything"}}
    client = oauth(with_device, scope="accounts rows", parameters=extra)
    asked = device.begin(client, NOON)
    fields = {"client_id": "bankview", "scope": "accounts rows", "audience": "api"}
    assert bank.seen[0].fields == fields
    assert (asked.user_code, asked.address) == ("WDJB-MJHT", GIVEN["verification_uri"])
    assert asked.complete == GIVEN["verification_uri_complete"]
    assert (asked.pace.interval, asked.pace.seconds, asked.pace.minutes) == (7, 1800, 30)


def test_no_scope_is_sent_where_none_is_wanted(
    bank: AuthServer, oauth: Make, with_device: Server
) -> None:
    device.begin(oauth(with_device, scope=""), NOON)
    assert bank.seen[0].fields == {"client_id": "bankview"}


def test_a_confidential_client_proves_itself_at_the_endpoint_too(
    bank: AuthServer, oauth: Make, with_device: Server
) -> None:
    secret = Secret("a-secret-of-ours")
    client = oauth(with_device, authentication="client_secret_basic", secret=secret)
    device.begin(client, NOON)
    assert bank.seen[0].headers["Authorization"].startswith("Basic ")


def test_the_library_carries_the_question(
    bank: AuthServer, oauth: Make, with_device: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.tell_token()
    carried: list[str] = []
    original = OAuth2Session.fetch_token

    def watched(session: OAuth2Session, address: str, **options: Any) -> Any:
        carried.append(type(session._client).__name__)
        return original(session, address, **options)

    monkeypatch.setattr(OAuth2Session, "fetch_token", watched)
    token = oauth(with_device).device_token(Secret("device-code-0001"))
    assert carried == ["DeviceClient"]
    assert bank.seen[0].fields == {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "device_code": "device-code-0001",
        "client_id": "bankview",
    }
    assert token.refresh_token.reveal() == "refresh-0001"


def test_a_server_without_the_endpoint_is_said(oauth: Make) -> None:
    with pytest.raises(MetadataError, match="device_authorization_endpoint is not known"):
        device.begin(oauth(), NOON)


def test_without_an_interval_it_is_five_seconds() -> None:
    assert read(interval=None).pace.interval == 5


@pytest.mark.parametrize("interval", [0, -3, "soon", True, []])
def test_an_interval_that_makes_no_sense_is_five_seconds(interval: Any) -> None:
    assert read(interval=interval).pace.interval == 5


@pytest.mark.parametrize("life", [None, 0, -1, "soon", True])
def test_a_code_without_an_end_is_refused(life: Any) -> None:
    with pytest.raises(TokenReplyError, match="expires_in"):
        read(expires_in=life)


def test_nobody_waits_longer_than_an_hour() -> None:
    assert read(expires_in=10**9).pace.seconds == 3600


def test_a_text_for_a_number_is_taken() -> None:
    assert read(expires_in="600", interval="2").pace.seconds == 600


@pytest.mark.parametrize("name", ["verification_uri", "verification_uri_complete"])
@pytest.mark.parametrize(
    "url",
    [
        "http://bank.example/device",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://user@bank.example/",
        "https://bank.example/\ndevice",
        "--incognito",
        "https://bank.example/#x",
    ],
)
def test_an_address_that_no_browser_should_open_is_refused(name: str, url: str) -> None:
    with pytest.raises(MetadataError, match=name):
        read(SERVER, **{name: url})


def test_plain_http_is_for_this_computer_and_where_the_profile_says_so() -> None:
    here = "http://127.0.0.1:8801/device"
    with pytest.raises(MetadataError):
        read(verification_uri=here)
    assert read(replace(SERVER, insecure_http=True), verification_uri=here).address == here
    with pytest.raises(MetadataError):
        read(replace(SERVER, insecure_http=True), verification_uri="http://bank.example/device")


def test_the_older_name_of_the_address_is_understood() -> None:
    url = "https://www.bank.example/device"
    assert read(verification_uri=None, verification_url=url).address == url


def test_the_complete_address_may_be_missing() -> None:
    assert read(verification_uri_complete=None).complete == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"device_code": None},
        {"device_code": 7},
        {"device_code": "zwei\nZeilen"},
        {"user_code": None},
        {"user_code": "   "},
        {"user_code": "X" * 41},
        {"verification_uri": None},
        {"verification_uri": 7},
        {"verification_uri": "https://bank.example/" + "x" * 400},
    ],
)
def test_what_is_missing_or_too_long_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(TokenReplyError):
        read(**changes)


def test_a_code_is_shown_without_what_would_steer_a_terminal() -> None:
    assert read(user_code=" AB\x1b[2JCD\n").user_code == "AB [2JCD"


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"error": "invalid_scope"}, OAuthError),
        (400, {"error": "unauthorized_client"}, OAuthError),
        (401, {"error": "invalid_client"}, ClientRefusedError),
        (429, {}, RateLimitedError),
        (503, b"<h1>", BankUnavailableError),
        (307, b"", TokenReplyError),
        (200, [1], TokenReplyError),
        (200, b"<h1>", TokenReplyError),
        (404, b"", TokenReplyError),
    ],
)
def test_a_refusal_is_told_by_status_and_code(
    status: int, body: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        device.read_device(reply(body, status), SERVER, NOON)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ([1], JSON),
        (b"<h1>", JSON),
        (b"", JSON),
        (GIVEN, {}),
        (GIVEN, {"Content-Type": "text/html"}),
    ],
)
def test_what_is_no_json_object_is_said_to_be_none(body: Any, headers: dict[str, str]) -> None:
    with pytest.raises(TokenReplyError, match="not a JSON object"):
        device.read_device(reply(body, headers=headers), SERVER, NOON)


def test_what_we_ask_with_is_in_no_log_and_no_repr() -> None:
    asked = read(device_code="very-secret-device-code", user_code="HIDE-THIS")
    assert REDACTION.clean("very-secret-device-code HIDE-THIS") == "[hidden] [hidden]"
    assert "very-secret" not in repr(asked)
    assert "HIDE-THIS" not in repr(asked)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from([*GIVEN, "error", "x"]), anything), st.booleans())
def test_any_answer_is_an_authorization_or_one_of_our_errors(
    changes: dict[str, Any], complete: bool
) -> None:
    members = {**(GIVEN if complete else {}), **changes}
    try:
        asked = device.read_device(reply(members), SERVER, NOON)
    except BankviewError:
        return
    assert asked.address.startswith("https://")
    assert asked.user_code.isprintable()
    assert asked.pace.interval > 0
    assert 0 < asked.pace.seconds <= 3600


def test_an_id_token_that_comes_along_has_to_hold(
    bank: AuthServer, oauth: Make, with_device: Server
) -> None:
    bank.tell_token({"id_token": "no.id.token"})
    with pytest.raises((TokenReplyError, MetadataError)):
        oauth(with_device, scope="openid").device_token(Secret("device-code-0001"))


def test_the_token_counts_from_when_it_was_asked_for(
    bank: AuthServer, oauth: Make, with_device: Server, clock: Clock
) -> None:
    bank.tell_token({"expires_in": 600})
    token = oauth(with_device).device_token(Secret("device-code-0001"))
    assert token.expires_in(clock()) == 600
