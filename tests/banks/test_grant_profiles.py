"""A profile's grant: what each needs, where its words go, and the one that is refused however it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bankview.banks import Bank, adopt_profile, read_profile
from bankview.banks._adopt import to_toml
from bankview.banks._grants import password_problems
from bankview.errors import KeyFileError, ProfileError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Write = Callable[..., Path]

ASSERTION = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJob3VzZWhvbGQifQ.c2lnbmF0dXJl"
CONFIDENTIAL = {"client_authentication": "client_secret_basic"}
#: What each grant needs of [oauth].
NEEDED: dict[str, dict[str, Any]] = {
    "device_code": {},
    "ciba": {"login_hint": "household", **CONFIDENTIAL},
    "token_exchange": {"exchange": {"subject_token_from": "env"}},
    "jwt_bearer": {"signing_key": "key.pem"},
    "urn:own:grant": {"parameters": {"token": {"passbook": "4711"}}},
    "client_credentials": {},
}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    (tmp_path / "key.pem").write_text(
        "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n"
    )
    (tmp_path / "assertion.jwt").write_text(f"{ASSERTION}\n")

    def written(**oauth: Any) -> Path:
        path = tmp_path / "my-bank.toml"
        server = {} if "token_endpoint" in oauth else {"issuer": "https://bank.example"}
        profile = {
            "id": "my-bank",
            "name": "My bank",
            "dialect": "sparebank1",
            "api": "https://bank.example",
            "oauth": {"client_id": "bankview", **server, **oauth},
        }
        path.write_text(to_toml(profile), "utf-8")
        return path

    return written


def refusal(write: Write, **oauth: Any) -> str:
    with pytest.raises(ProfileError) as raised:
        read_profile(write(**oauth))
    assert raised.value.line
    return raised.value.problem


@pytest.mark.parametrize("grant", NEEDED)
def test_a_grant_with_what_it_needs_is_read(write: Write, grant: str) -> None:
    assert read_profile(write(grant=grant, **NEEDED[grant])).client.grant == grant


@pytest.mark.parametrize(
    ("grant", "instead"),
    [
        ("ciba", "login_hint"),
        ("token_exchange", "subject_token_from"),
        ("jwt_bearer", "signing_key"),
    ],
)
def test_a_grant_without_what_it_needs_is_refused(write: Write, grant: str, instead: str) -> None:
    assert instead in refusal(write, grant=grant, **CONFIDENTIAL)


def test_exactly_one_hint_says_whom_to_ask(write: Write) -> None:
    hints = {"login_hint": "household", "id_token_hint": "a.b.c"}
    assert "take out id_token_hint" in refusal(write, grant="ciba", **hints, **CONFIDENTIAL)


def test_an_empty_hint_is_none(write: Write) -> None:
    hints = {"login_hint": "", "id_token_hint": "a.b.c"}
    bank = read_profile(write(grant="ciba", **hints, **CONFIDENTIAL))
    assert bank.client.hint == ("id_token_hint", "a.b.c")


def test_a_public_client_asks_nobody_behind_their_back(write: Write) -> None:
    assert "proves itself" in refusal(write, grant="ciba", login_hint="household")


@pytest.mark.parametrize("scope", ["", "accounts", "openid accounts"])
def test_a_backchannel_request_asks_for_openid(write: Write, scope: str) -> None:
    bank = read_profile(write(grant="ciba", scope=scope, **NEEDED["ciba"]))
    assert bank.client.scope.split().count("openid") == 1


@pytest.mark.parametrize(
    ("grant", "endpoint"),
    [
        ("device_code", "device_authorization_endpoint"),
        ("ciba", "backchannel_authentication_endpoint"),
        ("token_exchange", ""),
        ("urn:own:grant", ""),
    ],
)
def test_endpoints_by_hand_are_those_that_the_grant_needs(
    write: Write, grant: str, endpoint: str
) -> None:
    both = {name: f"https://bank.example/{name}" for name in ("token_endpoint", endpoint) if name}
    assert read_profile(write(grant=grant, **both, **NEEDED[grant]))
    if endpoint:
        only = {"token_endpoint": "https://bank.example/token"}
        assert "names no server" in refusal(write, grant=grant, **only, **NEEDED[grant])


@pytest.mark.parametrize(
    ("urn", "name"),
    [
        ("urn:ietf:params:oauth:grant-type:device_code", "device_code"),
        ("urn:openid:params:grant-type:ciba", "ciba"),
        ("urn:ietf:params:oauth:grant-type:jwt-bearer", "jwt_bearer"),
        ("urn:ietf:params:oauth:grant-type:token-exchange", "token_exchange"),
    ],
)
def test_a_grant_that_has_a_name_is_written_by_it(write: Write, urn: str, name: str) -> None:
    assert f'write grant = "{name}"' in refusal(write, grant=urn)


PASSWORDS: tuple[Mapping[str, Any], ...] = (
    {"grant": "password"},
    {"grant": "Password"},
    {"grant": " password"},
    {"grant": "resource_owner_password_credentials"},
    {"grant": "urn:ietf:params:oauth:grant-type:password"},
    {"grant": "urn:own:PASSWORD"},
    {"grant": "urn:own:p%61ssword"},
    {"grant": "ropc"},
    {"grant": "urn:own:ropc"},
    {"grant": "urn:own:grant", "parameters": {"token": {"username": "x", "password": "y"}}},
    {
        "grant": "client_credentials",
        "token_endpoint": "https://bank.example/token?grant_type=password",
    },
)


@pytest.mark.parametrize("oauth", PASSWORDS, ids=str)
def test_the_password_grant_is_refused_however_it_is_written(
    write: Write, oauth: dict[str, Any]
) -> None:
    assert "RFC 9700" in refusal(write, **oauth)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("parameters"), inner),
    )
)
def test_a_profile_of_any_form_can_be_searched_for_it(oauth: Any) -> None:
    list(password_problems({"oauth": oauth}))
    list(password_problems({"oauth": {"grant": oauth, "parameters": oauth}}))


@pytest.mark.parametrize("name", ["sub", "aud", "exp", "iat", "nbf", "jti"])
def test_claims_of_ours_are_not_for_the_profile(write: Write, name: str) -> None:
    claims = {"claims": {name: "x"}}
    assert name in refusal(write, grant="jwt_bearer", signing_key="key.pem", assertion=claims)


def test_a_claim_that_json_does_not_know_is_refused(write: Write) -> None:
    path = write(grant="jwt_bearer", signing_key="key.pem", assertion={"claims": {"day": "DAY"}})
    path.write_text(path.read_text("utf-8").replace('"DAY"', "2026-03-02"), "utf-8")
    with pytest.raises(ProfileError, match="dates as texts"):
        read_profile(path)


def test_tokens_to_exchange_are_asked_for(write: Write) -> None:
    both = {"subject_token_from": "env", "actor_token_from": "env"}
    bank = read_profile(write(grant="token_exchange", exchange=both))
    assert [(ask.name, ask.secret) for ask in bank.asks] == [
        ("subject_token", True),
        ("actor_token", True),
    ]
    other = {"subject_token_from": "my-other-bank"}
    assert read_profile(write(grant="token_exchange", exchange=other)).asks == ()


def adopt(path: Path, folder: Path) -> tuple[Bank, dict[str, str]]:
    kept: dict[str, str] = {}
    return adopt_profile(path, folder, keep=lambda _, keys: kept.update(keys)), kept


def test_a_ready_assertion_goes_to_the_keychain_and_lies_nowhere_else(
    write: Write, tmp_path: Path
) -> None:
    path = write(grant="jwt_bearer", assertion={"file": "assertion.jwt"})
    bank, kept = adopt(path, tmp_path / "home")
    assert kept == {"oauth.assertion.file": ASSERTION}
    assert bank.keys == ("oauth.assertion.file",)
    files = [file for file in (tmp_path / "home").iterdir() if file.is_file()]
    assert files
    assert not any(ASSERTION in file.read_text("utf-8") for file in files)
    again, none = adopt(tmp_path / "home" / "my-bank.toml", tmp_path / "second")
    assert (again.keys, none) == (bank.keys, {})


@pytest.mark.parametrize("text", ["", "no assertion", "a.b", "a.b.c.d", "a.b.c\nd.e.f"])
def test_a_file_that_holds_no_assertion_is_refused(write: Write, tmp_path: Path, text: str) -> None:
    (tmp_path / "assertion.jwt").write_text(text)
    with pytest.raises(KeyFileError, match="no signed assertion"):
        adopt(write(grant="jwt_bearer", assertion={"file": "assertion.jwt"}), tmp_path / "home")


def test_an_assertion_s_file_has_to_be_there(write: Write) -> None:
    assert "no such file" in refusal(write, grant="jwt_bearer", assertion={"file": "gone.jwt"})
