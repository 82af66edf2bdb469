"""A token in the client's own name: what is asked for, who carries it, and when it is asked for again."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from requests_oauthlib import OAuth2Session

from bankview.domain.secret import Secret
from bankview.errors import ClientRefusedError, MetadataError, OAuthError, SignInNeededError
from bankview.oauth.authentication import BY_CERTIFICATE
from bankview.oauth.grants import TokenAuth
from bankview.oauth.server import Server, discover
from bankview.oauth.token import NONE_YET, Token, instant_after

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.oauth.client import OAuthClient
    from bankview.web import Sender
    from tests.oauth.conftest import AuthServer, Clock, Say

    Make = Callable[..., OAuthClient]

JSON = {"Content-Type": "application/json"}
OPENID = "/.well-known/openid-configuration"
TOKEN_ONLY = ("token_endpoint",)


def test_it_asks_with_exactly_these_fields(bank: AuthServer, oauth: Make) -> None:
    bank.tell_token({"refresh_token": None})
    token = oauth(scope="energy:read directory:software").client_credentials()
    assert token.access_token.reveal() == "access-0001"
    assert bank.seen[0].fields == {
        "grant_type": "client_credentials",
        "scope": "energy:read directory:software",
        "client_id": "bankview",
    }


def test_no_scope_is_sent_where_none_is_wanted(bank: AuthServer, oauth: Make) -> None:
    bank.tell_token()
    oauth(scope="").client_credentials()
    assert "scope" not in bank.seen[0].fields


@pytest.mark.parametrize("method", sorted(BY_CERTIFICATE))
def test_a_certificate_proves_the_client_without_secret_and_header(
    bank: AuthServer, oauth: Make, method: str
) -> None:
    bank.tell_token()
    oauth(authentication=method, secret=Secret("left-over-secret")).client_credentials()
    assert bank.seen[0].fields["client_id"] == "bankview"
    assert "client_secret" not in bank.seen[0].fields
    assert "Authorization" not in bank.seen[0].headers


def test_a_secret_in_the_header_leaves_the_body_alone(bank: AuthServer, oauth: Make) -> None:
    bank.tell_token()
    oauth(authentication="client_secret_basic", secret=Secret("s3cret-text")).client_credentials()
    assert bank.seen[0].headers["Authorization"].startswith("Basic ")
    assert not bank.seen[0].fields.keys() & {"client_id", "client_secret"}


def test_the_library_carries_the_request(
    bank: AuthServer, oauth: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.tell_token()
    carried: list[str] = []
    original = OAuth2Session.fetch_token

    def watched(session: OAuth2Session, address: str, **options: Any) -> Any:
        carried.append(type(session._client).__name__)
        return original(session, address, **options)

    monkeypatch.setattr(OAuth2Session, "fetch_token", watched)
    client = oauth()
    client.client_credentials()
    client.redeem(client.authorization_request(), "the-code")
    assert carried == ["BackendApplicationClient", "WebApplicationClient"]
    assert len(bank.seen) == 2


def test_further_fields_go_along_and_never_replace_ours(bank: AuthServer, oauth: Make) -> None:
    bank.tell_token()
    extra = {"audience": "https://api.example", "grant_type": "password", "scope": "everything"}
    oauth(parameters={"token": extra}).client_credentials()
    assert bank.seen[0].fields == {
        "audience": "https://api.example",
        "grant_type": "client_credentials",
        "scope": "accounts",
        "client_id": "bankview",
    }


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [(401, "invalid_client", ClientRefusedError), (400, "invalid_scope", OAuthError)],
)
def test_a_refusal_is_told_by_its_code(
    bank: AuthServer, oauth: Make, say: type[Say], status: int, code: str, error: type[Exception]
) -> None:
    bank.tell("/token", say(status, {"error": code}, JSON))
    with pytest.raises(error):
        oauth().client_credentials()


def test_the_first_request_asks_for_the_token(
    bank: AuthServer, oauth: Make, sender: Sender, clock: Clock
) -> None:
    bank.tell_token({"access_token": "made-0001", "refresh_token": None})
    client = oauth()
    sender.session.auth = TokenAuth(
        NONE_YET, lambda _: client.client_credentials(), now=clock, anew=True
    )
    for _ in range(2):
        sender.send("GET", f"{bank.url}/data")
    assert [seen.path for seen in bank.seen] == ["/token", "/data", "/data"]
    assert {seen.headers["Authorization"] for seen in bank.at("/data")} == {"Bearer made-0001"}


def test_it_is_asked_for_again_shortly_before_its_end(
    bank: AuthServer, oauth: Make, sender: Sender, clock: Clock
) -> None:
    bank.tell_token(*({"access_token": f"made-000{n}", "refresh_token": None} for n in (1, 2)))
    client = oauth()
    sender.session.auth = TokenAuth(
        NONE_YET, lambda _: client.client_credentials(), now=clock, anew=True, leeway=30
    )
    for seconds in (0, 569, 1):
        clock.turn(seconds)
        sender.send("GET", f"{bank.url}/data")
    sent = [seen.headers["Authorization"] for seen in bank.at("/data")]
    assert sent == ["Bearer made-0001", "Bearer made-0001", "Bearer made-0002"]
    assert all("refresh_token" not in seen.fields for seen in bank.at("/token"))


def test_a_refused_token_is_replaced_once(
    bank: AuthServer, oauth: Make, sender: Sender, clock: Clock, say: type[Say]
) -> None:
    bank.tell_token(*({"access_token": f"made-000{n}", "refresh_token": None} for n in (1, 2)))
    bank.tell("/data", say(401), say(401), say(200))
    client = oauth()
    sender.session.auth = TokenAuth(
        NONE_YET, lambda _: client.client_credentials(), now=clock, anew=True
    )
    assert sender.send("GET", f"{bank.url}/data").status == 401
    assert len(bank.at("/token")) == len(bank.at("/data")) == 2


def test_a_token_that_was_forgotten_on_its_way_is_replaced_too(
    bank: AuthServer, oauth: Make, sender: Sender, clock: Clock, say: type[Say]
) -> None:
    bank.tell_token(*({"access_token": f"made-000{n}", "refresh_token": None} for n in (1, 2)))
    until, client = threading.Event(), oauth()
    bank.tell("/data", say(401, until=until), say(200))
    auth = TokenAuth(NONE_YET, lambda _: client.client_credentials(), now=clock, anew=True)
    sender.session.auth = auth

    def forget() -> None:
        while not bank.at("/data"):
            bank.arrived.wait(30)
        auth.token = NONE_YET
        until.set()

    forgetting = threading.Thread(target=forget)
    forgetting.start()
    assert sender.send("GET", f"{bank.url}/data").status == 200
    forgetting.join()
    assert bank.at("/data")[-1].headers["Authorization"] == "Bearer made-0002"


def test_a_persons_token_that_ended_is_still_tried_and_never_made_anew(
    bank: AuthServer, sender: Sender, clock: Clock, say: type[Say]
) -> None:
    def no_renewal(_: Token) -> Token:
        raise SignInNeededError(reason="it cannot be renewed")

    ended = Token(
        Secret("first-0000"), expires_at=instant_after(clock.at, -5), obtained_at=clock.at
    )
    sender.session.auth = TokenAuth(ended, no_renewal, now=clock)
    bank.tell("/data", say(200))
    assert sender.send("GET", f"{bank.url}/data").status == 200


@pytest.fixture
def aliased(bank: AuthServer) -> Server:
    """A server whose metadata has other endpoints for clients with a certificate."""
    bank.tell_metadata(
        mtls_endpoint_aliases={
            "token_endpoint": f"{bank.url}/mtls/token",
            "authorization_endpoint": f"{bank.url}/mtls/authorize",
        }
    )
    return Server(issuer=bank.url, insecure_http=True)


def test_an_alias_wins_where_a_certificate_proves_us(
    bank: AuthServer, sender: Sender, aliased: Server
) -> None:
    found = discover(aliased, sender.send, mtls=True)
    assert found.token_endpoint == f"{bank.url}/mtls/token"
    assert found.revocation_endpoint == f"{bank.url}/revoke"
    assert found.authorization_endpoint == f"{bank.url}/authorize"


def test_no_alias_is_followed_without_a_certificate(
    bank: AuthServer, sender: Sender, aliased: Server
) -> None:
    assert discover(aliased, sender.send).token_endpoint == f"{bank.url}/token"


def test_an_endpoint_by_hand_wins_over_an_alias(
    bank: AuthServer, sender: Sender, aliased: Server
) -> None:
    by_hand = replace(aliased, token_endpoint=f"{bank.url}/by-hand")
    assert discover(by_hand, sender.send, mtls=True).token_endpoint == f"{bank.url}/by-hand"


@pytest.mark.parametrize("aliases", [[], "x", {"token_endpoint": "ftp://bank.example/token"}])
def test_aliases_that_are_none_are_refused(
    bank: AuthServer, sender: Sender, aliases: object
) -> None:
    bank.tell_metadata(mtls_endpoint_aliases=aliases)
    with pytest.raises(MetadataError):
        discover(Server(issuer=bank.url, insecure_http=True), sender.send, mtls=True)


@pytest.mark.parametrize("end", ["", "/"])
def test_metadata_lies_behind_an_issuers_path_with_or_without_slash(
    bank: AuthServer, sender: Sender, end: str
) -> None:
    issuer = f"{bank.url}/open-energy{end}"
    bank.tell_metadata(f"/open-energy{OPENID}", issuer=issuer)
    found = discover(Server(issuer=issuer, insecure_http=True), sender.send)
    assert found.token_endpoint == f"{bank.url}/token"


def test_a_server_where_nobody_signs_in_needs_no_authorization_endpoint(
    bank: AuthServer, sender: Sender
) -> None:
    bank.tell_metadata(authorization_endpoint=None, code_challenge_methods_supported=["plain"])
    server = Server(issuer=bank.url, insecure_http=True)
    assert discover(server, sender.send, needed=TOKEN_ONLY).token_endpoint == f"{bank.url}/token"


def test_a_token_endpoint_by_hand_needs_no_metadata_where_nobody_signs_in(
    bank: AuthServer, sender: Sender
) -> None:
    server = Server(issuer=bank.url, insecure_http=True, token_endpoint=f"{bank.url}/token")
    assert discover(server, sender.send, needed=TOKEN_ONLY) == server
