"""OpenID Connect, introspection and revocation at the main server: strict, and spoilt by each fault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bankview.domain.secret import Secret
from bankview.errors import BankUnavailableError, SignInNeededError, TokenReplyError
from bankview.oauth.client import OAuthClient
from bankview.oauth.registration import Client
from bankview.oauth.server import Server, discover
from bankview.sandbox.visitor import answer
from bankview.sync.home import utc_now
from bankview.sync.renewal import Marker, refreshed
from bankview.web import Sender, tls_context
from tests.sandbox_process import Person, Sandbox, _fields, basic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bankview.oauth.token import Token

#: Faults of an ID token that a client has to refuse, as the conformance suite names them.
REFUSED = (
    "invalid-iss", "invalid-missing-iss", "invalid-aud", "invalid-secondary-aud", "missing-aud",
    "invalid-expired-exp", "missing-exp", "invalid-nonce", "missing-nonce", "invalid-athash",
    "invalid-null-alg", "invalid-alternate-alg", "invalid-sig",
)  # fmt: skip


@pytest.fixture
def app(sandbox: Sandbox) -> Iterator[Callable[..., OAuthClient]]:
    """Return a function that makes our own client for the sandbox."""
    context = tls_context(ca=sandbox.ca)
    sender = Sender(context=context)
    made: list[OAuthClient] = []

    def make(client_id: str = "bankview", **settings: Any) -> OAuthClient:
        server = discover(Server(issuer=sandbox.issuer, insecure_http=True), sender.send)
        client = Client(client_id, **{"scope": "openid accounts", **settings})
        made.append(OAuthClient(server, client, context=context, now=utc_now))
        return made[-1]

    yield make
    for one in (sender, *(client.sender for client in made)):
        one.session.close()


def signed_in(client: OAuthClient) -> Token:
    request = client.authorization_request("http://127.0.0.1:1/callback")
    return client.redeem(request, _fields(answer(request.uri))["code"][0])


def test_a_person_who_signs_in_is_named(app: Callable[..., OAuthClient]) -> None:
    client = app()
    token = signed_in(client)
    assert "id_token" in token.extra
    said = client.userinfo_answer(token)
    assert said.claims is not None
    assert said.claims["name"] == "Household"
    assert not said.signed


def test_a_renewal_names_the_same_person(app: Callable[..., OAuthClient]) -> None:
    client = app()
    token = signed_in(client)
    assert client.refresh(token).extra["id_token"] != token.extra["id_token"]


def test_userinfo_is_signed_for_who_is_registered_so(app: Callable[..., OAuthClient]) -> None:
    client = app("bankview-userinfo-jwt")
    assert client.userinfo_answer(signed_in(client)).signed


@pytest.mark.parametrize("fault", REFUSED)
def test_an_id_token_that_does_not_hold_is_refused(
    app: Callable[..., OAuthClient], sandbox: Sandbox, fault: str
) -> None:
    client = app()
    sandbox.fault(fault, 1)
    with pytest.raises(TokenReplyError):
        signed_in(client)


def test_an_audience_in_a_list_of_one_is_ours(
    app: Callable[..., OAuthClient], sandbox: Sandbox
) -> None:
    sandbox.fault("valid-aud-as-array", 1)
    assert "id_token" in signed_in(app()).extra


@pytest.mark.parametrize("fault", ["invalid-sub", "invalid-iss", "invalid-aud"])
def test_a_renewed_id_token_of_somebody_else_is_refused(
    app: Callable[..., OAuthClient], sandbox: Sandbox, fault: str
) -> None:
    client = app()
    token = signed_in(client)
    sandbox.fault(fault, 1)
    with pytest.raises(TokenReplyError):
        client.refresh(token)


def test_userinfo_about_somebody_else_is_refused(
    app: Callable[..., OAuthClient], sandbox: Sandbox
) -> None:
    client = app()
    token = signed_in(client)
    sandbox.fault("userinfo-invalid-sub", 1)
    with pytest.raises(TokenReplyError, match="somebody else"):
        client.userinfo_answer(token)


@pytest.mark.parametrize("fault", ["decoy-kid", "no-kid", "rotate"])
def test_keys_in_every_order_are_found(
    app: Callable[..., OAuthClient], sandbox: Sandbox, fault: str
) -> None:
    client = app()
    signed_in(client)
    sandbox.fault(fault, 2)
    assert "id_token" in signed_in(client).extra


def test_a_key_set_that_cannot_be_had_stops_the_sign_in(
    app: Callable[..., OAuthClient], sandbox: Sandbox
) -> None:
    client = app()
    sandbox.fault("jwks-500")
    with pytest.raises(BankUnavailableError):
        signed_in(client)


def test_without_openid_nobody_is_named(person: Person) -> None:
    token = person.sign_in()
    assert "id_token" not in token
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    reply = person.sandbox.send("GET", "/oauth/userinfo", headers=headers)
    assert (reply.status_code, reply.json()["error"]) == (403, "insufficient_scope")


@pytest.mark.parametrize(
    "header", [{}, {"Authorization": "Bearer guessed"}, {"Authorization": "x"}]
)
def test_userinfo_wants_a_token(sandbox: Sandbox, header: dict[str, str]) -> None:
    reply = sandbox.send("GET", "/oauth/userinfo", headers=header)
    assert reply.status_code == 401
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")


def introspected(person: Person, token: str, way: str = "introspection", **fields: str) -> Any:
    secret = person.sandbox.secret(way)
    given = {"token": token, "client_id": f"bankview-{way}", "client_secret": secret, **fields}
    return person.post(given, "/oauth/introspect")


def confidential(sandbox: Sandbox) -> tuple[Person, dict[str, Any]]:
    person = Person(sandbox, "bankview-introspection")
    secret = sandbox.secret("introspection")
    reply = person.redeem(person.code(), client_secret=secret)
    assert reply.status_code == 200, reply.text
    return person, reply.json()


def test_a_client_is_told_of_its_own_tokens_alone(sandbox: Sandbox) -> None:
    person, token = confidential(sandbox)
    assert introspected(person, token["access_token"]).json()["active"] is True
    assert introspected(person, token["refresh_token"]).json()["active"] is True
    assert introspected(person, "guessed").json() == {"active": False}
    strange = Person(sandbox).sign_in()
    assert introspected(person, strange["access_token"]).json() == {"active": False}


def test_a_token_that_has_ended_is_not_active(sandbox: Sandbox) -> None:
    person, token = confidential(sandbox)
    sandbox.expire()
    assert introspected(person, token["access_token"]).json() == {"active": False}


def test_introspection_wants_a_client_that_proves_itself(sandbox: Sandbox) -> None:
    person, token = confidential(sandbox)
    text = token["access_token"]
    public = person.post({"token": text, "client_id": "bankview"}, "/oauth/introspect")
    wrong = introspected(person, text, client_secret="guessed")
    nobody = person.post({"token": text}, "/oauth/introspect")
    both = person.post(
        {"token": text, "client_secret": sandbox.secret("introspection")},
        "/oauth/introspect",
        headers=basic("bankview-introspection", sandbox.secret("introspection")),
    )
    replies = (public, wrong, nobody, both)
    assert [reply.status_code for reply in replies] == [401] * 4
    assert sandbox.send("GET", "/oauth/introspect").status_code in {401, 405}


def test_a_signed_introspection_is_for_who_is_registered_so_and_asks_for_it(
    app: Callable[..., OAuthClient], sandbox: Sandbox
) -> None:
    secret = Secret(sandbox.secret("introspection-jwt"))
    client = app(
        "bankview-introspection-jwt", authentication="client_secret_basic", secret=secret, scope=""
    )
    token = signed_in(client)
    said = client.introspection(token)
    assert said.signed
    assert said.claims is not None
    assert said.claims["active"] is True
    sandbox.fault("introspection-wrong-aud", 1)
    with pytest.raises(TokenReplyError, match="another client"):
        client.introspection(token)


@pytest.mark.parametrize(
    ("fault", "means"),
    [("revocation-503", "unconfirmed"), ("unsupported_token_type", "unsupported")],
)
def test_a_revocation_that_ends_nothing_is_told(
    app: Callable[..., OAuthClient], sandbox: Sandbox, fault: str, means: str
) -> None:
    client = app(scope="")
    token = signed_in(client)
    sandbox.fault(fault, 1)
    assert client.revoke(token) == {"refresh_token": means, "access_token": "confirmed"}


@pytest.mark.parametrize("mode", ["rotate-grace", "rotate-strict"])
def test_a_renewal_whose_answer_is_lost_works_where_the_bank_is_graceful(
    app: Callable[..., OAuthClient], sandbox: Sandbox, tmp_path: Path, mode: str
) -> None:
    """R05: one more try with the old refresh token, and never another one."""
    client = app(scope="")
    kept = [signed_in(client)]
    sandbox.fault("reset-after-accept", 1)
    sandbox.fault(mode)
    marker = Marker.of(tmp_path / "renewing", kept[0])

    def run() -> Token:
        return refreshed(client, marker, lambda: kept[-1], kept.append, lambda _: None)

    before = len(sandbox.calls("/oauth/token"))
    if mode == "rotate-grace":
        assert run() == kept[-1]
        assert client.refresh(kept[-1])
    else:
        with pytest.raises(SignInNeededError, match="interrupted"):
            run()
        assert len(kept) == 1
        assert len(sandbox.calls("/oauth/token")) == before + 2
    assert not (tmp_path / "renewing").exists()


def test_a_servers_clock_is_learnt_and_ends_are_counted_by_it(
    app: Callable[..., OAuthClient], sandbox: Sandbox, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("seconds apart")
    client = app(scope="")
    sandbox.fault("clock-skew+10")
    token = signed_in(client)
    assert abs(client.clock.skew - 600) < 60
    assert token.expires_at is not None
    assert abs((token.expires_at - utc_now()).total_seconds() - 1200) < 60
    assert not token.ends_within(30, client.clock())


def test_the_metadata_names_what_there_is(sandbox: Sandbox) -> None:
    document = sandbox.send("GET", "/.well-known/openid-configuration").json()
    for name in ("introspection_endpoint", "userinfo_endpoint", "jwks_uri"):
        assert document[name].startswith(f"{sandbox.issuer}/oauth/")
    assert "openid" in document["scopes_supported"]
    (key,) = sandbox.send("GET", "/oauth/jwks").json()["keys"]
    assert "d" not in key
