"""Assertions by which a client proves itself, signed by its secret or its own key (RFC 7523 §2.2 and §3)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from bankview.errors import KeyFileError
from bankview.log import REDACTION
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bankview.domain.secret import Secret

#: The two values of `client_authentication` that mean an assertion (OpenID Connect Core §9).
METHODS = frozenset({"client_secret_jwt", "private_key_jwt"})
#: What `client_assertion_type` says (RFC 7523 §2.2).
TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#: Seconds that an assertion is good for.
LIFE = 60
#: Bytes: a key for HS256 is at least as long as its hash (RFC 7518 §3.2).
SHORTEST_SECRET = 32


class Signs(Protocol):
    """What signs claims: `SecretSigner`, or `signing.Signer`."""

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Return claims as a signed JWT."""
        ...

    def algorithm_used(self) -> str:
        """Return how it signs."""
        ...


@dataclass(frozen=True, slots=True)
class SecretSigner:
    """Signs with HS256, by a client secret."""

    secret: Secret

    def algorithm_used(self) -> str:
        """Return the one algorithm.

        Raises:
            KeyFileError: the secret is too short to sign with.
        """
        length = len(self.secret.reveal().encode())
        if length < SHORTEST_SECRET:
            raise KeyFileError(
                "client_secret",
                tr(
                    "it has {length} characters, and client_secret_jwt needs {least} or more:"
                    " ask the bank for a longer one",
                    length=length,
                    least=SHORTEST_SECRET,
                ),
            )
        return "HS256"

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Return claims as a signed JWT.

        Raises:
            KeyFileError: the secret is too short to sign with.
        """
        # Loading what signs takes a tenth of a second, and few banks need it.
        from joserfc import jwt  # noqa: PLC0415
        from joserfc.jwk import OctKey  # noqa: PLC0415

        algorithm = self.algorithm_used()
        try:
            key = OctKey.import_key(self.secret.reveal().encode())
        except ValueError:
            # The library takes no public key for a secret (RFC 8725 §2.1).
            raise KeyFileError("client_secret", tr("it is a key, and no secret")) from None
        header = {"alg": algorithm, "typ": "JWT"}
        return str(jwt.encode(header, dict(claims), key, algorithms=[algorithm]))


@dataclass(frozen=True, slots=True)
class Assertions:
    """Makes a client's assertions. `audience` is the server's issuer; empty: each names the endpoint that it goes to.

    `now` is the server's time as far as it is known, in UTC.
    """

    client_id: str
    audience: str
    signer: Signs
    now: Callable[[], datetime]

    def new(self, endpoint: str) -> str:
        """Return an assertion that nobody has seen, to be sent to an endpoint once.

        Raises:
            KeyFileError: the key or secret cannot sign it.
        """
        made = int(self.now().timestamp())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            # One text and never a list: servers compare it as such (FAPI 2.0 §5.3.3.1).
            "aud": self.audience or endpoint,
            "jti": secrets.token_urlsafe(24),
            "iat": made,
            "exp": made + LIFE,
        }
        text = self.signer.sign(claims)
        REDACTION.hide(text)
        return text
