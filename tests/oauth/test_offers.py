"""What a profile wants and a server does not list is said before anybody signs in."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from joserfc.jwk import ECKey

from bankview.domain.secret import Secret
from bankview.errors import MetadataError
from bankview.oauth.server import discover
from bankview.sentences import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.oauth.client import OAuthClient
    from bankview.oauth.server import Server
    from bankview.web import Sender
    from tests.oauth.conftest import AuthServer

OWN = Secret(json.dumps(ECKey.generate_key("P-256", private=True).as_dict(private=True)))
METHODS = "token_endpoint_auth_methods_supported"
SIGNATURES = "token_endpoint_auth_signing_alg_values_supported"
PROOFS = "dpop_signing_alg_values_supported"
SIGNS = {"authentication": "private_key_jwt", "signing_key": OWN}


@pytest.mark.parametrize(
    ("listed", "settings", "sentence"),
    [
        (
            {METHODS: ("client_secret_basic", "private_key_jwt")},
            {"authentication": "client_secret_post"},
            "client_secret_post: write client_secret_basic or private_key_jwt",
        ),
        ({METHODS: ()}, {"authentication": "tls_client_auth"}, "write nothing at all"),
        ({SIGNATURES: ("PS256",)}, SIGNS, "signed with ES256: sign with PS256"),
        ({PROOFS: ("RS256",)}, {"dpop": True}, "ES256, only RS256: write dpop = false"),
    ],
)
def test_what_is_not_listed_is_refused_with_what_to_write(
    known: Server,
    oauth: Callable[..., OAuthClient],
    listed: dict[str, Any],
    settings: dict[str, Any],
    sentence: str,
) -> None:
    with pytest.raises(MetadataError) as caught:
        oauth(replace(known, **listed), **settings)
    assert sentence in str(say(caught.value))


@pytest.mark.parametrize(
    ("listed", "settings"),
    [
        ({}, SIGNS),
        ({METHODS: ("private_key_jwt",), SIGNATURES: ("ES256",)}, SIGNS),
        ({METHODS: ("client_secret_basic",)}, {"authentication": "none"}),
        ({PROOFS: ("ES256", "RS256")}, {"dpop": True}),
        ({PROOFS: ("RS256",), SIGNATURES: ("RS256",)}, {"authentication": "none"}),
    ],
)
def test_what_is_listed_or_not_spoken_of_is_tried(
    known: Server,
    oauth: Callable[..., OAuthClient],
    listed: dict[str, Any],
    settings: dict[str, Any],
) -> None:
    assert oauth(replace(known, **listed), **settings)


def test_the_lists_come_from_the_metadata(bank: AuthServer, known: Server, sender: Sender) -> None:
    odd: Any = ["ES256", 7, None, "<b>PS256</b>"]
    lists: dict[str, Any] = {METHODS: ["none"], PROOFS: odd, SIGNATURES: "ES256"}
    bank.tell_metadata(**lists)
    found = discover(known, sender.send)
    assert found.token_endpoint_auth_methods_supported == ("none",)
    assert found.dpop_signing_alg_values_supported == ("ES256", "bPS256/b")
    assert found.token_endpoint_auth_signing_alg_values_supported is None
