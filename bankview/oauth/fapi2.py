"""What the FAPI 2.0 Security Profile (Final, 2025) wants of a server, and we insist on where a profile says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.errors import MetadataError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bankview.oauth.server import Server

#: How a client may prove itself, and what may be signed with (§5.3.3, §5.4.1).
METHODS = ("private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth")
ALGORITHMS = ("PS256", "ES256", "EdDSA", "Ed25519")


def check(server: Server, *, authentication: str, dpop: bool) -> None:
    """Hold a server's metadata to the profile.

    Args:
        server: as discovered.
        authentication: how the client proves itself.
        dpop: whether tokens are bound by DPoP; else they are by the client's certificate.

    Raises:
        MetadataError: it offers less; the text says what is lacking.
    """
    for problem in _problems(server, authentication, dpop=dpop):
        raise MetadataError(server.host, f"it is no FAPI 2.0 server: {problem}")


def _problems(server: Server, authentication: str, *, dpop: bool) -> Iterator[str]:
    if not server.pushed_authorization_request_endpoint:
        yield "it names no pushed_authorization_request_endpoint"
    if not server.iss_supported:
        yield "its answers do not name their issuer"
    if "S256" not in (server.code_challenge_methods_supported or ()):
        yield "it does not list PKCE with S256"
    if "code" not in (server.response_types_supported or ()):
        yield "it does not list the response type code"
    if authentication not in (server.token_endpoint_auth_methods_supported or ()):
        yield f"it does not list the client authentication {authentication}"
    algorithms = server.dpop_signing_alg_values_supported or ()
    if dpop and not {*algorithms} & {*ALGORITHMS}:
        yield "it does not bind tokens by DPoP"
    if not dpop and not server.tls_client_certificate_bound_access_tokens:
        yield "it does not bind tokens to certificates"
