"""How a client proves itself: one method a request, encoded as the standard says."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

import pytest

from bankview.domain.secret import Secret
from bankview.errors import UsageError
from bankview.log import REDACTION
from bankview.oauth.authentication import prove

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.oauth.conftest import AuthServer, Seen

AWKWARD = "s:%&= \xfc+/"


def exchange(bank: AuthServer, make: Callable[..., Any], what: str, **settings: Any) -> Seen:
    """Return the request that one of the three exchanges sends."""
    bank.tell_token()
    client = make(**settings)
    if what == "code":
        client.redeem(client.authorization_request(), "the-code")
        return bank.seen[-1]
    token = client.redeem(client.authorization_request(), "the-code")
    client.refresh(token) if what == "renewal" else client.revoke(token)
    return bank.seen[-1]


EXCHANGES = pytest.mark.parametrize("what", ["code", "renewal", "revocation"])


@EXCHANGES
def test_a_public_client_sends_its_id_and_no_header(
    bank: AuthServer, oauth: Callable[..., Any], what: str
) -> None:
    seen = exchange(bank, oauth, what)
    assert seen.fields["client_id"] == "bankview"
    assert "client_secret" not in seen.fields
    assert "Authorization" not in seen.headers


@EXCHANGES
def test_client_secret_post_sends_id_and_secret_in_the_body_alone(
    bank: AuthServer, oauth: Callable[..., Any], what: str
) -> None:
    seen = exchange(bank, oauth, what, authentication="client_secret_post", secret=Secret(AWKWARD))
    assert (seen.fields["client_id"], seen.fields["client_secret"]) == ("bankview", AWKWARD)
    assert "Authorization" not in seen.headers


@EXCHANGES
def test_client_secret_basic_sends_the_header_alone(
    bank: AuthServer, oauth: Callable[..., Any], what: str
) -> None:
    seen = exchange(
        bank,
        oauth,
        what,
        client_id="c:i d",
        authentication="client_secret_basic",
        secret=Secret(AWKWARD),
    )
    assert not seen.fields.keys() & {"client_id", "client_secret"}
    scheme, _, text = seen.headers["Authorization"].partition(" ")
    client_id, _, secret = base64.b64decode(text).decode("ascii").partition(":")
    assert (scheme, client_id, secret) == ("Basic", "c%3Ai+d", "s%3A%25%26%3D+%C3%BC%2B%2F")
    assert unquote_plus(secret) == AWKWARD


@EXCHANGES
def test_what_finishes_a_request_sees_it_whole_and_has_the_last_word(
    bank: AuthServer, oauth: Callable[..., Any], what: str
) -> None:
    def finish(request: Any) -> None:
        request.headers["X-Seen"] = f"{request.headers['Authorization'][:5]} {len(request.body)}"

    seen = exchange(
        bank,
        lambda **settings: oauth(finish=finish, **settings),
        what,
        authentication="client_secret_basic",
        secret=Secret(AWKWARD),
    )
    assert seen.headers["X-Seen"] == f"Basic {len(seen.body)}"


def test_a_method_that_is_not_known_is_refused() -> None:
    with pytest.raises(UsageError, match="client_secret_basic"):
        prove("client_secret_magic", "bankview", Secret())


def test_neither_the_secret_nor_a_form_of_it_is_shown_or_logged() -> None:
    proof = prove("client_secret_basic", "bankview", Secret("canary%secret"))
    header = base64.b64encode(b"bankview:canary%25secret").decode()
    shown = repr(proof) + REDACTION.clean(f"x canary%secret y canary%25secret z {header}")
    assert "canary" not in shown
    assert header not in shown
    assert "canary" not in repr(prove("client_secret_post", "bankview", Secret("canary%secret")))
