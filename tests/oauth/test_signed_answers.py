"""Answers that come signed: verified before anything in them is believed, then held to every rule (JARM)."""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from bankview.errors import (
    BadRedirectError,
    BankUnavailableError,
    BankviewError,
    Interrupted,
    MetadataError,
    SignInDeniedError,
)
from bankview.oauth.answer import outcome, read_answer, read_fields
from bankview.oauth.authorization import AuthorizationRequest
from bankview.oauth.waiting import PasteBack
from bankview.oauth.ways import Ways
from tests.oauth.conftest import NOON

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.oauth.client import OAuthClient
    from bankview.oauth.loopback import Loopback
    from bankview.oauth.server import Server
    from tests.oauth.conftest import AuthServer, Say, Visitor

    Make = Callable[..., OAuthClient]

JSON = {"Content-Type": "application/json"}
CALLBACK = "http://127.0.0.1/callback"
KEY, OTHER = (ECKey.generate_key("P-256", {"kid": name}) for name in ("one", "two"))
NOW = int(NOON.timestamp())


def published(*keys: ECKey) -> dict[str, Any]:
    return {"keys": [{**key.as_dict(private=False), "use": "sig"} for key in keys]}


def sign(claims: dict[str, Any], key: Any = KEY, algorithm: str = "ES256") -> str:
    head = {"alg": algorithm, "kid": key.kid or "one"}
    return jwt.encode(head, claims, key, algorithms=[algorithm])


def unsigned(claims: dict[str, Any]) -> str:
    parts = ({"alg": "none"}, claims)
    coded = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts)
    return ".".join(text.rstrip("=") for text in coded) + "."


class Answers:
    """A client's request for a signed answer, and the answers that may come."""

    def __init__(self, client: OAuthClient, issuer: str) -> None:
        self.client, self.issuer = client, issuer
        self.request = client.authorization_request(CALLBACK)

    def claims(self, **changes: Any) -> dict[str, Any]:
        claims = {
            "iss": self.issuer,
            "aud": "bankview",
            "exp": NOW + 60,
            "code": "the-code",
            "state": self.request.state,
            **changes,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def address(self, response: str, **more: str) -> str:
        return f"{CALLBACK}?{urlencode({'response': response, **more})}"

    def read(self, response: str, **more: str) -> str:
        return read_answer(self.request, self.address(response, **more))


@pytest.fixture
def server(known: Server, bank: AuthServer, say: type[Say]) -> Server:
    bank.tell("/jwks", say(200, published(KEY), JSON))
    return replace(known, jwks_uri=f"{bank.url}/jwks")


@pytest.fixture
def answers(server: Server, oauth: Make) -> Answers:
    return Answers(oauth(server, ways=Ways(response_mode="query.jwt")), server.issuer)


def test_the_mode_is_asked_for_and_the_keys_are_there_before_the_browser_goes(
    answers: Answers, bank: AuthServer
) -> None:
    assert "response_mode=query.jwt" in answers.request.uri
    assert [seen.path for seen in bank.seen] == ["/jwks"]


def test_a_signed_answer_gives_the_code(answers: Answers) -> None:
    assert answers.read(sign(answers.claims())) == "the-code"


def test_the_audience_may_be_a_list_of_us_and_the_clocks_may_differ(answers: Answers) -> None:
    assert answers.read(sign(answers.claims(aud=["bankview"]))) == "the-code"
    assert answers.read(sign(answers.claims(exp=NOW - 30))) == "the-code"


def test_what_is_not_known_is_ignored(answers: Answers) -> None:
    claims = answers.claims(session=7, nested={"a": [1]}, iat="x", nbf=None)
    assert answers.read(sign(claims), session_state="x") == "the-code"


def test_an_answer_can_be_pasted(answers: Answers) -> None:
    with PasteBack(CALLBACK) as paste:
        paste.expect(answers.request)
        paste.accept(f"<{answers.address(sign(answers.claims()))}>\n")
        assert paste.wait(0) == "the-code"


FLAWS: dict[str, tuple[dict[str, Any], str]] = {
    "expired": ({"exp": NOW - 61}, "exp has passed"),
    "no end": ({"exp": None}, "exp is no instant"),
    "another audience": ({"aud": "evil"}, "aud is not us alone"),
    "a second audience": ({"aud": ["bankview", "evil"]}, "aud is not us alone"),
    "no audience": ({"aud": None}, "aud is not us alone"),
    "another issuer": ({"iss": "https://evil.example"}, "iss is another issuer"),
    "no issuer": ({"iss": None}, "iss is another issuer"),
    "no code": ({"code": None}, "no code"),
    "a code of another kind": ({"code": 7}, "no code"),
}


@pytest.mark.parametrize(("changes", "why"), FLAWS.values(), ids=FLAWS)
def test_a_flaw_in_the_claims_is_refused(
    answers: Answers, changes: dict[str, Any], why: str
) -> None:
    with pytest.raises(BadRedirectError, match=why):
        answers.read(sign(answers.claims(**changes)))


def test_an_answer_that_nobody_signed_is_refused(answers: Answers) -> None:
    with pytest.raises(BadRedirectError, match="algorithm is not allowed"):
        answers.read(unsigned(answers.claims()))


def test_a_secret_that_is_public_signs_nothing(answers: Answers) -> None:
    public = OctKey.import_key(json.dumps(KEY.as_dict(private=False)))
    with pytest.raises(BadRedirectError, match="algorithm is not allowed"):
        answers.read(sign(answers.claims(), public, "HS256"))


def test_an_algorithm_that_the_bank_is_not_known_for_signs_nothing(
    server: Server, oauth: Make
) -> None:
    ways = Ways(response_mode="query.jwt")
    answers = Answers(oauth(server, ways=ways, id_token_algorithms=("PS256",)), server.issuer)
    with pytest.raises(BadRedirectError, match="algorithm is not allowed"):
        answers.read(sign(answers.claims()))


def test_another_key_signs_nothing(answers: Answers) -> None:
    forger = ECKey.generate_key("P-256", {"kid": "one"})
    with pytest.raises(BadRedirectError, match="signature is wrong"):
        answers.read(sign(answers.claims(), forger))


def test_a_changed_answer_is_refused(answers: Answers) -> None:
    head, _, tail = sign(answers.claims()).split(".")
    changed = unsigned(answers.claims(code="another")).split(".")[1]
    with pytest.raises(BadRedirectError, match="signature is wrong"):
        answers.read(f"{head}.{changed}.{tail}")


def test_a_plain_answer_with_our_state_ends_the_sign_in(answers: Answers, server: Server) -> None:
    query = urlencode({"code": "x", "state": answers.request.state, "iss": server.issuer})
    with pytest.raises(BadRedirectError, match="not signed"):
        read_answer(answers.request, f"{CALLBACK}?{query}")
    fields = read_fields(answers.request, f"{CALLBACK}?{query}")
    assert isinstance(outcome(answers.request, fields), BadRedirectError)


def test_a_plain_refusal_is_not_believed_either(answers: Answers) -> None:
    query = urlencode({"error": "access_denied", "state": answers.request.state})
    with pytest.raises(BadRedirectError, match="not signed"):
        read_answer(answers.request, f"{CALLBACK}?{query}")


def test_plain_fields_beside_a_signed_answer_are_not_looked_at(answers: Answers) -> None:
    signed = sign(answers.claims())
    assert answers.read(signed, code="another", error="access_denied", state="x") == "the-code"


def test_an_issuer_beside_a_signed_answer_has_to_be_ours(answers: Answers, server: Server) -> None:
    signed = sign(answers.claims())
    assert answers.read(signed, iss=server.issuer) == "the-code"
    with pytest.raises(BadRedirectError, match="another issuer"):
        answers.read(signed, iss="https://evil.example")


@pytest.mark.parametrize("state", ["another", None, 7, ["x"]])
def test_a_signed_answer_with_another_state_is_nobodys(answers: Answers, state: Any) -> None:
    text = answers.address(sign(answers.claims(state=state)))
    with pytest.raises(BadRedirectError, match=r"no state|another sign-in"):
        read_fields(answers.request, text)


def test_an_answer_that_comes_twice_is_nobodys(answers: Answers) -> None:
    signed = sign(answers.claims())
    with pytest.raises(BadRedirectError, match="more than once"):
        read_answer(answers.request, f"{answers.address(signed)}&response={signed}")


def test_a_signed_refusal_is_the_banks_no(answers: Answers) -> None:
    claims = answers.claims(code=None, error="access_denied", error_description="No <b>")
    with pytest.raises(SignInDeniedError) as raised:
        answers.read(sign(claims))
    assert (raised.value.code, raised.value.description) == ("access_denied", "No <b>")


def test_a_signed_outage_is_one(answers: Answers) -> None:
    with pytest.raises(BankUnavailableError):
        answers.read(sign(answers.claims(code=None, error="server_error")))


def test_keys_that_rotate_meanwhile_are_fetched_again_once(
    answers: Answers, bank: AuthServer, say: type[Say]
) -> None:
    bank.tell("/jwks", say(200, published(OTHER), JSON))
    assert answers.read(sign(answers.claims(), OTHER)) == "the-code"
    stranger = ECKey.generate_key("P-256", {"kid": "three"})
    for _ in range(5):
        with pytest.raises(BadRedirectError, match="no key of the issuer fits"):
            answers.read(sign(answers.claims(), stranger))
    assert len(bank.at("/jwks")) == 2


def test_keys_that_cannot_be_had_are_said_before_anybody_signs_in(
    server: Server, bank: AuthServer, say: type[Say], oauth: Make
) -> None:
    ways = Ways(response_mode="query.jwt")
    bank.tell("/jwks", say(503))
    with pytest.raises(BankUnavailableError):
        oauth(server, ways=ways).authorization_request()
    with pytest.raises(MetadataError, match="jwks_uri is not known"):
        oauth(replace(server, jwks_uri=""), ways=ways).authorization_request()


@pytest.mark.parametrize(
    ("changes", "instead"),
    [
        ({"response_modes_supported": ("query",)}, "does not answer by query.jwt"),
        ({"authorization_signing_alg_values_supported": ("HS256",)}, "id_token_algorithms"),
        ({"issuer": ""}, "write issuer"),
    ],
)
def test_what_the_server_does_not_offer_is_said(
    server: Server, oauth: Make, changes: dict[str, Any], instead: str
) -> None:
    client = oauth(replace(server, **changes), ways=Ways(response_mode="query.jwt"))
    with pytest.raises(MetadataError, match=instead):
        client.authorization_request()


def test_a_sign_in_can_be_cancelled_while_the_keys_are_awaited(
    answers: Answers, bank: AuthServer, say: type[Say]
) -> None:
    gate = threading.Event()
    bank.tell("/jwks", say(200, published(OTHER), JSON, gate))
    with PasteBack(CALLBACK) as paste:
        paste.expect(answers.request)
        bank.arrived.clear()
        text = answers.address(sign(answers.claims(), OTHER))
        refused: list[BankviewError] = []

        def accept() -> None:
            try:
                paste.accept(text)
            except BankviewError as error:
                refused.append(error)

        thread = threading.Thread(target=accept)
        thread.start()
        assert bank.arrived.wait(10)
        paste.cancel()
        with pytest.raises(Interrupted):
            paste.wait(10)
        gate.set()
        thread.join(10)
        assert [type(error) for error in refused] == [BadRedirectError]


def test_the_browser_is_answered_as_ever(
    server: Server, oauth: Make, visitor: Visitor, listener: Loopback
) -> None:
    client = oauth(server, ways=Ways(response_mode="query.jwt"))
    answers = Answers(client, server.issuer)
    listener.expect(answers.request)
    wrong = sign(answers.claims(state="another"))
    assert visitor.fetch(listener, f"/callback?response={wrong}").status == 400
    assert visitor.fetch(listener, f"/callback?response={sign(answers.claims())}").status == 303
    assert listener.wait(0) == "the-code"


def test_a_flaw_behind_our_state_ends_the_wait_at_the_listener(
    server: Server, oauth: Make, visitor: Visitor, listener: Loopback
) -> None:
    answers = Answers(oauth(server, ways=Ways(response_mode="query.jwt")), server.issuer)
    listener.expect(answers.request)
    visitor.fetch(listener, f"/callback?response={unsigned(answers.claims())}")
    with pytest.raises(BadRedirectError, match="algorithm is not allowed"):
        listener.wait(0)


def _forged(_: str) -> dict[str, Any]:
    raise BadRedirectError("nothing is signed here")


ASKED = AuthorizationRequest(
    "https://bank.example/authorize", "the-state", "n", "v", CALLBACK, "https://bank.example",
    opened=_forged,
)  # fmt: skip


@given(
    st.one_of(
        st.text(max_size=60),
        st.dictionaries(
            st.sampled_from(["response", "state", "code", "error", "iss", "x"]),
            st.one_of(
                st.text(max_size=20),
                st.just("the-state"),
                st.just(unsigned({"state": "the-state", "code": "x"})),
            ),
        ).map(lambda fields: f"?{urlencode(fields)}"),
    )
)
def test_no_text_becomes_a_code_without_a_signature(text: str) -> None:
    with pytest.raises(BadRedirectError):
        read_answer(ASKED, text)
