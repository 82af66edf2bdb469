"""Puts the other grants into the authorization server: their endpoints, their handlers, and what metadata says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bankview.sandbox import assertion_grant, backchannel, device, exchanging, other_grants
from bankview.sandbox.hints import Hints
from bankview.sandbox.other_grants import PolledGrant
from bankview.sandbox.polled import Polled
from bankview.sandbox.sparebank1 import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from bankview.sandbox.authorization import AuthorizationServer
    from bankview.sandbox.clients import Clients
    from bankview.sandbox.issuer_keys import IssuerKeys
    from bankview.sandbox.openid import OpenId


class MoreGrants:
    """`endpoints` answer below the issuer by path, `devices` are the codes that wait for a person."""

    def __init__(
        self,
        server: AuthorizationServer,
        clients: Clients,
        customers: Collection[str],
        openid: OpenId,
        keys: IssuerKeys,
    ) -> None:
        addresses, grants, faults = server.addresses, server.grants, server.faults
        self.devices = Polled(grants.now, faults)
        asked = Polled(grants.now, faults)
        validator = server.validator
        hints = Hints(addresses.issuer, keys, grants.now, backchannel.ANSWERS)
        targets = (addresses.issuer, f"{addresses.issuer}{ROOT}")
        audiences = (addresses.issuer, addresses.token)
        self.handlers: dict[str, Any] = {
            device.GRANT: PolledGrant(
                validator, grants, self.devices, "device_code", openid.sign_in
            ),
            backchannel.GRANT: PolledGrant(validator, grants, asked, "auth_req_id", openid.sign_in),
            exchanging.GRANT: exchanging.Exchange(validator, grants, targets, faults),
            assertion_grant.GRANT: assertion_grant.AssertionGrant(
                validator, grants, clients, audiences, customers
            ),
            other_grants.PASSBOOK: other_grants.Passbook(validator, grants),
            "client_credentials": other_grants.Credentials(validator, grants),
        }
        self.endpoints: dict[str, Callable[..., Any]] = {
            device.ENDPOINT: device.DeviceEndpoint(
                validator, self.devices, addresses, faults
            ).respond,
            backchannel.ENDPOINT: backchannel.Backchannel(validator, asked, faults, hints).respond,
        }
        server.add(self.handlers, self.endpoints, self._metadata(addresses.issuer))

    def _metadata(self, issuer: str) -> dict[str, Any]:
        return {
            "device_authorization_endpoint": f"{issuer}{device.ENDPOINT}",
            "backchannel_authentication_endpoint": f"{issuer}{backchannel.ENDPOINT}",
            "backchannel_token_delivery_modes_supported": ["poll"],
            "backchannel_user_code_parameter_supported": False,
        }
