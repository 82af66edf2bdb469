"""The grants without a redirect refuse every client that is wrong, and their tokens work at the API."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64decode
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from bankview.oauth.polling import Patience
from bankview.sandbox import visitor
from tests.sandbox_process import Person, Sandbox, basic

if TYPE_CHECKING:
    import requests

URN = "urn:ietf:params:oauth:grant-type:"
TYPE = "urn:ietf:params:oauth:token-type:"
YEAR_2100 = 4_102_444_800
OPENID = {"scope": "openid accounts transactions"}


def proof(sandbox: Sandbox, way: str) -> dict[str, str]:
    return basic(f"bankview-{way}", sandbox.secret(way))


def works(person: Person, reply: requests.Response) -> dict[str, Any]:
    assert reply.status_code == 200, reply.text
    token: dict[str, Any] = reply.json()
    assert person.get(token, "/accounts").status_code == 200
    return token


def error(reply: requests.Response) -> str:
    code: str = reply.json()["error"]
    return code


# The device grant.


def codes(person: Person, **fields: str) -> requests.Response:
    return person.post({"client_id": "bankview-device", **fields}, "/oauth/device")


def poll(person: Person, device_code: str, client_id: str = "bankview-device") -> Any:
    fields = {"grant_type": f"{URN}device_code", "client_id": client_id}
    return person.post({**fields, "device_code": device_code})


@pytest.mark.parametrize("complete", [True, False])
def test_a_device_is_approved_on_the_bank_s_page(person: Person, complete: bool) -> None:
    given = codes(person).json()
    address = given["verification_uri_complete"]
    if not complete:
        address = f"{given['verification_uri']}/check?user_code={given['user_code'].lower()}"
    assert urlsplit(visitor.answer(address)).path == visitor.DONE
    token = works(person, poll(person, given["device_code"]))
    renewed = {"grant_type": "refresh_token", "refresh_token": token["refresh_token"]}
    works(person, person.post({**renewed, "client_id": "bankview-device"}))
    assert error(poll(person, given["device_code"])) == "invalid_grant"


def test_a_device_that_was_declined_gets_nothing(person: Person) -> None:
    given = codes(person).json()
    visitor.answer(given["verification_uri_complete"], deny=True)
    assert error(poll(person, given["device_code"])) == "access_denied"


def test_the_visitor_says_when_there_is_no_such_code(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    page = f"http://127.0.0.1:{sandbox.port + 1}/device"
    assert visitor.visit(f"{page}?user_code=XXXX-XXXX") == 1
    assert "400" in capsys.readouterr().err


def test_who_polls_too_often_is_told_to_slow_down(person: Person) -> None:
    given = codes(person).json()
    assert error(poll(person, given["device_code"])) == "authorization_pending"
    assert error(poll(person, given["device_code"])) == "slow_down"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"client_id": "nobody"}, "invalid_client"),
        ({"client_id": "bankview"}, "unauthorized_client"),
        ({"scope": "accounts transfer"}, "invalid_scope"),
        ({"client_secret": "any"}, "invalid_client"),
    ],
)
def test_a_device_request_that_is_wrong_is_refused(
    person: Person, fields: dict[str, str], code: str
) -> None:
    assert error(codes(person, **fields)) == code


def test_a_device_code_belongs_to_its_client(person: Person) -> None:
    given = codes(person).json()
    visitor.answer(given["verification_uri_complete"])
    assert error(poll(person, given["device_code"], "bankview")) == "unauthorized_client"
    assert error(poll(person, "guessed")) == "invalid_grant"
    assert error(person.post({"grant_type": f"{URN}device_code", "client_id": "bankview-device"}))


# The backchannel grant.


def ask(person: Person, **fields: str) -> requests.Response:
    headers = proof(person.sandbox, "ciba")
    sent = {**OPENID, "login_hint": "household", **fields}
    kept = {name: value for name, value in sent.items() if value}
    return person.post(kept, "/oauth/backchannel", headers=headers)


def redeem(person: Person, auth_req_id: str) -> requests.Response:
    fields = {"grant_type": "urn:openid:params:grant-type:ciba", "auth_req_id": auth_req_id}
    return person.post(fields, headers=proof(person.sandbox, "ciba"))


@pytest.mark.parametrize(
    ("hint", "code"), [("household", ""), ("student", ""), ("deny", "access_denied")]
)
def test_the_bank_s_customers_answer_after_a_moment(person: Person, hint: str, code: str) -> None:
    given = ask(person, login_hint=hint, binding_message="Fjord 4711").json()
    reply, waited = redeem(person, given["auth_req_id"]), Patience(lambda: None)
    assert error(reply) == "authorization_pending"
    while reply.json().get("error") == "authorization_pending":
        waited.wait(given["interval"])
        reply = redeem(person, given["auth_req_id"])
    assert error(reply) == code if code else works(person, reply)


def approved(person: Person, **fields: str) -> dict[str, Any]:
    """Return the reply to a backchannel request, once the customer has answered."""
    given, waited = ask(person, **fields).json(), Patience(lambda: None)
    reply = redeem(person, given["auth_req_id"])
    while reply.json().get("error") == "authorization_pending":
        waited.wait(given["interval"])
        reply = redeem(person, given["auth_req_id"])
    return works(person, reply)


def hint_token(sandbox: Sandbox, **changes: Any) -> str:
    """Return a login_hint_token as the client signs it."""
    key = ECKey.import_key((sandbox.folder / "signing.key").read_bytes())
    claims = {"sub": "student", "aud": sandbox.issuer, "exp": YEAR_2100, **changes}
    return jwt.encode({"alg": "ES256"}, claims, key)


def sub_of(token: dict[str, Any]) -> str:
    sub: str = json.loads(urlsafe_b64decode(token["id_token"].split(".")[1] + "=="))["sub"]
    return sub


def test_either_token_names_the_customer(person: Person) -> None:
    """CIBA Core §7.1, and §10.1.1: the reply says who approved."""
    first = approved(person, login_hint="", login_hint_token=hint_token(person.sandbox))
    again = approved(person, login_hint="", id_token_hint=first["id_token"])
    household = approved(person)
    assert sub_of(first) == sub_of(again) != sub_of(household)
    again = renewed(person, first)
    assert sub_of(again) == sub_of(first)


def renewed(person: Person, token: dict[str, Any]) -> dict[str, Any]:
    fields = {"grant_type": "refresh_token", "refresh_token": token["refresh_token"]}
    reply = person.post(fields, headers=proof(person.sandbox, "ciba"))
    return works(person, reply)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"exp": 1}, "expired_login_hint_token"),
        ({"aud": "https://other.example"}, "unknown_user_id"),
        ({"sub": "nobody"}, "unknown_user_id"),
    ],
)
def test_a_login_hint_token_that_does_not_hold_is_refused(
    person: Person, changes: dict[str, Any], code: str
) -> None:
    text = hint_token(person.sandbox, **changes)
    assert error(ask(person, login_hint="", login_hint_token=text)) == code


def test_somebody_elses_tokens_are_no_hints(person: Person) -> None:
    text = hint_token(person.sandbox)
    assert error(ask(person, login_hint="", id_token_hint=text)) == "unknown_user_id"
    token = openid(person)
    assert error(ask(person, login_hint="", id_token_hint=token)) == "unknown_user_id"
    assert error(ask(person, login_hint="", login_hint_token=token)) == "unknown_user_id"


def openid(person: Person) -> str:
    """Return the ID token of another client."""
    code = person.ask(scope=OPENID["scope"])["code"][0]
    text: str = person.redeem(code).json()["id_token"]
    return text


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"login_hint": ""}, "invalid_request"),
        ({"id_token_hint": "a.b.c"}, "invalid_request"),
        ({"login_hint": "nobody"}, "unknown_user_id"),
        ({"login_hint": "", "login_hint_token": "a.b.c"}, "unknown_user_id"),
        ({"scope": "accounts"}, "invalid_scope"),
        ({"scope": "openid transfer"}, "invalid_scope"),
        ({"binding_message": "x" * 21}, "invalid_binding_message"),
        ({"binding_message": "zwei\nZeilen"}, "invalid_binding_message"),
    ],
)
def test_a_backchannel_request_that_is_wrong_is_refused(
    person: Person, fields: dict[str, str], code: str
) -> None:
    assert error(ask(person, **fields)) == code


def test_a_backchannel_request_without_proof_is_refused(person: Person) -> None:
    fields = {**OPENID, "login_hint": "household", "client_id": "bankview-ciba"}
    assert error(person.post(fields, "/oauth/backchannel")) == "invalid_client"
    assert error(person.post({**fields, "client_id": "bankview"}, "/oauth/backchannel"))


# Token exchange.


def exchange(person: Person, **fields: str) -> requests.Response:
    sent = {"grant_type": f"{URN}token-exchange", **fields}
    return person.post(sent, headers=proof(person.sandbox, "token-exchange"))


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_a_token_of_the_bank_s_own_is_exchanged(person: Person, kind: str) -> None:
    held = person.sign_in()[kind]
    reply = exchange(person, subject_token=held, subject_token_type=TYPE + kind)
    token = works(person, reply)
    assert token["issued_token_type"] == f"{TYPE}access_token"
    assert "refresh_token" not in token


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"subject_token": "guessed"}, "invalid_request"),
        ({"subject_token_type": ""}, "invalid_request"),
        ({"subject_token_type": f"{TYPE}refresh_token"}, "invalid_request"),
        ({"subject_token_type": f"{TYPE}jwt"}, "invalid_request"),
        ({"requested_token_type": f"{TYPE}saml2"}, "invalid_request"),
        ({"audience": "https://other.example"}, "invalid_target"),
        ({"resource": "https://other.example"}, "invalid_target"),
        ({"actor_token_type": f"{TYPE}access_token"}, "invalid_request"),
        ({"actor_token": "guessed", "actor_token_type": f"{TYPE}access_token"}, "invalid_request"),
        ({"scope": "accounts transfer"}, "invalid_scope"),
    ],
)
def test_an_exchange_that_is_wrong_is_refused(
    person: Person, fields: dict[str, str], code: str
) -> None:
    held = person.sign_in()["access_token"]
    right = {"subject_token": held, "subject_token_type": f"{TYPE}access_token"}
    reply = exchange(person, **{**right, **fields})
    assert (reply.status_code, error(reply)) == (400, code)


def test_a_token_that_has_ended_is_exchanged_for_nothing(person: Person) -> None:
    held = person.sign_in()["access_token"]
    person.sandbox.expire()
    reply = exchange(person, subject_token=held, subject_token_type=f"{TYPE}access_token")
    assert error(reply) == "invalid_request"


# Assertions.


def signed(sandbox: Sandbox, key: Any = None, header: Any = None, **changes: Any) -> str:
    now = int(time.time())
    claims = {
        "iss": "bankview-jwt-bearer",
        "sub": "household",
        "aud": sandbox.issuer,
        "iat": now,
        "exp": now + 60,
        "jti": str(time.perf_counter_ns()),
        **changes,
    }
    kept = {name: value for name, value in claims.items() if value is not None}
    own = ECKey.import_key((sandbox.folder / "signing.key").read_bytes())
    return jwt.encode({"alg": "ES256", **(header or {})}, kept, key or own)


def assert_(person: Person, assertion: str) -> requests.Response:
    fields = {"grant_type": f"{URN}jwt-bearer", "client_id": "bankview-jwt-bearer"}
    return person.post({**fields, "assertion": assertion})


@pytest.mark.parametrize("audience", ["", "/oauth/token"])
def test_an_assertion_is_good_once(person: Person, audience: str) -> None:
    assertion = signed(person.sandbox, aud=f"{person.sandbox.issuer}{audience}")
    works(person, assert_(person, assertion))
    assert error(assert_(person, assertion)) == "invalid_grant"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "bankview"},
        {"iss": None},
        {"sub": "nobody"},
        {"sub": None},
        {"aud": "https://other.example"},
        {"aud": None},
        {"exp": 1},
        {"exp": YEAR_2100},
        {"exp": None},
        {"iat": YEAR_2100},
        {"jti": None},
        {"header": {"typ": "at+jwt"}},
        {"key": ECKey.generate_key("P-256", auto_kid=False)},
    ],
    ids="-".join,
)
def test_an_assertion_that_is_wrong_is_refused(person: Person, changes: dict[str, Any]) -> None:
    assert error(assert_(person, signed(person.sandbox, **changes))) == "invalid_grant"


def test_what_is_no_assertion_is_refused(person: Person) -> None:
    assert error(assert_(person, "a.b.c")) == "invalid_grant"
    assert error(assert_(person, "")) == "invalid_request"


# The bank's own grant, and a client in its own name.


def passbook(person: Person, number: str) -> requests.Response:
    fields = {"grant_type": "urn:fjordbanken:params:oauth:grant-type:passbook"}
    own = {"client_id": "bankview-urn", "client_secret": person.sandbox.secret("urn")}
    return person.post({**fields, **own, "passbook": number})


def test_a_passbook_opens_its_owner_s_accounts_alone(person: Person) -> None:
    token = works(person, passbook(person, "4711-0002"))
    assert "refresh_token" not in token
    assert error(passbook(person, "4711-0003")) == "invalid_grant"
    assert error(passbook(person, "")) == "invalid_request"


def test_a_client_in_its_own_name_sees_the_household_s_accounts(person: Person) -> None:
    headers = proof(person.sandbox, "client-credentials")
    fields = {"grant_type": "client_credentials"}
    works(person, person.post(fields, headers=headers))
    assert error(person.post({**fields, "scope": "transfer"}, headers=headers)) == "invalid_scope"
    assert error(person.post({**fields, "client_id": "bankview"})) == "unauthorized_client"


def test_a_token_that_is_asked_for_anew_shows_the_same_accounts(person: Person) -> None:
    keys = [
        person.get(works(person, passbook(person, "4711-0001")), "/accounts").json()["accounts"]
        for _ in range(2)
    ]
    assert keys[0] == keys[1]


def test_the_metadata_lists_every_grant_and_endpoint(sandbox: Sandbox) -> None:
    said = sandbox.send("GET", "/.well-known/oauth-authorization-server").json()
    wanted = {"device_code", "ciba", "token-exchange", "jwt-bearer", "passbook"}
    assert {name.rpartition(":")[2] for name in said["grant_types_supported"]} >= {
        *wanted,
        "authorization_code",
        "refresh_token",
        "client_credentials",
    }
    assert said["device_authorization_endpoint"] == f"{sandbox.issuer}/oauth/device"
    assert said["backchannel_authentication_endpoint"] == f"{sandbox.issuer}/oauth/backchannel"
    assert said["backchannel_token_delivery_modes_supported"] == ["poll"]
