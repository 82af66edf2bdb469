"""Tokens that are bound to a key of ours: each request proves anew that we hold it."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey

from bankview.domain.secret import Secret
from bankview.errors import OAuthError, SignInNeededError, TokenReplyError
from bankview.log import REDACTION
from bankview.oauth.dpop import Dpop, Nonces, is_challenge, is_token_challenge, new_key, thumbprint
from bankview.oauth.grants import TokenAuth
from bankview.oauth.token import Token, instant_after
from tests.oauth.conftest import NOON, TOKEN, Say

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.oauth.client import OAuthClient
    from bankview.oauth.server import Server
    from bankview.web import Sender
    from tests.oauth.conftest import AuthServer, Clock, Seen

JSON = {"Content-Type": "application/json"}
BOUND = {"token_type": "DPoP"}


def proof_of(seen: Seen) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return header and claims of a request's proof, verified by the key that it shows."""
    text = seen.headers["DPoP"]
    part = text.partition(".")[0]
    header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    found = jwt.decode(text, ECKey.import_key(header["jwk"]), algorithms=["ES256"])
    return header, dict(found.claims)


def challenge(nonce: str, status: int = 401, scheme: str = "DPoP") -> Say:
    """Return what a server says that wants its nonce: an API by 401, a token endpoint by 400."""
    body = {"error": "use_dpop_nonce"} if status == 400 else b""
    wanted = {"WWW-Authenticate": f'{scheme} error="use_dpop_nonce"'} if status == 401 else JSON
    return Say(status, body, {**wanted, "DPoP-Nonce": nonce})


def spent(token: str) -> str:
    digest = hashlib.sha256(token.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


# The proof itself.


def test_a_proof_is_for_one_request_and_shows_the_public_key_alone(
    bank: AuthServer, oauth: Callable[..., OAuthClient], clock: Clock
) -> None:
    bank.tell_token(BOUND)
    token = oauth(dpop=True).client_credentials()
    header, claims = proof_of(bank.seen[-1])
    assert (header["typ"], header["alg"]) == ("dpop+jwt", "ES256")
    assert header["jwk"].keys() == {"kty", "crv", "x", "y"}
    assert len(claims.pop("jti")) >= 22
    assert claims == {
        "htm": "POST",
        "htu": f"{bank.url}/token",
        "iat": int(clock.at.timestamp()),
    }
    assert ECKey.import_key(header["jwk"]).thumbprint() == thumbprint(token.dpop_key)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://bank.example/a?b=c#d", "https://bank.example/a"),
        ("https://bank.example:8443/", "https://bank.example:8443/"),
        ("https://me:secret@bank.example/a", "https://bank.example/a"),
    ],
)
def test_a_proof_names_the_address_without_query_fragment_and_name(url: str, target: str) -> None:
    text = Dpop(new_key(), Nonces(), lambda: NOON).proof("GET", url)
    body = text.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    assert claims["htu"] == target


def test_each_sign_in_has_a_key_of_its_own(
    bank: AuthServer, oauth: Callable[..., OAuthClient]
) -> None:
    bank.tell_token(BOUND)
    keys = [oauth(dpop=True).client_credentials().dpop_key for _ in range(2)]
    assert keys[0] != keys[1]


def test_the_code_is_bound_to_the_key_that_redeems_it(
    bank: AuthServer, oauth: Callable[..., OAuthClient]
) -> None:
    bank.tell_token(BOUND)
    client = oauth(dpop=True)
    request = client.authorization_request()
    (named,) = parse_qs(urlsplit(request.uri).query)["dpop_jkt"]
    token = client.redeem(request, "the-code")
    assert named == thumbprint(token.dpop_key)
    assert ECKey.import_key(proof_of(bank.seen[-1])[0]["jwk"]).thumbprint() == named


def test_nothing_is_bound_where_nobody_asked(
    bank: AuthServer, oauth: Callable[..., OAuthClient]
) -> None:
    bank.tell_token()
    client = oauth()
    request = client.authorization_request()
    token = client.redeem(request, "the-code")
    assert "dpop_jkt" not in request.uri
    assert "DPoP" not in bank.seen[-1].headers
    assert not token.dpop_key


def test_a_renewal_is_proved_by_the_same_key(
    bank: AuthServer, oauth: Callable[..., OAuthClient]
) -> None:
    bank.tell_token(BOUND)
    token = oauth(dpop=True).client_credentials()
    kept = Token.from_json(token.to_json())
    fresh = oauth(dpop=True).refresh(kept)
    first, second = (proof_of(seen)[0]["jwk"] for seen in bank.seen)
    assert first == second
    assert fresh.dpop_key == token.dpop_key


def test_only_token_requests_are_proved(
    bank: AuthServer, oauth: Callable[..., OAuthClient]
) -> None:
    bank.tell_token(BOUND)
    client = oauth(dpop=True)
    client.revoke(client.client_credentials())
    assert all("DPoP" not in seen.headers for seen in bank.at("/revoke"))


# The reply.


@pytest.mark.parametrize("kind", ["DPoP", "dpop", "dPoP"])
def test_the_type_counts_without_its_case(
    bank: AuthServer, oauth: Callable[..., OAuthClient], kind: str
) -> None:
    bank.tell_token({"token_type": kind})
    assert oauth(dpop=True).client_credentials().dpop_key


@pytest.mark.parametrize(
    ("dpop", "kind", "said"),
    [
        (True, "Bearer", "thief"),
        (True, "bearer", "thief"),
        (True, "mac", "not DPoP"),
        (True, None, "not DPoP"),
        (False, "DPoP", "not Bearer"),
    ],
)
def test_another_type_than_was_asked_for_is_refused(
    bank: AuthServer, oauth: Callable[..., OAuthClient], dpop: bool, kind: str | None, said: str
) -> None:
    bank.tell_token({"token_type": kind})
    with pytest.raises(TokenReplyError, match=said):
        oauth(dpop=dpop).client_credentials()


def test_a_renewal_may_not_weaken_the_token(
    bank: AuthServer, oauth: Callable[..., OAuthClient]
) -> None:
    bank.tell_token(BOUND, {"token_type": "Bearer"})
    client = oauth(dpop=True)
    token = client.client_credentials()
    with pytest.raises(TokenReplyError, match="thief"):
        client.refresh(token)


def test_a_token_whose_key_is_gone_needs_a_new_sign_in(
    bank: AuthServer, oauth: Callable[..., OAuthClient]
) -> None:
    bank.tell_token(BOUND)
    client = oauth(dpop=True)
    token = replace(client.client_credentials(), dpop_key=Secret())
    bank.seen.clear()
    with pytest.raises(SignInNeededError, match="not bound"):
        client.refresh(token)
    assert not bank.seen


# Nonces at the token endpoint.


def test_a_nonce_that_the_token_endpoint_wants_is_used_once_with_everything_fresh(
    bank: AuthServer, oauth: Callable[..., OAuthClient]
) -> None:
    bank.tell("/token", challenge("one", 400), _token(BOUND))
    own = Secret(json.dumps(ECKey.generate_key("P-256", private=True).as_dict(private=True)))
    client = oauth(dpop=True, authentication="private_key_jwt", signing_key=own)
    client.redeem(client.authorization_request(), "the-code")
    first, second = bank.at("/token")
    assert first.fields["code"] == second.fields["code"] == "the-code"
    assert first.fields["client_assertion"] != second.fields["client_assertion"]
    (_, before), (_, after) = proof_of(first), proof_of(second)
    assert before["jti"] != after["jti"]
    assert ("nonce" in before, after["nonce"]) == (False, "one")


def _token(change: dict[str, Any], **headers: str) -> Say:
    return Say(200, {**TOKEN, **change}, {**JSON, **headers})


def test_a_token_endpoint_that_always_wants_another_nonce_is_asked_twice(
    bank: AuthServer, oauth: Callable[..., OAuthClient]
) -> None:
    bank.tell("/token", *(challenge(f"n{number}", 400) for number in range(1000)))
    with pytest.raises(OAuthError, match="use_dpop_nonce"):
        oauth(dpop=True).client_credentials()
    assert len(bank.seen) == 2


@pytest.mark.parametrize(
    "say",
    [
        Say(400, {"error": "use_dpop_nonce"}, JSON),
        Say(400, {"error": "use_dpop_nonce"}, {**JSON, "DPoP-Nonce": "with blanks"}),
        Say(400, {"error": "invalid_dpop_proof"}, {**JSON, "DPoP-Nonce": "one"}),
        Say(400, b"use_dpop_nonce", {**JSON, "DPoP-Nonce": "one"}),
    ],
)
def test_what_brings_no_nonce_or_asks_for_none_is_not_sent_again(
    bank: AuthServer, oauth: Callable[..., OAuthClient], say: Say
) -> None:
    bank.tell("/token", say)
    with pytest.raises((OAuthError, TokenReplyError)):
        oauth(dpop=True).client_credentials()
    assert len(bank.seen) == 1


def test_a_challenge_without_a_key_is_an_error(
    bank: AuthServer, oauth: Callable[..., OAuthClient]
) -> None:
    bank.tell("/token", challenge("one", 400))
    with pytest.raises(OAuthError):
        oauth().client_credentials()
    assert len(bank.seen) == 1


def test_a_nonce_that_came_with_a_token_is_used_next_time(
    bank: AuthServer, oauth: Callable[..., OAuthClient]
) -> None:
    bank.tell("/token", _token(BOUND, **{"DPoP-Nonce": "two"}), _token(BOUND))
    client = oauth(dpop=True)
    client.refresh(client.client_credentials())
    assert [proof_of(seen)[1].get("nonce") for seen in bank.seen] == [None, "two"]


# The API.


def bound(clock: Clock, text: str = "first-0000") -> Token:
    return Token(
        Secret(text),
        token_type="DPoP",
        expires_at=instant_after(clock.at, 600),
        refresh_token=Secret("refresh"),
        dpop_key=KEY,
    )


KEY = new_key()


class Renewals:
    """Renews with the same key, and counts."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.count = clock, 0

    def __call__(self, stale: Token) -> Token:
        self.count += 1
        return replace(stale, access_token=Secret(f"fresh-{self.count:04}"))


@pytest.fixture
def renew(sender: Sender, clock: Clock) -> Renewals:
    """The sender, logged in with a bound token, and what renews it."""
    renewals = Renewals(clock)
    sender.session.auth = TokenAuth(bound(clock), renewals, now=clock)
    return renewals


def test_each_call_carries_the_token_and_a_proof_that_names_it(
    bank: AuthServer, sender: Sender, renew: Renewals, clock: Clock
) -> None:
    bank.tell("/accounts", Say(200))
    for _ in range(2):
        sender.send("GET", f"{bank.url}/accounts?x=1")
    (_, one), (_, two) = map(proof_of, bank.seen)
    assert {seen.headers["Authorization"] for seen in bank.seen} == {"DPoP first-0000"}
    assert one.pop("jti") != two.pop("jti")
    assert (
        one
        == two
        == {
            "htm": "GET",
            "htu": f"{bank.url}/accounts",
            "iat": int(clock.at.timestamp()),
            "ath": spent("first-0000"),
        }
    )


@pytest.mark.parametrize("scheme", ["DPoP", "dpop", "DPOP"])
def test_a_nonce_that_the_api_wants_is_used_and_nothing_is_renewed(
    bank: AuthServer, sender: Sender, renew: Renewals, scheme: str
) -> None:
    bank.tell("/accounts", challenge("one", scheme=scheme), Say(200))
    assert sender.send("GET", f"{bank.url}/accounts").status == 200
    assert [proof_of(seen)[1].get("nonce") for seen in bank.seen] == [None, "one"]
    assert renew.count == 0


def test_an_api_that_always_wants_another_nonce_is_asked_twice_a_request(
    bank: AuthServer, sender: Sender, renew: Renewals
) -> None:
    bank.tell("/accounts", *(challenge(f"n{number}") for number in range(1000)))
    for _ in range(500):
        assert sender.send("GET", f"{bank.url}/accounts").status == 401
    assert len(bank.seen) == 1000
    assert renew.count == 0


def test_a_401_without_a_nonce_is_a_dead_token(
    bank: AuthServer, sender: Sender, renew: Renewals
) -> None:
    dead = Say(401, b"", {"WWW-Authenticate": 'DPoP error="use_dpop_nonce"'})
    bank.tell("/accounts", dead, Say(200))
    assert sender.send("GET", f"{bank.url}/accounts").status == 200
    assert renew.count == 1
    assert proof_of(bank.seen[-1])[1]["ath"] == spent("fresh-0001")


def test_a_nonce_that_comes_with_a_dead_token_is_kept_and_the_token_renewed(
    bank: AuthServer, sender: Sender, renew: Renewals
) -> None:
    headers = {"WWW-Authenticate": 'DPoP error="invalid_token"', "DPoP-Nonce": "new"}
    bank.tell("/accounts", Say(401, b"", headers), Say(200))
    assert sender.send("GET", f"{bank.url}/accounts").status == 200
    assert renew.count == 1
    assert proof_of(bank.seen[-1])[1]["nonce"] == "new"


@pytest.mark.parametrize("order", ["nonce first", "token first"])
def test_a_dead_token_and_a_missing_nonce_are_each_mended_once(
    bank: AuthServer, sender: Sender, renew: Renewals, order: str
) -> None:
    says = [challenge("one"), Say(401)]
    bank.tell("/accounts", *(says if order == "nonce first" else says[::-1]), Say(200))
    assert sender.send("GET", f"{bank.url}/accounts").status == 200
    assert (len(bank.seen), renew.count) == (3, 1)


def test_whatever_comes_a_request_is_sent_three_times_at_most(
    bank: AuthServer, sender: Sender, renew: Renewals
) -> None:
    bank.tell("/accounts", *(say for _ in range(50) for say in (challenge("one"), Say(401))))
    assert sender.send("GET", f"{bank.url}/accounts").status == 401
    assert (len(bank.seen), renew.count) == (3, 1)


def test_a_nonce_goes_to_nobody_but_who_gave_it(
    bank: AuthServer, elsewhere: AuthServer, sender: Sender, renew: Renewals
) -> None:
    bank.tell("/accounts", Say(200, b"", {"DPoP-Nonce": "the-banks"}))
    elsewhere.tell("/accounts", Say(200))
    for server in (bank, elsewhere, bank):
        sender.send("GET", f"{server.url}/accounts")
    assert [proof_of(seen)[1].get("nonce") for seen in bank.seen] == [None, "the-banks"]
    assert "nonce" not in proof_of(elsewhere.seen[0])[1]


def test_the_authorization_servers_nonce_is_not_the_apis(
    bank: AuthServer, sender: Sender, oauth: Callable[..., OAuthClient], clock: Clock
) -> None:
    bank.tell("/token", _token(BOUND, **{"DPoP-Nonce": "the-servers"}))
    token = oauth(dpop=True).client_credentials()
    sender.session.auth = TokenAuth(token, lambda stale: stale, now=clock)
    bank.tell("/accounts", Say(200))
    sender.send("GET", f"{bank.url}/accounts")
    assert "nonce" not in proof_of(bank.seen[-1])[1]


def test_userinfo_is_a_resource_too(
    bank: AuthServer, known: Server, oauth: Callable[..., OAuthClient]
) -> None:
    bank.tell_token(BOUND)
    bank.tell("/me", challenge("one"), Say(200, {"sub": "kari"}, JSON))
    client = oauth(replace(known, userinfo_endpoint=f"{bank.url}/me"), dpop=True)
    assert client.userinfo(client.client_credentials()) == {"sub": "kari"}
    first, second = bank.at("/me")
    assert first.headers["Authorization"] == "DPoP access-0001"
    assert proof_of(second)[1]["nonce"] == "one"


# Secrecy, and what a server may write.


def test_the_key_is_neither_shown_nor_logged() -> None:
    key = new_key()
    private = json.loads(key.reveal())["d"]
    token = Token.from_json(Token(Secret("t"), dpop_key=key).to_json())
    shown = f"{token!r} {Dpop(key, Nonces(), lambda: NOON)!r}"
    shown += REDACTION.clean(f"{key.reveal()} and {private}")
    assert private not in shown


def test_a_key_that_comes_from_the_keychain_is_not_logged() -> None:
    whole = ECKey.generate_key("P-256", private=True).as_dict(private=True)
    Token(Secret("t"), dpop_key=Secret(json.dumps(whole)))
    assert str(whole["d"]) not in REDACTION.clean(f"what was read: {whole['d']}")


def test_a_token_that_was_kept_before_there_were_keys_is_read() -> None:
    old = json.loads(Token(Secret("t")).to_json())
    for name in ("dpop_key", "certificate"):
        del old["token-1"][name]
    assert not Token.from_json(json.dumps(old)).dpop_key


@given(st.text(max_size=40), st.text(max_size=60), st.binary(max_size=60))
def test_any_header_and_body_is_read_without_an_error(nonce: str, header: str, body: bytes) -> None:
    headers = {"DPoP-Nonce": nonce, "WWW-Authenticate": header}
    nonces = Nonces()
    learnt = nonces.learn("https://bank.example", headers)
    assert nonces.newest("https://bank.example/x") == (nonce if learnt else "")
    assert not learnt or all("!" <= char <= "~" and char not in '"\\' for char in nonce)
    assert is_challenge(headers) in {True, False}
    assert is_token_challenge(400, headers, body) in {True, False}


def test_a_nonce_without_end_is_not_kept() -> None:
    assert not Nonces().learn("https://bank.example", {"DPoP-Nonce": "x" * 1025})
