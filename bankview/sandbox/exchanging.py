"""Token exchange's server side: the bank's own tokens alone, for its own API alone (RFC 8693)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oauthlib.oauth2.rfc6749.errors import CustomOAuth2Error, InvalidRequestError

from bankview.sandbox.grants import digest
from bankview.sandbox.other_grants import OtherGrant, scopes_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oauthlib.oauth2 import RequestValidator

    from bankview.sandbox.faults import Faults
    from bankview.sandbox.grants import Grant, Grants

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
_TYPE = "urn:ietf:params:oauth:token-type:"
ACCESS, REFRESH = f"{_TYPE}access_token", f"{_TYPE}refresh_token"


class Exchange(OtherGrant):
    """Gives a client a token for what another client was granted."""

    def __init__(
        self, validator: RequestValidator, grants: Grants, targets: tuple[str, ...], faults: Faults
    ) -> None:
        super().__init__(validator, grants)
        self._targets, self._faults = targets, faults

    def redeem(self, client_id: str, fields: Mapping[str, str]) -> Grant:
        """Return the grant of the subject's token, as this client's own."""
        if fields.get("requested_token_type", ACCESS) != ACCESS:
            raise InvalidRequestError("Ask for an access token.")
        for name in ("audience", "resource"):
            if name in fields and fields[name] not in self._targets:
                raise CustomOAuth2Error("invalid_target", status_code=400)
        subject = self._of(fields, "subject")
        if "actor_token" in fields or "actor_token_type" in fields:
            self._of(fields, "actor")
        scopes = scopes_of(fields, subject.scopes)
        return self._grants.standing(client_id, subject.customer, scopes, subject.institution)

    def members(self) -> Mapping[str, str]:
        """Return the type of what was issued (§2.2.1)."""
        said = {} if self._faults.take("no-issued-type") else {"issued_token_type": ACCESS}
        return {**said, "token_type": "N_A"} if self._faults.take("n-a-token") else said

    def _of(self, fields: Mapping[str, str], whose: str) -> Grant:
        token, kind = fields.get(f"{whose}_token"), fields.get(f"{whose}_token_type")
        if not token or not kind:
            raise InvalidRequestError(f"Send {whose}_token and {whose}_token_type.")
        grant = {ACCESS: self._grants.of_access, REFRESH: self._renewable}.get(
            kind, lambda _: None
        )(token)
        if grant is None:
            # §2.2.2 has this code for a token that is not accepted.
            raise InvalidRequestError(f"The {whose}'s token is not one of ours, or has ended.")
        return grant

    def _renewable(self, token: str) -> Grant | None:
        grant = self._grants.of_refresh(token)
        sound = grant is not None and digest(token) == grant.refresh
        return grant if grant and sound and grant.refresh_ends > self._grants.now() else None
