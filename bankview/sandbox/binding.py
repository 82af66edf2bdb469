"""What tokens are bound to at the token endpoint: a key by DPoP, or the client's certificate (RFC 9449 §5, RFC 8705 §3)."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from oauthlib.oauth2.rfc6749.errors import InvalidGrantError, InvalidRequestError, OAuth2Error

from bankview.sandbox.open_energy_tokens import thumbprint
from bankview.sandbox.proofs import ProofError

if TYPE_CHECKING:
    from bankview.sandbox.clients import Client, Clients
    from bankview.sandbox.grants import Code, Grant
    from bankview.sandbox.messages import Answer, Request
    from bankview.sandbox.proofs import Proofs

#: The names under which oauthlib is handed the peer's certificate, in base64, and the proof.
PEER, PROOF = "Peer-Certificate", "DPoP"


class ProofRefusedError(OAuth2Error):
    """A proof that is refused at the token endpoint (RFC 9449 §5, §8)."""

    def __init__(self, error: ProofError, request: Any) -> None:
        self.error, self._nonce = error.code, error.nonce
        super().__init__(error.description, request=request)

    @property
    def headers(self) -> dict[str, str]:
        """The nonce to use, where that is what is missing."""
        return {"DPoP-Nonce": self._nonce} if self._nonce else {}


def given(request: Request) -> dict[str, str]:
    """Return what oauthlib is shown of a request beside its Authorization header."""
    shown = {PEER: base64.b64encode(request.peer).decode(), PROOF: request.headers.get("dpop", "")}
    return {name: value for name, value in shown.items() if value}


def peer_of(request: Any) -> bytes:
    """Return the certificate that TLS verified, from oauthlib's request."""
    return base64.b64decode(request.headers.get(PEER, ""))


class Binding:
    """Binds what one server's token endpoint hands out, and holds renewals to it."""

    def __init__(self, proofs: Proofs, clients: Clients) -> None:
        self._proofs, self._clients = proofs, clients

    def hook(self, grant: Any) -> None:
        """Take part in one of oauthlib's grants."""
        grant.custom_validators.pre_token.append(self._check_proof)
        grant.custom_validators.post_token.append(self._bind)
        grant.register_token_modifier(_name_type)

    def with_nonce(self, request: Request, answer: Answer) -> Answer:
        """Return an answer with a nonce for the next proof, where this request had one."""
        if "dpop" not in request.headers or "DPoP-Nonce" in answer.headers:
            return answer
        return replace(answer, headers={**answer.headers, "DPoP-Nonce": self._proofs.new_nonce()})

    def _check_proof(self, request: Any) -> None:
        """Verify the proof before anything is used up, so that a client may come again with a nonce."""
        client = self._clients.get(request.client_id)
        proof = request.headers.get(PROOF)
        if proof is None:
            if client and client.dpop:
                raise ProofRefusedError(ProofError("This client proves its key."), request)
            return
        place = request.uri.partition("?")[0]
        try:
            demand = client is not None and client.nonces
            request.jkt = self._proofs.verify(proof, "POST", place, demand=demand)
        except ProofError as error:
            raise ProofRefusedError(error, request) from error

    def _bind(self, request: Any) -> None:
        """Say what the new token is bound to, and hold it to what the code and the former token were."""
        known, client = vars(request), request.client
        request.cnf = confirmation(request, client)
        code: Code | None = known.get("redeemed")
        if code and code.jkt and code.jkt != request.cnf.get("jkt"):
            raise InvalidGrantError("The code is bound to another key.", request=request)
        former: Grant | None = known.get("grant")
        # What a confidential client renews is bound to the client itself (RFC 9449 §5, RFC 8705 §7.1).
        if former and former.cnf and client.is_public and former.cnf != request.cnf:
            raise InvalidGrantError("The refresh token is bound to another key.", request=request)


def confirmation(request: Any, client: Client) -> dict[str, str]:
    """Return `cnf` as introspection shows it (RFC 7800, RFC 9449 §6.2, RFC 8705 §3.2)."""
    jkt, peer = vars(request).get("jkt", ""), peer_of(request)
    if client.bound and not peer:
        raise InvalidRequestError("This client shows its certificate.", request=request)
    made = {"jkt": jkt, "x5t#S256": thumbprint(peer) if client.bound else ""}
    return {name: value for name, value in made.items() if value}


def _name_type(token: dict[str, Any], _handler: object, request: Any) -> dict[str, Any]:
    """Name the type by which the token is to be used (RFC 9449 §5)."""
    if "jkt" in vars(request).get("cnf", {}):
        token["token_type"] = "DPoP"  # noqa: S105 - it is no password
    return token
