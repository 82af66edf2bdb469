"""What stands before an API: a token in force, used as it is bound (RFC 6750, RFC 9449 §7, RFC 8705 §3)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bankview.sandbox.messages import Port, text_answer
from bankview.sandbox.open_energy_tokens import thumbprint
from bankview.sandbox.proofs import ALGORITHMS, ProofError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.sandbox.addresses import Addresses
    from bankview.sandbox.clients import Clients
    from bankview.sandbox.faults import Faults
    from bankview.sandbox.grants import Grant, Grants
    from bankview.sandbox.messages import Answer, Request
    from bankview.sandbox.proofs import Proofs


class Guard:
    """Lets requests through to an API."""

    def __init__(
        self,
        grants: Grants,
        clients: Clients,
        proofs: Proofs,
        addresses: Addresses,
        faults: Faults,
    ) -> None:
        self._grants, self._clients, self._proofs = grants, clients, proofs
        self._addresses, self._faults = addresses, faults

    def answer(self, request: Request, respond: Callable[[Request, Grant, str], Answer]) -> Answer:
        """Answer with what `respond` says to a request, its grant and its token, or with a refusal."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        token = token.strip()
        if scheme.lower() == "dpop":
            return self._answer_proved(request, token, respond)
        grant = self._grants.of_access(token) if scheme.lower() == "bearer" else None
        if grant is None:
            return text_answer(401, "Unauthorized", {"WWW-Authenticate": "Bearer"})
        if "jkt" in grant.cnf:
            # A token that is bound to a key is worth nothing without it (RFC 9449 §7.2).
            return self._refused("invalid_token", "The token is bound to a key.")
        if not _shows_certificate(request, grant):
            challenge = 'Bearer error="invalid_token"'
            return text_answer(401, "Unauthorized", {"WWW-Authenticate": challenge})
        return respond(request, grant, token)

    def _answer_proved(
        self, request: Request, token: str, respond: Callable[[Request, Grant, str], Answer]
    ) -> Answer:
        grant = self._grants.of_access(token)
        if grant is None or "jkt" not in grant.cnf or not _shows_certificate(request, grant):
            return self._refused("invalid_token", "The token is not in force, or not bound so.")
        client = self._clients.get(grant.client_id)
        at_certificate = request.port is Port.CERTIFICATE
        root = self._addresses.certificate if at_certificate else self._addresses.issuer
        try:
            jkt = self._proofs.verify(
                request.headers.get("dpop", ""),
                request.method,
                f"{root}{request.path}",
                token,
                demand=client is not None and client.nonces,
            )
        except ProofError as error:
            return self._refused(error.code, error.description, error.nonce)
        if jkt != grant.cnf["jkt"]:
            return self._refused("invalid_token", "The proof is by another key.")
        answer = respond(request, grant, token)
        return replace(answer, headers={**answer.headers, "DPoP-Nonce": self._proofs.new_nonce()})

    def _refused(self, code: str, description: str, nonce: str = "") -> Answer:
        scheme = "dpop" if self._faults.take("scheme-lowercase") else "DPoP"
        challenge = (
            f'{scheme} error="{code}", error_description="{description}",'
            f' algs="{" ".join(ALGORITHMS)}"'
        )
        headers = {"WWW-Authenticate": challenge, **({"DPoP-Nonce": nonce} if nonce else {})}
        return text_answer(401, "Unauthorized", headers)


def _shows_certificate(request: Request, grant: Grant) -> bool:
    bound = grant.cnf.get("x5t#S256")
    return bound is None or (bool(request.peer) and bound == thumbprint(request.peer))
