"""STET's bank takes a call only where the signature is that of the third party over this very call."""

from __future__ import annotations

import time
from email.utils import formatdate
from typing import TYPE_CHECKING

import pytest

from tests.stet_party import ROOT, ThirdParty

if TYPE_CHECKING:
    from tests.sandbox_process import Sandbox

EMPTY = "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


@pytest.fixture(scope="module")
def signed_in(one_sandbox: Sandbox) -> ThirdParty:
    return ThirdParty(one_sandbox).sign_in()


@pytest.fixture
def party(sandbox: Sandbox, signed_in: ThirdParty) -> ThirdParty:
    """A third party with a token."""
    return ThirdParty(sandbox, token=signed_in.token)


@pytest.mark.parametrize("separator", [",", ", "])
def test_a_blank_after_a_comma_makes_no_difference(party: ThirdParty, separator: str) -> None:
    assert party.call("accounts", wrong={"separator": separator}).status_code == 200


def test_the_digest_of_nothing_is_sent_too(party: ThirdParty) -> None:
    assert party.signed("GET", f"{ROOT}/accounts")["Digest"] == EMPTY


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": "post"},
        {"target": f"{ROOT}/accounts?x=1"},
        {"target": "/accounts"},
        {"key_id": "PSDNO-FSA-54321"},
        {"algorithm": "hs2019"},
        {"items": "date (request-target) digest x-request-id"},
        {"items": "(request-target) date digest"},
        {"claimed": "date"},
        {"digest": "SHA-256=" + "A" * 43 + "="},
        {"date": formatdate(time.time() - 86_400, usegmt=True)},
        {"date": formatdate(time.time() + 86_400, usegmt=True)},
        {"separator": ";"},
    ],
)
def test_a_signature_over_another_thing_is_refused(
    party: ThirdParty, wrong: dict[str, str]
) -> None:
    reply = party.call("accounts", wrong=wrong)
    assert reply.status_code == 403
    assert reply.json().keys() == {"timestamp", "status", "error", "message", "path"}
    assert reply.json()["path"] == f"{ROOT}/accounts"


def test_the_query_is_signed(party: ThirdParty) -> None:
    current, *_ = party.consent()
    target = current["_links"]["transactions"]["href"]
    assert party.call(f"{target}?dateFrom=2026-01-01", wrong={"target": target}).status_code == 403
    assert party.call(f"{target}?dateFrom=2026-01-01").status_code == 200


def test_the_body_is_signed_through_its_digest(party: ThirdParty) -> None:
    sent = party.signed("PUT", f"{ROOT}/consents", b'{"balances": [], "transactions": []}')
    sent["Authorization"] = f"Bearer {party.token['access_token']}"
    sent["Content-Type"] = "application/json"
    other = b'{"balances": [], "transactions": [] }'
    assert party.send("PUT", f"{ROOT}/consents", sent, data=other).status_code == 403


def test_another_key_is_refused(party: ThirdParty) -> None:
    party.seal = "qwac"
    assert party.call("accounts").status_code == 403


@pytest.mark.parametrize("name", ["Date", "Digest", "X-Request-ID", "Signature"])
def test_each_header_is_needed(party: ThirdParty, name: str) -> None:
    sent = party.signed("GET", f"{ROOT}/accounts")
    sent["Authorization"] = f"Bearer {party.token['access_token']}"
    assert party.send("GET", f"{ROOT}/accounts", sent).status_code == 200
    del sent[name]
    reply = party.send("GET", f"{ROOT}/accounts", sent)
    assert reply.status_code == (403 if name == "Signature" else 400)


def test_a_date_in_another_form_is_refused(party: ThirdParty) -> None:
    assert party.call("accounts", wrong={"date": formatdate()}).status_code == 400


@pytest.mark.parametrize("tls", ["client", "qseal"])
def test_the_certificate_of_another_proves_nothing(party: ThirdParty, tls: str) -> None:
    party.tls = tls
    assert party.call("accounts").status_code == 403


def test_without_a_certificate_the_api_is_closed(party: ThirdParty) -> None:
    sent = party.signed("GET", f"{ROOT}/accounts")
    sent["Authorization"] = f"Bearer {party.token['access_token']}"
    assert party.sandbox.send("GET", f"{ROOT}/accounts", headers=sent).status_code == 403


def test_what_is_accepted_and_whose_address_it_is_are_read(party: ThirdParty) -> None:
    sent = party.signed("GET", f"{ROOT}/accounts")
    sent["Authorization"] = f"Bearer {party.token['access_token']}"
    pages = {**sent, "Accept": "text/html"}
    assert party.send("GET", f"{ROOT}/accounts", pages).status_code == 406
    party.address = "home"
    assert party.call("accounts").status_code == 400
