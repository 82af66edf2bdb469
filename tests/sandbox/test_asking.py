"""Requests that are pushed and signed: what the bank takes, and each thing that it refuses (RFC 9126, RFC 9101)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import ECKey
from oauthlib.oauth2.rfc6749.errors import InvalidRequestError

from bankview.sandbox.asking import LIFE, Asking
from bankview.sandbox.clients import Client, Clients
from bankview.sandbox.visitor import answer
from tests.sandbox_process import MEDIA_TYPE, Person, Sandbox, basic

if TYPE_CHECKING:
    from collections.abc import Callable

TYP = "oauth-authz-req+jwt"


def fields(person: Person, **changes: str | None) -> dict[str, str]:
    """Return the fields of a plain request; a change to None leaves one out."""
    asked = {name: value for name, (value,) in parse_qs(urlsplit(person.url()).query).items()}
    return {name: value for name, value in {**asked, **changes}.items() if value is not None}


def push(person: Person, headers: Any = None, **changes: str | None) -> requests.Response:
    return person.post(fields(person, **changes), "/oauth/par", headers=headers or {})


def query(person: Person, reply: requests.Response, **more: str) -> str:
    told = {"client_id": person.client_id, "request_uri": reply.json()["request_uri"]}
    return urlencode({**told, **more})


def came_back(person: Person, asked: str) -> dict[str, list[str]]:
    url = f"http://127.0.0.1:{person.sandbox.port + 1}/oauth/authorize?{asked}"
    return parse_qs(urlsplit(answer(url)).query, strict_parsing=True)


def test_a_pushed_request_is_a_request(person: Person) -> None:
    reply = push(person)
    assert reply.status_code == 201
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.json()["expires_in"] == LIFE
    said = came_back(person, query(person, reply))
    assert said["state"] == ["a-state-of-the-test"]
    assert person.redeem(said["code"][0]).status_code == 200


def test_its_name_is_good_once(person: Person) -> None:
    asked = query(person, push(person))
    assert person.page(asked)[0] == 200
    status, text = person.page(asked)
    assert status == 400
    assert "not known" in text


def test_nothing_may_stand_beside_its_name(person: Person) -> None:
    reply = push(person)
    for more in ({"state": "x"}, {"scope": "accounts"}, {"request": "x"}):
        status, text = person.page(query(person, reply, **more))
        assert status == 400
        assert "client_id alone" in text
    assert person.page(query(person, reply))[0] == 200


@pytest.mark.parametrize("client_id", ["bankview-par", "bankview-localhost", "nobody", ""])
def test_its_name_is_good_for_its_own_client_alone(person: Person, client_id: str) -> None:
    reply = push(person)
    assert person.page(query(person, reply, client_id=client_id))[0] == 400
    assert person.page(query(person, reply))[0] == 200


def test_a_name_that_nobody_was_given_is_refused(person: Person) -> None:
    asked = {"client_id": "bankview", "request_uri": "urn:ietf:params:oauth:request_uri:x"}
    assert person.page(urlencode(asked))[0] == 400


class Yes:
    """Takes every client for who it says it is."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def authenticate_client(self, request: Any) -> bool:
        request.client = self.client
        return True


def test_its_name_ends_soon() -> None:
    client = Client("c", "none", ())
    now = [1000.0]
    asking = Asking(Clients.of(client), Yes(client), "https://i", len, lambda: now[0])  # type: ignore[arg-type]
    _, body, status = asking.push("https://i/par", "POST", "client_id=c&state=s", {})
    assert status == 201
    name = body.split('"')[3]
    now[0] += LIFE
    with pytest.raises(InvalidRequestError, match="has ended"):
        asking.resolved(urlencode({"client_id": "c", "request_uri": name}))


@pytest.mark.parametrize("way", ["post", "basic"])
def test_a_client_with_a_secret_proves_itself(sandbox: Sandbox, way: str) -> None:
    person = Person(sandbox, f"bankview-{way}")
    secret = sandbox.secret(way)
    headers = basic(person.client_id, secret) if way == "basic" else {}
    more = {"client_secret": secret} if way == "post" else {}
    assert push(person, headers, **more).status_code == 201
    assert push(person).status_code == 401
    wrong = push(person, {}, client_secret="wrong")
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    both = push(person, basic(person.client_id, secret), client_secret=secret)
    assert both.status_code == 401


def test_the_secret_is_no_part_of_the_request(sandbox: Sandbox) -> None:
    person = Person(sandbox, "bankview-post")
    reply = push(person, client_secret=sandbox.secret("post"))
    said = came_back(person, query(person, reply))
    assert set(said) == {"code", "state", "iss"}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": None}, "invalid_client"),
        ({"client_id": "nobody"}, "invalid_client"),
        ({"redirect_uri": "https://evil.example/"}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"request_uri": "urn:x:1"}, "invalid_request"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": "transfer"}, "access_denied"),
    ],
)
def test_what_is_wrong_is_said_at_once(
    person: Person, changes: dict[str, str | None], error: str
) -> None:
    reply = push(person, **changes)
    assert reply.status_code == (401 if error == "invalid_client" else 400)
    assert reply.json()["error"] == error
    assert "request_uri" not in reply.json()


def test_the_header_and_the_body_name_one_client(sandbox: Sandbox) -> None:
    person = Person(sandbox, "bankview-basic")
    headers = basic("bankview-basic", sandbox.secret("basic"))
    assert push(person, headers, client_id="bankview").status_code == 401
    reply = push(person, headers, client_id=None)
    assert reply.json()["error"] == "invalid_request"


def test_the_endpoint_takes_forms_by_post_alone(person: Person) -> None:
    assert person.sandbox.send("GET", "/oauth/par").status_code == 405
    assert person.sandbox.send("POST", "/oauth/par", json={}).status_code == 400


def test_a_client_that_has_to_push_cannot_ask_otherwise(sandbox: Sandbox) -> None:
    person = Person(sandbox, "bankview-par")
    status, text = person.page(urlsplit(person.url()).query)
    assert status == 400
    assert "push its requests" in text
    assert push(person).status_code == 201


# Signed requests.


def signer(sandbox: Sandbox) -> ECKey:
    return ECKey.import_key((sandbox.folder / "signing.key").read_bytes())


@pytest.fixture
def jar(sandbox: Sandbox) -> Person:
    """A client that has to sign."""
    return Person(sandbox, "bankview-jar")


@pytest.fixture
def sign(jar: Person, sandbox: Sandbox) -> Callable[..., str]:
    """Return a function that signs a request, with changes to its claims; None leaves one out."""

    def signed(
        typ: str | None = TYP, key: ECKey | None = None, algorithm: str = "ES256", **changes: Any
    ) -> str:
        now = int(time.time())
        claims: dict[str, Any] = {
            **fields(jar),
            "iss": jar.client_id,
            "aud": sandbox.issuer,
            "iat": now,
            "nbf": now,
            "exp": now + 120,
            "jti": "a-name",
            **changes,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        head = {"alg": algorithm, **({"typ": typ} if typ else {})}
        return jwt.encode(head, claims, key or signer(sandbox), algorithms=[algorithm])

    return signed


def asked(person: Person, text: str, **more: str) -> str:
    return urlencode({"client_id": person.client_id, "request": text, **more})


def test_a_signed_request_is_a_request(jar: Person, sign: Callable[..., str]) -> None:
    said = came_back(jar, asked(jar, sign()))
    assert said["state"] == ["a-state-of-the-test"]
    assert jar.redeem(said["code"][0]).status_code == 200


@pytest.mark.parametrize("changes", [{"typ": "JWT"}, {"typ": None}, {"jti": None}])
def test_its_own_type_and_a_name_are_no_duty(
    jar: Person, sign: Callable[..., str], changes: dict[str, Any]
) -> None:
    """RFC 9101 §10.8: a type may say what the object is; no section asks for a jti."""
    assert "code" in came_back(jar, asked(jar, sign(**changes)))


def test_it_can_be_pushed(jar: Person, sign: Callable[..., str]) -> None:
    reply = jar.post({"client_id": jar.client_id, "request": sign()}, "/oauth/par")
    assert reply.status_code == 201
    assert "code" in came_back(jar, query(jar, reply))


def test_what_stands_beside_it_has_to_be_the_same(jar: Person, sign: Callable[..., str]) -> None:
    same = {"redirect_uri": jar.redirect_uri, "response_type": "code"}
    assert jar.page(asked(jar, sign(), **same))[0] == 200
    for more in ({"redirect_uri": "http://127.0.0.1:2/callback"}, {"scope": "accounts"}):
        status, text = jar.page(asked(jar, sign(), **more))
        assert status == 400
        assert "beside the request object differs" in text


def test_nothing_is_pushed_beside_it(jar: Person, sign: Callable[..., str]) -> None:
    more = {"client_id": jar.client_id, "request": sign(), "response_type": "code"}
    reply = jar.post(more, "/oauth/par")
    assert (reply.status_code, reply.json()["error"]) == (400, "invalid_request")


REFUSED: dict[str, dict[str, Any]] = {
    "type": {"typ": "at+jwt"},
    "issuer": {"iss": "bankview"},
    "no issuer": {"iss": None},
    "audience": {"aud": "https://evil.example"},
    "two audiences": {"aud": ["https://evil.example", "x"]},
    "no audience": {"aud": None},
    "over": {"exp": 1},
    "too long": {"exp": int(time.time()) + 86_400},
    "no end": {"exp": None},
    "end in words": {"exp": "soon"},
    "no beginning": {"nbf": None},
    "to come": {"nbf": int(time.time()) + 3600},
    "made later": {"iat": int(time.time()) + 3600},
    "another client": {"client_id": "bankview"},
    "an object within": {"request": "x"},
    "a name within": {"request_uri": "urn:x:1"},
    "details as text": {"authorization_details": '[{"type":"account_information"}]'},
}


@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED)
def test_an_object_with_a_flaw_is_refused(
    jar: Person, sign: Callable[..., str], changes: dict[str, Any]
) -> None:
    reply = jar.post({"client_id": jar.client_id, "request": sign(**changes)}, "/oauth/par")
    assert (reply.status_code, reply.json()["error"]) == (400, "invalid_request_object")
    assert jar.page(asked(jar, sign(**changes)))[0] == 400


def test_another_key_signs_nothing(jar: Person, sign: Callable[..., str]) -> None:
    status, text = jar.page(asked(jar, sign(key=ECKey.generate_key("P-256"))))
    assert status == 400
    assert "none of this client" in text


def test_a_client_without_a_key_signs_nothing(person: Person, sign: Callable[..., str]) -> None:
    text = sign(iss="bankview", client_id="bankview")
    assert person.page(asked(person, text))[0] == 400


def test_an_object_is_signed(jar: Person, sign: Callable[..., str]) -> None:
    payload = sign().split(".")[1]
    text = f"eyJhbGciOiJub25lIiwidHlwIjoib2F1dGgtYXV0aHotcmVxK2p3dCJ9.{payload}."
    for wrong in (text, "x", "a.b.c", ""):
        assert jar.page(asked(jar, wrong))[0] == 400


def test_a_client_that_has_to_sign_cannot_ask_otherwise(jar: Person) -> None:
    status, text = jar.page(urlsplit(jar.url()).query)
    assert status == 400
    assert "sign its requests" in text
    assert push(jar).json()["error"] == "invalid_request"


def test_a_client_that_has_to_do_both_cannot_do_one(
    sandbox: Sandbox, sign: Callable[..., str]
) -> None:
    person = Person(sandbox, "bankview-par-jar")
    own = {"iss": person.client_id, "client_id": person.client_id}
    assert person.page(asked(person, sign(**own)))[0] == 400
    assert push(person).status_code == 400
    told = {"client_id": person.client_id, "request": sign(**own)}
    assert person.post(told, "/oauth/par").status_code == 201


def test_the_metadata_says_so(sandbox: Sandbox) -> None:
    document = sandbox.send("GET", "/.well-known/oauth-authorization-server").json()
    assert document["pushed_authorization_request_endpoint"] == f"{sandbox.issuer}/oauth/par"
    aliases = document["mtls_endpoint_aliases"]
    shown = f"https://127.0.0.1:{sandbox.port + 2}/oauth/par"
    assert aliases["pushed_authorization_request_endpoint"] == shown
    signed = document["request_object_signing_alg_values_supported"]
    assert signed == ["ES256", "PS256", "EdDSA", "Ed25519"]
    assert document["authorization_details_types_supported"] == ["account_information"]


# A client that its certificate proves.


def shown(person: Person, name: str, method: str, path: str, **options: Any) -> requests.Response:
    """Return the answer of the port that asks for a certificate, to the client with this one."""
    folder = person.sandbox.folder
    with requests.Session() as session:
        session.trust_env = False
        return session.request(
            method,
            f"https://127.0.0.1:{person.sandbox.port + 2}{path}",
            verify=str(person.sandbox.ca),
            cert=(str(folder / f"{name}.pem"), str(folder / f"{name}.key")),
            timeout=60,
            **options,
        )


@pytest.fixture
def certified(sandbox: Sandbox) -> Person:
    """The client that has to be everything that FAPI 2.0 wants."""
    return Person(sandbox, "bankview-fapi2")


def test_its_own_certificate_proves_it_and_no_other(certified: Person) -> None:
    assert push(certified).status_code == 401
    told = fields(certified)
    assert shown(certified, "client-b", "POST", "/oauth/par", data=told).status_code == 401
    secret = {**told, "client_secret": "x"}
    assert shown(certified, "client", "POST", "/oauth/par", data=secret).status_code == 401
    assert shown(certified, "client", "POST", "/oauth/par", data=told).status_code == 201
    assert certified.page(urlsplit(certified.url()).query)[0] == 400


def test_its_token_is_bound_to_its_certificate(certified: Person) -> None:
    reply = shown(certified, "client", "POST", "/oauth/par", data=fields(certified))
    code = came_back(certified, query(certified, reply))["code"][0]
    told = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": certified.redirect_uri,
        "client_id": certified.client_id,
        "code_verifier": certified.verifier,
    }
    token = shown(certified, "client", "POST", "/oauth/token", data=told).json()
    assert certified.get(token, "/accounts").status_code == 401
    headers = {"Authorization": f"Bearer {token['access_token']}", "Accept": MEDIA_TYPE}
    path = "/personal/banking/accounts"
    assert shown(certified, "client-b", "GET", path, headers=headers).status_code == 401
    assert shown(certified, "client", "GET", path, headers=headers).status_code == 200
