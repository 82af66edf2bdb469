"""Puts the further ways to ask and to answer into the authorization server: endpoints, judges, and what metadata says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.sandbox import asking, request_object
from bankview.sandbox.answering import Answering
from bankview.sandbox.asking import Asking
from bankview.sandbox.openid import JWKS
from bankview.sandbox.rich import Rich
from bankview.sandbox.sparebank1 import ROOT

if TYPE_CHECKING:
    from bankview.sandbox.authorization import AuthorizationServer
    from bankview.sandbox.clients import Clients
    from bankview.sandbox.issuer_keys import IssuerKeys


def add(server: AuthorizationServer, clients: Clients, keys: IssuerKeys) -> None:
    """Let a server take pushed and signed requests, details and resources, and answer in every mode."""
    addresses, now = server.addresses, server.grants.now
    rich = Rich((f"{addresses.issuer}{ROOT}", f"{addresses.certificate}{ROOT}"))
    server.judge(rich)
    server.answering = Answering(keys, server.faults, addresses.issuer, now)
    server.asking = Asking(clients, server.validator, addresses.issuer, server.check, now)
    metadata = {
        "pushed_authorization_request_endpoint": f"{addresses.issuer}{asking.ENDPOINT}",
        "request_parameter_supported": True,
        "request_uri_parameter_supported": False,
        "request_object_signing_alg_values_supported": [*request_object.ALGORITHMS],
        "jwks_uri": f"{addresses.issuer}{JWKS}",
        **server.answering.metadata(),
        **rich.metadata(),
    }
    server.add({}, {asking.ENDPOINT: server.asking.push}, metadata)
