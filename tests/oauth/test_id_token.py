"""What an ID token has to be; each test is named after the conformance suite's module that tries the same."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from bankview.domain.secret import Secret
from bankview.errors import BankUnavailableError, MetadataError, TokenReplyError
from bankview.oauth.claims import Expected
from bankview.oauth.compact import subject_of
from bankview.oauth.id_token import validate
from bankview.oauth.jwks import LARGEST_KEY_SET, PATIENCE, Jwks
from bankview.oauth.server import Server
from tests.oauth.conftest import NOON

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bankview.oauth.client import OAuthClient
    from bankview.oauth.token import Token
    from bankview.web import Sender
    from tests.oauth.conftest import AuthServer, Clock, Say

    Make = Callable[..., OAuthClient]

ISSUER = "https://bank.example"
NOW = int(NOON.timestamp())
CLIENT_SECRET = "a-client-secret-of-many-characters-0001"
ALGORITHMS = ("PS256", "ES256", "RS256", "Ed25519")
RSA, RSA_OTHER = (RSAKey.generate_key(2048, {"kid": kid}) for kid in ("k1", "k2"))
EC = ECKey.generate_key("P-256", {"kid": "e1"})
ED = OKPKey.generate_key("Ed25519", {"kid": "d1"})


def public(*keys: Any, **members: Any) -> dict[str, Any]:
    return {"keys": [{**key.as_dict(private=False), **members} for key in keys]}


class Issuer:
    """Signs ID tokens and publishes its keys, at a bank that we know."""

    def __init__(self, bank: AuthServer, sender: Sender, clock: Clock, say: type[Say]) -> None:
        self.bank, self.clock, self.say = bank, clock, say
        server = Server(issuer=bank.url, jwks_uri=f"{bank.url}/jwks", insecure_http=True)
        self.keys = Jwks(server, sender.send, clock)
        self.publish(public(RSA, EC, ED))

    def publish(self, document: Any, status: int = 200) -> None:
        self.bank.tell("/jwks", self.say(status, document))

    @property
    def fetches(self) -> int:
        return len(self.bank.at("/jwks"))

    def claims(self, **changes: Any) -> dict[str, Any]:
        now = int(self.clock.at.timestamp())
        claims = {
            "iss": ISSUER,
            "sub": "person-0001",
            "aud": "bankview",
            "exp": now + 300,
            "iat": now,
            "nonce": "n-0001",
            **changes,
        }
        return {name: value for name, value in claims.items() if value is not ...}

    def token(
        self,
        key: Any = RSA,
        alg: str = "PS256",
        header: Mapping[str, Any] | None = None,
        **changes: Any,
    ) -> str:
        head = {"alg": alg, "kid": key.kid, **(header or {})}
        head = {name: value for name, value in head.items() if value is not ...}
        return jws.serialize_compact(
            head, json.dumps(self.claims(**changes)), key, algorithms=[alg]
        )

    def check(self, token: object, **changes: Any) -> Mapping[str, Any]:
        settings: dict[str, Any] = {
            "issuer": ISSUER,
            "client_id": "bankview",
            "algorithms": ALGORITHMS,
            "nonce": "n-0001",
            "access_token": Secret("access-0001"),
            **changes,
        }
        return validate(token, Expected(**settings), self.keys, self.clock.at)

    def refuses(self, token: object, match: str, **changes: Any) -> None:
        with pytest.raises(TokenReplyError, match=match):
            self.check(token, **changes)


@pytest.fixture
def issuer(bank: AuthServer, sender: Sender, clock: Clock, say: type[Say]) -> Issuer:
    return Issuer(bank, sender, clock, say)


def segment(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def at_hash(token: str, algorithm: str = "sha256") -> str:
    digest = hashlib.new(algorithm, token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).decode().rstrip("=")


@pytest.mark.parametrize(
    ("key", "alg"), [(RSA, "PS256"), (RSA, "RS256"), (EC, "ES256"), (ED, "Ed25519")]
)
def test_valid(issuer: Issuer, key: Any, alg: str) -> None:
    assert issuer.check(issuer.token(key, alg))["sub"] == "person-0001"


def test_invalid_null_alg(issuer: Issuer) -> None:
    token = f"{segment({'alg': 'none'})}.{segment(issuer.claims())}."
    issuer.refuses(token, "algorithm")
    issuer.refuses(token, "algorithm", algorithms=("none",))
    issuer.refuses(token.replace(segment({"alg": "none"}), segment({"alg": "NoNe"})), "algorithm")


def test_invalid_alternate_alg(issuer: Issuer) -> None:
    issuer.refuses(issuer.token(RSA, "RS256"), "algorithm", algorithms=("PS256",))


def test_invalid_alg_of_a_secret_over_the_public_key(issuer: Issuer) -> None:
    signed = f"{segment({'alg': 'HS256', 'kid': 'k1'})}.{segment(issuer.claims())}"
    made = hmac.digest(RSA.as_pem(private=False), signed.encode(), "sha256")
    token = f"{signed}.{base64.urlsafe_b64encode(made).decode().rstrip('=')}"
    issuer.refuses(token, "algorithm")
    issuer.refuses(token, "algorithm", algorithms=("RS256", "HS256"))
    issuer.refuses(token, "signature", algorithms=("HS256",), secret=Secret(CLIENT_SECRET))
    assert issuer.fetches == 0


def test_a_client_secret_signs_where_the_profile_lists_it(issuer: Issuer) -> None:
    token = issuer.token(OctKey.import_key(CLIENT_SECRET), "HS256", {"kid": ...})
    listed = {"algorithms": ("HS256",), "secret": Secret(CLIENT_SECRET)}
    assert issuer.check(token, **listed)["sub"] == "person-0001"
    issuer.refuses(token, "algorithm", secret=Secret(CLIENT_SECRET))


@pytest.mark.parametrize(("key", "alg"), [(RSA, "PS256"), (RSA, "RS256"), (EC, "ES256")])
def test_invalid_sig(issuer: Issuer, key: Any, alg: str) -> None:
    head, _, signature = issuer.token(key, alg).split(".")
    issuer.refuses(f"{head}.{segment(issuer.claims(sub='evil'))}.{signature}", "signature")


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c.d.e", "é.é.é", 7, None, f"{segment([])}.e30.x"])
def test_invalid_form(issuer: Issuer, text: object) -> None:
    issuer.refuses(text, "JWT|JSON")


def test_invalid_critical_header(issuer: Issuer) -> None:
    head = segment({"alg": "PS256", "kid": "k1", "crit": ["exp"], "exp": 1})
    issuer.refuses(f"{head}.{segment(issuer.claims())}.c2ln", "critical")


def test_a_header_that_nobody_knows_is_ignored(issuer: Issuer) -> None:
    head = {"alg": "PS256", "kid": "k1", "pi.atm": "2"}
    registry = jws.JWSRegistry(algorithms=["PS256"], strict_check_header=False)
    token = jws.serialize_compact(head, json.dumps(issuer.claims()), RSA, registry=registry)
    assert issuer.check(token)


def test_a_key_in_the_header_is_never_used(issuer: Issuer) -> None:
    issuer.publish(public(RSA))
    own = RSA_OTHER.as_dict(private=False)
    token = issuer.token(RSA_OTHER, header={"kid": "k1", "jwk": own})
    issuer.refuses(token, "signature")


def test_invalid_iss(issuer: Issuer) -> None:
    for iss in (f"{ISSUER}/", "https://evil.example", ISSUER.upper(), [ISSUER]):
        issuer.refuses(issuer.token(iss=iss), "iss")


def test_invalid_missing_iss(issuer: Issuer) -> None:
    issuer.refuses(issuer.token(iss=...), "iss")


def test_invalid_aud(issuer: Issuer) -> None:
    for aud in ("other", ["other"], [], "", 7, {"bankview": 1}):
        issuer.refuses(issuer.token(aud=aud), "aud")


def test_invalid_secondary_aud(issuer: Issuer) -> None:
    issuer.refuses(issuer.token(aud=["bankview", "evil"]), "aud")
    issuer.refuses(issuer.token(aud=["bankview", "evil"], azp="bankview"), "aud")


def test_missing_aud(issuer: Issuer) -> None:
    issuer.refuses(issuer.token(aud=...), "aud")


def test_valid_aud_as_array(issuer: Issuer) -> None:
    assert issuer.check(issuer.token(aud=["bankview"]))


def test_invalid_azp(issuer: Issuer) -> None:
    issuer.refuses(issuer.token(azp="other"), "azp")
    assert issuer.check(issuer.token(azp="bankview"))


def test_missing_sub(issuer: Issuer) -> None:
    for sub in (..., "", 7, "s" * 256):
        issuer.refuses(issuer.token(sub=sub), "sub")


@pytest.mark.parametrize(("ago", "good"), [(59, True), (60, False), (300, False)])
def test_invalid_expired_exp(issuer: Issuer, ago: int, good: bool) -> None:
    token = issuer.token(exp=int(issuer.clock.at.timestamp()) - ago)
    if good:
        assert issuer.check(token)
    else:
        issuer.refuses(token, "exp")


@pytest.mark.parametrize("exp", [..., None, "soon", True, 10**30])
def test_missing_exp(issuer: Issuer, exp: Any) -> None:
    issuer.refuses(issuer.token(exp=exp), "exp")


@pytest.mark.parametrize(
    ("offset", "good"), [(30, True), (60, True), (61, False), (-3600, True), (-3601, False)]
)
def test_invalid_iat(issuer: Issuer, offset: int, good: bool) -> None:
    token = issuer.token(iat=int(issuer.clock.at.timestamp()) + offset)
    if good:
        assert issuer.check(token)
    else:
        issuer.refuses(token, "iat")


def test_missing_iat(issuer: Issuer) -> None:
    issuer.refuses(issuer.token(iat=...), "iat")


def test_invalid_nbf(issuer: Issuer) -> None:
    now = int(issuer.clock.at.timestamp())
    assert issuer.check(issuer.token(nbf=now + 60))
    issuer.refuses(issuer.token(nbf=now + 61), "nbf")


def test_invalid_nonce(issuer: Issuer) -> None:
    issuer.refuses(issuer.token(nonce="n-0002"), "nonce")


def test_missing_nonce(issuer: Issuer) -> None:
    issuer.refuses(issuer.token(nonce=...), "nonce")


@pytest.mark.parametrize(
    ("key", "alg", "digest"), [(RSA, "PS256", "sha256"), (ED, "Ed25519", "sha512")]
)
def test_invalid_athash(issuer: Issuer, key: Any, alg: str, digest: str) -> None:
    assert issuer.check(issuer.token(key, alg, at_hash=at_hash("access-0001", digest)))
    for wrong in (at_hash("access-0002", digest), "", 7):
        issuer.refuses(issuer.token(key, alg, at_hash=wrong), "at_hash")


def test_auth_time_counts_where_max_age_was_asked_for(issuer: Issuer) -> None:
    now = int(issuer.clock.at.timestamp())
    assert issuer.check(issuer.token(auth_time=now - 360), max_age=300)
    issuer.refuses(issuer.token(auth_time=now - 361), "auth_time", max_age=300)
    issuer.refuses(issuer.token(), "auth_time", max_age=300)


def test_acr_counts_where_it_was_asked_for(issuer: Issuer) -> None:
    assert issuer.check(issuer.token(acr="sca"), acr_values=("sca",))
    issuer.refuses(issuer.token(), "acr", acr_values=("sca",))


def test_a_claim_counts_where_its_value_was_asked_for(issuer: Issuer) -> None:
    asked = {"intent": {"value": "i-1"}, "acr": {"values": ["sca", "ca"]}}
    assert issuer.check(issuer.token(intent="i-1", acr="ca"), claims=asked)
    for wrong in ({"intent": "i-2", "acr": "ca"}, {"acr": "ca"}, {"intent": None, "acr": "ca"}):
        issuer.refuses(issuer.token(**wrong), "intent", claims=asked)
    issuer.refuses(issuer.token(intent="i-1", acr="low"), "acr", claims=asked)


def test_kid_absent_single_jwks(issuer: Issuer) -> None:
    issuer.publish(public(RSA))
    assert issuer.check(issuer.token(header={"kid": ...}))


def test_kid_absent_multiple_jwks(issuer: Issuer) -> None:
    issuer.publish(public(RSA_OTHER, EC, RSA))
    assert issuer.check(issuer.token(header={"kid": ...}))


def test_augmented_jwks_with_decoys(issuer: Issuer) -> None:
    """Decoys bear the right kid: another type, another use, another algorithm, another key, and no key at all."""
    kid = {"kid": "k1"}
    decoys = [
        {**EC.as_dict(private=False), **kid},
        {**RSA.as_dict(private=False), **kid, "use": "enc"},
        {**RSA.as_dict(private=False), **kid, "alg": "RSA-OAEP"},
        {**RSA_OTHER.as_dict(private=False), **kid},
        {"kty": "RSA", **kid},
        {"kty": "RSA", "n": 7, "e": None, **kid},
        "decoy",
    ]
    issuer.publish({"keys": [*decoys, *public(RSA)["keys"]]})
    assert issuer.check(issuer.token())
    issuer.publish({"keys": decoys})
    fresh = Issuer(issuer.bank, issuer.keys._send.__self__, issuer.clock, issuer.say)  # type: ignore[attr-defined]
    fresh.publish({"keys": decoys})
    fresh.refuses(issuer.token(), "signature")
    assert len(fresh.keys.fitting("PS256", "k1")) == 1


@pytest.mark.filterwarnings("ignore:Key size")
def test_a_short_rsa_key_is_no_key(issuer: Issuer) -> None:
    short = RSAKey.generate_key(1024, {"kid": "short"})
    token = issuer.token(short, "RS256")
    issuer.publish(public(short))
    issuer.refuses(token, "key")


def test_signing_key_rotation(issuer: Issuer) -> None:
    assert issuer.check(issuer.token())
    issuer.publish(public(RSA_OTHER))
    assert issuer.check(issuer.token(RSA_OTHER))
    assert issuer.fetches == 2


def test_an_unknown_kid_fetches_once_in_five_minutes(issuer: Issuer) -> None:
    issuer.check(issuer.token())
    for fetches, turn in ((2, 0), (2, PATIENCE - 1), (3, 1)):
        issuer.clock.turn(turn)
        issuer.refuses(issuer.token(RSA_OTHER), "no key")
        assert issuer.fetches == fetches


@pytest.mark.parametrize("document", [b"<html>", {"keys": {}}, [], {}])
def test_a_key_set_that_is_none_is_the_servers_fault(issuer: Issuer, document: Any) -> None:
    issuer.publish(document)
    with pytest.raises(MetadataError, match="key set"):
        issuer.check(issuer.token())


def test_a_key_set_over_the_limit_is_not_read(issuer: Issuer) -> None:
    issuer.publish({**public(RSA), "padding": "x" * LARGEST_KEY_SET})
    with pytest.raises(MetadataError, match="key set"):
        issuer.check(issuer.token())


def test_a_key_set_that_cannot_be_had_is_an_outage(issuer: Issuer) -> None:
    issuer.publish(b"", 503)
    with pytest.raises(BankUnavailableError):
        issuer.check(issuer.token())


def test_no_word_of_the_token_is_in_the_error(issuer: Issuer) -> None:
    token = issuer.token(iss="https://evil.example", sub="person-0007")
    with pytest.raises(TokenReplyError) as caught:
        issuer.check(token)
    assert not any(word in str(caught.value) for word in ("evil", "person", token[:20]))


def test_nothing_is_loaded_for_it_before_it_is_needed() -> None:
    code = "import sys, bankview.oauth.client; sys.exit('joserfc' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


class Signing:
    """A client that signs in with `openid` and what the bank then answers."""

    def __init__(self, issuer: Issuer, oauth: Make, **asked: str) -> None:
        self.issuer = issuer
        server = Server(
            issuer=issuer.bank.url,
            authorization_endpoint=f"{issuer.bank.url}/authorize",
            token_endpoint=f"{issuer.bank.url}/token",
            jwks_uri=f"{issuer.bank.url}/jwks",
            insecure_http=True,
        )
        parameters = {"authorization": asked}
        self.client = oauth(server, scope="openid accounts", parameters=parameters)

    def answers(self, **claims: Any) -> None:
        token = self.issuer.token(iss=self.issuer.bank.url, **claims)
        self.issuer.bank.tell_token({"id_token": token})

    def sign_in(self, **claims: Any) -> Token:
        request = self.client.authorization_request()
        self.answers(**{"nonce": request.nonce, **claims})
        return self.client.redeem(request, "the-code")


@pytest.fixture
def signing(issuer: Issuer, oauth: Make) -> Signing:
    return Signing(issuer, oauth)


@pytest.mark.parametrize(
    ("asked", "claim", "good", "bad"),
    [
        ({"max_age": "300"}, "auth_time", NOW, NOW - 361),
        ({"acr_values": "sca high"}, "acr", "high", "low"),
    ],
)
def test_a_sign_in_is_held_to_what_the_profile_asks_for(
    issuer: Issuer, oauth: Make, asked: dict[str, str], claim: str, good: Any, bad: Any
) -> None:
    signing = Signing(issuer, oauth, **asked)
    assert signing.sign_in(**{claim: good})
    for wrong in (bad, ...):
        with pytest.raises(TokenReplyError, match=claim):
            signing.sign_in(**{claim: wrong})


def test_a_sign_in_is_held_to_the_claims_that_it_asks_for(signing: Signing) -> None:
    def sign_in(**said: Any) -> Token:
        request = signing.client.authorization_request(claims={"intent": {"value": "i-1"}})
        asked = parse_qs(urlsplit(request.uri).query)["claims"]
        assert json.loads(asked[0]) == {"id_token": {"intent": {"value": "i-1"}}}
        signing.answers(nonce=request.nonce, **said)
        return signing.client.redeem(request, "the-code")

    assert sign_in(intent="i-1")
    with pytest.raises(TokenReplyError, match="intent"):
        sign_in(intent="i-2")


def test_claims_that_were_asked_for_need_an_id_token(signing: Signing) -> None:
    request = signing.client.authorization_request(claims={"intent": {"value": "i-1"}})
    signing.issuer.bank.tell_token()
    with pytest.raises(TokenReplyError, match="no ID token"):
        signing.client.redeem(request, "the-code")


def test_a_sign_in_with_a_good_id_token_is_taken(signing: Signing) -> None:
    assert signing.sign_in(at_hash=at_hash("access-0001")).access_token.reveal() == "access-0001"
    assert signing.issuer.fetches == 1


@pytest.mark.parametrize(
    "claims", [{"nonce": "another"}, {"aud": "evil"}, {"at_hash": at_hash("access-0002")}]
)
def test_a_sign_in_with_a_bad_id_token_is_refused(signing: Signing, claims: dict[str, Any]) -> None:
    with pytest.raises(TokenReplyError, match="ID token"):
        signing.sign_in(**claims)


def test_the_nonce_goes_along_with_openid_alone(signing: Signing, oauth: Make) -> None:
    asked = signing.client.authorization_request()
    assert f"nonce={asked.nonce}" in asked.uri
    assert "nonce=" not in oauth(scope="accounts").authorization_request().uri


def test_refresh_token_valid(signing: Signing) -> None:
    first = signing.sign_in()
    signing.answers(nonce=...)
    assert signing.client.refresh(first).access_token


def test_refresh_token_invalid_sub(signing: Signing) -> None:
    first = signing.sign_in()
    signing.answers(sub="person-0002")
    with pytest.raises(TokenReplyError, match="sub"):
        signing.client.refresh(first)


def test_refresh_token_invalid_issuer(signing: Signing) -> None:
    first = signing.sign_in()
    signing.issuer.bank.tell_token({"id_token": signing.issuer.token(iss="https://evil.example")})
    with pytest.raises(TokenReplyError, match="iss"):
        signing.client.refresh(first)


def test_who_signed_in_is_known_beyond_a_renewal_without_id_token(signing: Signing) -> None:
    first = signing.sign_in()
    signing.issuer.bank.tell_token()
    second = signing.client.refresh(first)
    assert subject_of(second.extra["id_token"]) == "person-0001"
    signing.answers(sub="person-0002")
    with pytest.raises(TokenReplyError, match="sub"):
        signing.client.refresh(second)
