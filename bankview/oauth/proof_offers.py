"""Whether a server takes what a profile wants to prove itself with, said before anybody signs in (RFC 8414 §2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.errors import MetadataError
from bankview.oauth import dpop
from bankview.words import tr

if TYPE_CHECKING:
    from bankview.oauth.assertion import Assertions
    from bankview.oauth.server import Server


def check_offers(
    server: Server, method: str, assertions: Assertions | None, *, bound: bool
) -> None:
    """Hold what we would do against what the metadata lists; what it does not list at all is tried.

    Args:
        server: as discovered.
        method: our client authentication.
        assertions: what makes our assertions, where `method` needs them.
        bound: whether our tokens are to be bound to a key of ours by DPoP.

    Raises:
        MetadataError: the server lists what it takes, and this is not in it.
        KeyFileError: the key or secret of `assertions` cannot be used.
    """
    methods = server.token_endpoint_auth_methods_supported
    # Many servers that take public clients leave `none` out (Keycloak is one).
    if methods is not None and method not in {"none", *methods}:
        raise MetadataError(
            server.host,
            tr(
                "it does not take client_authentication {method}: write {choice}",
                method=method,
                choice=_choice(methods),
            ),
        )
    if assertions:
        # Asked in any case: a key that cannot be used is better known before the browser opens.
        _check_signature(server, assertions.signer.algorithm_used())
    listed = server.dpop_signing_alg_values_supported
    if bound and listed is not None and dpop.ALGORITHM not in listed:
        raise MetadataError(
            server.host,
            tr(
                "it takes no DPoP proofs signed with {algorithm}, only {choice}: write dpop = false",
                algorithm=dpop.ALGORITHM,
                choice=_choice(listed),
            ),
        )


def _check_signature(server: Server, algorithm: str) -> None:
    listed = server.token_endpoint_auth_signing_alg_values_supported
    if listed is not None and algorithm not in listed:
        raise MetadataError(
            server.host,
            tr(
                "it takes no client assertion signed with {algorithm}: sign with {choice}",
                algorithm=algorithm,
                choice=_choice(listed),
            ),
        )


def _choice(listed: tuple[str, ...]) -> str:
    return tr(" or ").join(listed) or tr("nothing at all")
