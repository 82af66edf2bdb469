"""Where the sandbox's server is found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the server is found: by TLS, by plain http for eyes, and by TLS with a client certificate."""

    issuer: str
    pages: str
    certificate: str

    @property
    def authorize(self) -> str:
        """Where a person's browser goes to sign in."""
        return f"{self.pages}/oauth/authorize"

    @property
    def token(self) -> str:
        """Where codes and refresh tokens are redeemed."""
        return f"{self.issuer}/oauth/token"

    @property
    def revocation(self) -> str:
        """Where tokens are ended."""
        return f"{self.issuer}/oauth/revoke"
