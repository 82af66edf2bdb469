"""Which answers of the authorization server count, from the listener and from people who paste."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bankview.errors import (
    BadRedirectError,
    BankUnavailableError,
    BankviewError,
    OAuthError,
    SignInDeniedError,
)
from bankview.log import REDACTION
from bankview.oauth.answer import read_answer
from bankview.oauth.authorization import AuthorizationRequest, new_request
from bankview.oauth.server import Server

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVER = Server(
    issuer="https://bank.example",
    authorization_endpoint="https://login.bank.example/authorize",
    token_endpoint="https://api.bank.example/token",
)
CALLBACK = "http://127.0.0.1:8123/callback"


def request(server: Server = SERVER, **settings: object) -> AuthorizationRequest:
    return new_request(server, "bankview", CALLBACK, **settings)


def address(asked: AuthorizationRequest, **fields: str) -> str:
    return f"{CALLBACK}?{urlencode({'code': 'the-code', 'state': asked.state, **fields})}"


def test_an_answer_with_our_state_gives_the_code() -> None:
    asked = request()
    assert read_answer(asked, address(asked)) == "the-code"


def test_a_query_alone_will_do() -> None:
    asked = request()
    assert read_answer(asked, f"?code=the-code&state={asked.state}") == "the-code"
    assert read_answer(asked, f"code=the-code&state={asked.state}") == "the-code"


@pytest.mark.parametrize("state", ["", "x", "{}x", "X{}"])
def test_another_state_is_another_sign_in(state: str) -> None:
    asked = request()
    with pytest.raises(BadRedirectError):
        read_answer(asked, address(asked, state=state.format(asked.state)))


def test_a_state_that_is_not_ascii_is_refused() -> None:
    asked = request()
    with pytest.raises(BadRedirectError):
        read_answer(asked, address(asked, state="stäte"))


def test_an_answer_without_state_is_refused() -> None:
    with pytest.raises(BadRedirectError, match="no state"):
        read_answer(request(), f"{CALLBACK}?code=the-code")


def test_a_refusal_without_our_state_is_nobodys_answer() -> None:
    with pytest.raises(BadRedirectError):
        read_answer(request(), f"{CALLBACK}?error=access_denied")
    with pytest.raises(BadRedirectError):
        read_answer(request(), f"{CALLBACK}?error=access_denied&state=other")


def test_another_requests_state_does_not_fit() -> None:
    with pytest.raises(BadRedirectError, match="another sign-in"):
        read_answer(request(), address(request()))


@pytest.mark.parametrize("name", ["code", "state", "iss", "error", "x"])
def test_a_repeated_field_is_refused(name: str) -> None:
    asked = request()
    fields = {"iss": SERVER.issuer, "x": "1", name: "again"}
    twice = f"{address(asked, **fields)}&{name}=again"
    with pytest.raises(BadRedirectError):
        read_answer(asked, twice)


def test_fields_that_are_not_known_are_ignored() -> None:
    asked = request()
    noise = {"session_state": "a.b", "x": "", "next": "https://evil.example"}
    assert read_answer(asked, address(asked, **noise)) == "the-code"


def test_the_right_issuer_is_accepted() -> None:
    asked = request()
    assert read_answer(asked, address(asked, iss="https://bank.example")) == "the-code"


@pytest.mark.parametrize(
    "issuer",
    ["https://evil.example", "https://bank.example/", "https://BANK.example", "", "bank.example"],
)
def test_another_issuer_is_refused_to_the_letter(issuer: str) -> None:
    asked = request()
    with pytest.raises(BadRedirectError, match="another issuer"):
        read_answer(asked, address(asked, iss=issuer))


def test_a_missing_issuer_counts_where_the_server_promised_it() -> None:
    asked = request(replace(SERVER, iss_supported=True))
    with pytest.raises(BadRedirectError, match="does not name its issuer"):
        read_answer(asked, address(asked))


def test_the_issuer_is_checked_before_a_refusal() -> None:
    asked = request()
    with pytest.raises(BadRedirectError, match="issuer"):
        read_answer(asked, address(asked, iss="https://evil.example", error="access_denied"))


def test_without_a_known_issuer_an_answer_may_name_only_the_servers_own_host() -> None:
    asked = request(replace(SERVER, issuer=""))
    own = address(asked, iss="https://api.bank.example/tenant")
    assert read_answer(asked, own) == "the-code"
    for other in ("https://evil.example", "https://[", ""):
        with pytest.raises(BadRedirectError, match="issuer"):
            read_answer(asked, address(asked, iss=other))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("access_denied", SignInDeniedError),
        ("consent_required", SignInDeniedError),
        ("unauthorized_client", SignInDeniedError),
        ("server_error", BankUnavailableError),
        ("temporarily_unavailable", BankUnavailableError),
        ("invalid_scope", OAuthError),
        ("of_another_standard", OAuthError),
        ("", OAuthError),
    ],
)
def test_each_refusal_has_its_error(code: str, kind: type[BankviewError]) -> None:
    asked = request()
    with pytest.raises(kind):
        read_answer(asked, address(asked, error=code))


def test_a_servers_words_are_cut_and_cleaned() -> None:
    asked = request()
    with pytest.raises(OAuthError) as caught:
        read_answer(
            asked,
            address(asked, error="<b>\x1b[0m" + "e" * 90, error_description="a\r\n\x07" * 200),
        )
    assert re.fullmatch(r"[a-z0-9]{1,80}", caught.value.code)
    assert len(caught.value.description) == 200
    assert caught.value.description.isprintable()


def test_an_answer_without_code_is_refused() -> None:
    asked = request()
    with pytest.raises(BadRedirectError, match="no code"):
        read_answer(asked, address(asked, code=""))


def test_a_code_that_was_read_is_hidden_from_logs() -> None:
    asked = request()
    read_answer(asked, address(asked, code="canary-code-1"))
    assert "canary" not in REDACTION.clean("canary-code-1")


@pytest.mark.parametrize(
    "change",
    [
        "  {} \n",
        "\t{}\r\n",
        "{}#_=_",
        "{}#",
        "<{}>",
        '"{}"',
        "'{}'",
        "{}&",
    ],
)
def test_what_clings_to_a_pasted_address_is_taken_off(change: str) -> None:
    asked = request()
    assert read_answer(asked, change.format(address(asked))) == "the-code"


def test_an_address_that_a_terminal_wrapped_is_joined() -> None:
    asked = request()
    text = address(asked)
    assert read_answer(asked, f"{text[:40]}\n {text[40:]}") == "the-code"


@pytest.mark.parametrize(
    ("registered", "pasted"),
    [
        (CALLBACK, "127.0.0.1:8123/callback"),
        (CALLBACK, "HTTP://127.0.0.1:8123/callback"),
        ("https://App.example/cb", "app.example/cb"),
        ("https://app.example/cb", "https://APP.example/cb"),
        ("http://127.0.0.1:8123", "http://127.0.0.1:8123/"),
    ],
)
def test_an_address_as_browsers_show_it_is_accepted(registered: str, pasted: str) -> None:
    asked = new_request(SERVER, "bankview", registered)
    assert read_answer(asked, f"{pasted}?code=the-code&state={asked.state}") == "the-code"


@pytest.mark.parametrize("text", ["", " ", "the-code", "code=the-code", "?code=the-code", "?", "="])
def test_a_code_without_state_is_refused(text: str) -> None:
    with pytest.raises(BadRedirectError):
        read_answer(request(), text)


@pytest.mark.parametrize(
    "other",
    [
        "http://127.0.0.1:8124/callback",
        "http://127.0.0.1:8123/callback/other",
        "http://127.0.0.1:8123/callback/",
        "127.0.0.1:8124/callback",
        "://127.0.0.1:8123/callback",
        "http://127.0.0.1:8123/Callback",
        "https://127.0.0.1:8123/callback",
        "http://localhost:8123/callback",
        "https://evil.example/callback",
    ],
)
def test_another_address_is_refused(other: str) -> None:
    asked = request()
    with pytest.raises(BadRedirectError, match="another address"):
        read_answer(asked, address(asked).replace(CALLBACK, other))


def test_the_link_to_the_bank_is_not_the_answer() -> None:
    asked = request()
    with pytest.raises(BadRedirectError, match="another address"):
        read_answer(asked, asked.uri)


def test_a_query_of_the_redirect_address_itself_is_no_hindrance() -> None:
    asked = new_request(SERVER, "bankview", f"{CALLBACK}?bank=north")
    answer = f"{CALLBACK}?bank=north&code=the-code&state={asked.state}"
    assert read_answer(asked, answer) == "the-code"


def test_an_endless_answer_is_refused() -> None:
    asked = request()
    with pytest.raises(BadRedirectError):
        read_answer(asked, address(asked, x="y" * 9000))
    with pytest.raises(BadRedirectError):
        read_answer(asked, address(asked) + "&a=b" * 100)


def test_bytes_that_are_no_text_are_refused() -> None:
    asked = request()
    with pytest.raises(BadRedirectError):
        read_answer(asked, f"{address(asked)}&x=%ff%fe")


ASKED = request()


@given(st.text())
def test_no_text_is_an_answer_by_chance(text: str) -> None:
    with pytest.raises(BadRedirectError):
        read_answer(ASKED, text)


@given(
    st.dictionaries(st.sampled_from(["code", "error", "iss", "x", "error_description"]), st.text())
)
def test_whatever_stands_behind_our_state_gives_a_code_or_an_error_of_ours(
    fields: Mapping[str, str],
) -> None:
    query = urlencode({**fields, "state": ASKED.state}, errors="surrogatepass")
    try:
        code = read_answer(ASKED, f"{CALLBACK}?{query}")
    except BankviewError:
        return
    assert [code] == parse_qs(query)["code"]


#: A service that sends back what it was given as its reference, and no code.
OTHER_WORDS = {"ref": "state", "details": "error_description"}


def test_an_answer_in_other_words_is_read_and_its_state_stands_for_a_code() -> None:
    asked = replace(request(), says=OTHER_WORDS, issuer="")
    assert read_answer(asked, f"{CALLBACK}?ref={asked.state}") == asked.state


def test_an_error_in_other_words_is_told() -> None:
    asked = replace(request(), says=OTHER_WORDS, issuer="")
    said = urlencode({"ref": asked.state, "error": "UserCancelledSession", "details": "No."})
    with pytest.raises(SignInDeniedError) as raised:
        read_answer(asked, f"{CALLBACK}?{said}")
    assert raised.value.description == "No."


@pytest.mark.parametrize(
    "query", ["ref=x", "ref={}&ref={}", "ref={}&state={}", "state=x&ref={}", ""]
)
def test_other_words_are_as_strict(query: str) -> None:
    asked = replace(request(), says=OTHER_WORDS, issuer="")
    with pytest.raises(BadRedirectError):
        read_answer(asked, f"{CALLBACK}?{query.replace('{}', asked.state)}")
