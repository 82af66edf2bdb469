"""What is asked for beyond scopes: details of our own kind (RFC 9396), and APIs that the token is for (RFC 8707)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from oauthlib.oauth2.rfc6749.errors import OAuth2Error

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TYPE = "account_information"
ACTIONS = ("list_accounts", "read_balances", "read_transactions")
#: What a detail of our kind may hold.
_MEMBERS = frozenset({"type", "actions", "locations"})


class InvalidDetailsError(OAuth2Error):
    """A detail is of no kind that is known here, or not of its form (RFC 9396 §5)."""

    error = "invalid_authorization_details"


class InvalidTargetError(OAuth2Error):
    """A token is asked for that would be for another's API (RFC 8707 §2)."""

    error = "invalid_target"


class Rich:
    """Judges details and resources; `targets` are the addresses of our own API."""

    def __init__(self, targets: tuple[str, ...]) -> None:
        self._targets = targets

    def metadata(self) -> dict[str, Any]:
        """Return what the metadata says of details."""
        return {"authorization_details_types_supported": [TYPE]}

    def check(self, request: Any) -> dict[str, Any]:
        """Hold an authorization request to what may be asked for, as oauthlib asks.

        Raises:
            InvalidDetailsError, InvalidTargetError: it asks for something else.
        """
        try:
            self._details(asked_details(request))
            self._check_targets(asked_resources(request))
        except OAuth2Error as error:
            # The request leads back to the client.
            raise type(error)(error.description, request=request) from None
        return {}

    def check_token(self, request: Any) -> None:
        """Hold a token request's resources to our API, and to those of its grant.

        Raises:
            InvalidTargetError: it asks for another.
        """
        known = vars(request)
        granted = (known.get("redeemed") or known["grant"]).resources
        asked = [value for name, value in request.decoded_body or () if name == "resource"]
        self._check_targets(asked)
        if granted and not {*asked} <= {*granted}:
            raise InvalidTargetError("The person did not grant this resource.")

    def _check_targets(self, asked: Iterable[str]) -> None:
        if not {*asked} <= {*self._targets}:
            raise InvalidTargetError("There is no such API here.")

    def _details(self, text: str) -> None:
        for detail in _decoded(text):
            if not isinstance(detail, dict) or detail.get("type") != TYPE:
                raise InvalidDetailsError(f"Only details of type {TYPE} are known.")
            if not detail.keys() <= _MEMBERS:
                raise InvalidDetailsError("A detail holds what is not known.")
            if not {*_texts(detail, "actions")} <= {*ACTIONS}:
                raise InvalidDetailsError("There is no such action.")
            if not {*_texts(detail, "locations")} <= {*self._targets}:
                raise InvalidDetailsError("There is no such location.")


def granted(text: str) -> list[dict[str, Any]]:
    """Return the details that are granted for those asked for: with every action where none was named (§7.1)."""
    return [
        {**detail, "actions": detail.get("actions", list(ACTIONS))} for detail in _decoded(text)
    ]


def asked_details(request: Any) -> str:
    """Return the details of an authorization request, as the JSON that they came in; nothing where none came."""
    details: str | None = request._params.get("authorization_details")  # noqa: SLF001 - oauthlib has no other way
    return details or ""


def asked_resources(request: Any) -> tuple[str, ...]:
    """Return the resources of an authorization request, each that was named."""
    return tuple(value for name, value in request.uri_query_params if name == "resource")


def _decoded(text: str) -> list[Any]:
    try:
        details = json.loads(text or "[]")
    except ValueError:
        details = None
    if not isinstance(details, list):
        raise InvalidDetailsError("authorization_details is no JSON array.")
    return details


def _texts(detail: Mapping[str, Any], name: str) -> list[str]:
    value = detail.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InvalidDetailsError(f"{name} is no list of texts.")
    return value
