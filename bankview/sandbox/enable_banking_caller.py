"""Checks the token with which an application signs each call: RS256, named by its key, and short."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from bankview.sandbox.clients import CAUGHT, LOOPBACK, PASTED, Client
from bankview.sandbox.enable_banking_refusal import RefusedError
from bankview.sandbox.files import write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bankview.sandbox.messages import Request

#: The application that the sandbox knows, as its owner's control panel would show it, and the file of its key.
APPLICATION, NAME = "6e2f8a30-5f4b-4c0e-9a57-0d3c5b1e7a42", "enable-banking.pem"
#: Where its answers may go.
REGISTERED = Client(APPLICATION, "none", (*LOOPBACK, PASTED, CAUGHT))
#: Seconds that a token may last, and may lie ahead of this clock.
LONGEST, AHEAD = 86_400, 60


def prepare(folder: Path) -> None:
    """See to it that `folder` holds the application's private key, as the service's browser page saves it."""
    if (folder / NAME).exists():
        return
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    write(folder / NAME, pem)


class Caller:
    """Knows the application, and whether a call is its."""

    def __init__(self, folder: Path, now: Callable[[], float]) -> None:
        self._key = RSAKey.import_key((folder / NAME).read_bytes())
        self._now = now

    def application(self) -> dict[str, Any]:
        """Return what the application is."""
        said = {"name": "Bankview", "kid": APPLICATION, "environment": "SANDBOX", "active": True}
        return {**said, "redirect_urls": list(REGISTERED.redirect_uris), "countries": ["NO", "FI"]}

    def check(self, request: Request) -> None:
        """Refuse a call that the application did not sign.

        Raises:
            RefusedError: what is wrong with its token.
        """
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind != "Bearer" or not token:
            raise _refused("There is no token")
        try:
            said = jwt.decode(token, self._key, algorithms=["RS256"])
        except (JoseError, ValueError) as error:
            raise _refused("The token is not signed by this application") from error
        head, claims = said.header, said.claims
        if head.get("kid") != APPLICATION or head.get("typ") != "JWT":
            raise _refused("kid is the application's id, and typ is JWT")
        whom = claims.get("iss"), claims.get("aud")
        if whom != ("enablebanking.com", "api.enablebanking.com"):
            raise _refused("iss or aud is wrong")
        begun, ends = claims.get("iat"), claims.get("exp")
        if type(begun) is not int or type(ends) is not int or not 0 < ends - begun <= LONGEST:
            raise _refused("iat and exp are a day apart at most")
        if not begun - AHEAD <= self._now() < ends:
            raise _refused("The token has ended, or begins later")


def _refused(why: str) -> RefusedError:
    return RefusedError(401, "UNAUTHORIZED_ACCESS", why)
