"""How an answer goes back to the app: in the address, as a form, or signed in either (RFC 6749, Form Post, JARM)."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from oauthlib.oauth2.rfc6749.errors import InvalidRequestError

from bankview.sandbox.issuer_keys import ALGORITHM

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from bankview.sandbox.faults import Faults
    from bankview.sandbox.issuer_keys import IssuerKeys

MODES = ("query", "form_post", "query.jwt", "form_post.jwt")
POSTED = frozenset({"form_post", "form_post.jwt"})
#: Seconds that a signed answer is good for.
LIFE = 120

Fields = list[tuple[str, str]]


class Answering:
    """Wraps an answer as the request wanted it."""

    def __init__(
        self, keys: IssuerKeys, faults: Faults, issuer: str, now: Callable[[], float]
    ) -> None:
        self._keys, self._faults, self._issuer, self._now = keys, faults, issuer, now

    def metadata(self) -> dict[str, Any]:
        """Return what the metadata says of answers."""
        return {
            "response_modes_supported": list(MODES),
            "authorization_signing_alg_values_supported": [ALGORITHM],
        }

    def wrapped(self, fields: Fields, mode: str, client_id: str) -> Fields:
        """Return the fields of an answer, within a JWT where the mode says so."""
        if not mode.endswith(".jwt") or self._faults.take("jarm-unsigned"):
            return fields
        # What comes twice cannot be said in one JWT: it takes two.
        first = dict(reversed(fields))
        return [
            ("response", self._signed(claims, client_id))
            for claims in ([first, dict(fields)] if len(first) < len(fields) else [first])
        ]

    def _signed(self, fields: dict[str, str], client_id: str) -> str:
        now = int(self._now())
        claims: dict[str, Any] = {**fields, "aud": client_id, "exp": now + LIFE, "iat": now}
        if self._faults.take("jarm-expired"):
            claims["exp"] = now - LIFE
        if self._faults.take("jarm-wrong-aud"):
            claims["aud"] = "somebody-else"
        if self._faults.take("jarm-wrong-iss"):
            claims["iss"] = "https://other.example"
        if self._faults.take("jarm-alg-none"):
            return f"{_coded({'alg': 'none'})}.{_coded(claims)}."
        return self._keys.sign(claims)


def read(location: str) -> tuple[str, Fields]:
    """Return the address of an answer and its fields."""
    address, _, query = location.partition("?")
    return address, parse_qsl(query, keep_blank_values=True)


def check_mode(request: Any) -> dict[str, Any]:
    """Take the modes that are known, as oauthlib asks of a request.

    Raises:
        InvalidRequestError: another one is wanted.
    """
    mode = mode_of(request)
    if mode and mode not in MODES:
        raise InvalidRequestError("This response_mode is not known.", request=request)
    return {}


def mode_of(request: Any) -> str:
    """Return the mode that a request asks for; nothing where it leaves it to us."""
    mode: str | None = request._params.get("response_mode")  # noqa: SLF001 - oauthlib has no other way to the rest
    return mode or ""


def _coded(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
