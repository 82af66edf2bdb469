"""What an authorization server says of itself, as a script's session needs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from bankview.errors import BadBankDataError, MetadataError
from bankview.oauth.server import LARGEST_METADATA, Server, check_url
from bankview.web import Sender, check, decode

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

ENDPOINTS = ("authorization_endpoint", "token_endpoint", "introspection_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class OpenIDConfiguration:
    """What an authorization server says of itself (OpenID Connect Discovery §3); an empty text is not known."""

    issuer: str = ""
    authorization_endpoint: str = ""
    token_endpoint: str = ""
    introspection_endpoint: str = ""
    jwks_uri: str = ""
    scopes_supported: tuple[str, ...] = ()
    grant_types_supported: tuple[str, ...] = ()

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """Return what a document says; the endpoints for clients with a certificate win (RFC 8705 §5).

        Raises:
            MetadataError: a member is of the wrong kind, or there is no token endpoint.
        """
        aliases = document.get("mtls_endpoint_aliases", {})
        known = {**document, **(aliases if isinstance(aliases, dict) else {})}
        texts: dict[str, Any] = {name: known.get(name, "") for name in ("issuer", *ENDPOINTS)}
        lists: dict[str, Any] = {
            name: known.get(name) or [] for name in ("scopes_supported", "grant_types_supported")
        }
        sound = all(isinstance(text, str) for text in texts.values())
        if not sound or not all(isinstance(items, (list, tuple)) for items in lists.values()):
            raise MetadataError("the sign-in server", "its metadata cannot be read")
        if not texts["token_endpoint"]:
            raise MetadataError("the sign-in server", "token_endpoint is not known")
        found = {name: tuple(map(str, items)) for name, items in lists.items()}
        return cls(**{**texts, **found})


def fetch(issuer: str, context: ssl.SSLContext) -> dict[str, Any]:
    """Return the metadata that lies behind an issuer's path, fetched with our certificate.

    Raises:
        MetadataError, BankUnavailableError, OfflineError: it cannot be had or read.
    """
    place = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    check_url(Server(issuer=issuer), "issuer", place)
    sender = Sender(context=context)
    try:
        reply = check(sender.send("GET", place, headers={"Accept": "application/json"}))
        document = decode(reply.body) if len(reply.body) <= LARGEST_METADATA else None
    except BadBankDataError:
        document = None
    finally:
        sender.session.close()
    if not isinstance(document, dict):
        raise MetadataError(urlsplit(issuer).hostname or issuer, "its metadata cannot be read")
    return document
