"""The OAuth client: each grant, from the request to the token that is kept (RFC 6749)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bankview.errors import (
    CertificateChangedError,
    ClientRefusedError,
    MetadataError,
    SignInNeededError,
)
from bankview.log import REDACTION
from bankview.oauth import details, fapi2, request_offers
from bankview.oauth.authorization import new_draft
from bankview.oauth.compact import subject_of
from bankview.oauth.dpop import thumbprint
from bankview.oauth.endpoints import revocation
from bankview.oauth.enquiries import Enquiries
from bankview.oauth.pushing import is_pushed, read_pushed
from bankview.oauth.reply import read_token
from bankview.oauth.request_object import signed
from bankview.oauth.signing import Signer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bankview.domain.secret import Secret
    from bankview.oauth.authentication import Proof
    from bankview.oauth.authorization import AuthorizationRequest, Draft, Fields
    from bankview.oauth.token import Token
    from bankview.web import Reply


class OAuthClient(Enquiries):
    """Signs a person in at one server as one client, or the client itself; renews what it got and revokes it; see `Exchanges`."""

    def authorization_request(
        self, redirect_uri: str | None = None, claims: Mapping[str, Any] | None = None
    ) -> AuthorizationRequest:
        """Return a fresh request to sign in, answered at `redirect_uri` (None: the registered one).

        `claims` are what the ID token has to say, each with its value or values (OpenID Connect Core §5.5.1). It is signed and pushed as the client's ways say; a request that cannot be pushed is never sent plainly.

        Raises:
            MetadataError: the authorization endpoint is not one that a browser may be sent to, or the server does not
                offer what the profile asks for.
            SignInDeniedError: the bank does not take the pushed request.
            KeyFileError: our key cannot sign the request.
            ServerError, BankError: as `read_pushed` and `web.Sender` raise them.
        """
        server, client, ways = self.server, self.client, self.client.ways
        request_offers.check(
            server, ways, signs_with=client.signing_algorithm, believes=client.id_token_algorithms
        )
        if ways.insists:
            fapi2.check(server, authentication=client.authentication, dpop=client.dpop)
        draft = new_draft(
            server,
            client.client_id,
            redirect_uri or client.redirect_uri,
            scope=client.scope,
            pkce=client.pkce,
            parameters={
                **self._extra("authorization"),
                **ways.fields(),
                **self._binding(),
                **({"claims": json.dumps({"id_token": claims})} if claims else {}),
            },
        )
        request = draft.addressed(
            server,
            self._carried(draft),
            iss_required=ways.insists,
            posted=ways.answer_is_posted,
            opened=self._signed_answers() if ways.answer_is_signed else None,
        )
        request = replace(request, claims=claims or {})
        if not is_pushed(server, ways):
            return request
        return replace(request, pushed_anew=lambda: draft.address(server, self._carried(draft)))

    def _carried(self, draft: Draft) -> Fields:
        """Return what the browser carries of a request: its fields, or what stands for them."""
        server, client, fields = self.server, self.client, draft.fields
        pushed = is_pushed(server, client.ways)
        if pushed:
            fields = {**self._extra("par"), **fields}
        if client.ways.jar:
            signer = Signer(client.signing_key, client.signing_algorithm)
            fields = signed(signer, fields, server.issuer, self._now())
        if not pushed:
            return fields
        reply = self._post("", server.pushed_authorization_request_endpoint, fields)
        return read_pushed(reply, client.client_id)

    def redeem(self, request: AuthorizationRequest, code: str) -> Token:
        """Return the token for a code, asked for once: a code is used up even by a failed exchange.

        Where `openid` was asked for, an ID token that comes along has to hold, or the token is not taken; it has to come
        where it was asked for claims.

        Raises:
            ServerError, BankError: as `read_token`, `id_token.validate` and `web.Sender` raise them.
            MetadataError: the request was made for another server.
        """
        if request.issuer != self.server.issuer:
            raise MetadataError(self.server.host, "the code belongs to another issuer")
        REDACTION.hide(code)
        verifier = {"code_verifier": request.code_verifier} if request.code_verifier else {}

        def fetch(address: str, proof: Proof) -> None:
            self._session.redirect_uri = request.redirect_uri
            self._session.fetch_token(
                address,
                code=code,
                body=self._body("token", {**proof.fields, **verifier}),
                auth=proof.auth,
                include_client_id=False,
            )

        token = self._token(fetch, asked=self.client.scope)
        self._check_id_token(token, nonce=request.nonce, claims=request.claims)
        return token

    def client_credentials(self) -> Token:
        """Return a new token in the client's own name (RFC 6749 §4.4.2); each call asks for another one.

        Raises:
            ClientRefusedError: the server does not accept our certificate, client id or secret.
            ServerError, BankError: as `read_token` and `web.Sender` raise them.
        """
        scope = {"scope": self.client.scope} if self.client.scope else {}

        def fetch(address: str, proof: Proof) -> None:
            self._session.fetch_own_token(
                address,
                body=self._body("token", {**proof.fields, **scope}),
                auth=proof.auth,
                include_client_id=False,
            )

        return self._token(fetch, asked=self.client.scope)

    def device_token(self, device_code: Secret) -> Token:
        """Return the token for a device's code that the person has approved (RFC 8628 §3.4).

        Raises:
            OAuthError: not yet (`authorization_pending`), or not at all; RateLimitedError: asked too soon.
            ServerError, BankError: as `read_token`, `id_token.validate` and `web.Sender` raise them.
        """

        def fetch(address: str, proof: Proof) -> None:
            self._session.fetch_device_token(
                address,
                device_code=device_code.reveal(),
                body=self._body("token", proof.fields),
                auth=proof.auth,
                include_client_id=False,
            )

        token = self._token(fetch, asked=self.client.scope)
        self._check_id_token(token)
        return token

    def token_by(self, grant_type: str, fields: Mapping[str, str]) -> Token:
        """Return the token for a grant that the library does not know, asked for with its own fields.

        Raises:
            ServerError, BankError: as `read_token`, `id_token.validate` and `web.Sender` raise them.
        """
        key = self._key_for(None)

        def send() -> Reply:
            named = {"grant_type": grant_type, **self._resources(), **fields}
            return self._post("token", self.server.token_endpoint, named, key=key)

        token = self._read(send, key, asked=self.client.scope)
        self._check_id_token(token)
        return token

    def ask(self, request: str, endpoint: str, fields: Mapping[str, str]) -> Reply:
        """Return what an endpoint, by its name in the metadata, answers to fields that prove us.

        `request` names the further fields in the profile that go along; ours win over them.

        Raises:
            MetadataError: the server has no such endpoint, or an unsafe one.
            BankError: as `web.Sender` raises it.
        """
        address: str = getattr(self.server, endpoint)
        if not address:
            raise MetadataError(self.server.host, f"{endpoint} is not known")
        return self._post(request, address, fields)

    def refresh(self, token: Token) -> Token:
        """Return a renewed token. The refresh token stays the old one where the server sends no new one.

        No scope is sent, so that what was granted is granted again (RFC 6749 §6).

        Raises:
            SignInNeededError: the server does not renew it any more, or it cannot be renewed.
            CertificateChangedError: it does not, and our certificate is not the one of the sign-in.
            ClientRefusedError: it does not accept our client id or secret.
            ServerError, BankError: as `read_token` and `web.Sender` raise them.
        """
        if not token.refresh_token:
            raise SignInNeededError(self.server.host, "there is no refresh token")

        def fetch(address: str, proof: Proof) -> None:
            self._session.refresh_token(
                address,
                refresh_token=token.refresh_token.reveal(),
                body=self._body("token", proof.fields),
                auth=proof.auth,
            )

        fresh = self._renewed(fetch, token).continuing(token)
        before = token.extra.get("id_token")
        if before and "id_token" not in fresh.extra:
            return replace(fresh, extra={**fresh.extra, "id_token": before})
        self._check_id_token(fresh, subject=subject_of(before))
        return fresh

    def _renewed(self, fetch: Callable[[str, Proof], None], token: Token) -> Token:
        try:
            return self._token(fetch, old=token)
        except (ClientRefusedError, SignInNeededError) as error:
            # RFC 8705 §6.3 and §7.1: what was bound to the old certificate ends with it.
            if token.certificate and token.certificate != self._certificate:
                raise CertificateChangedError(self.server.host) from error
            raise

    def revoke(self, token: Token) -> dict[str, str]:
        """Return what the server said to the end of each secret; nothing where it has no endpoint for it.

        The keys are refresh_token and access_token, the values confirmed, unconfirmed (it did not answer) or refused.
        """
        endpoint = self.server.revocation_endpoint
        if not endpoint:
            return {}

        return revocation.revoke(token, lambda fields: self._post("revocation", endpoint, fields))

    def _token(
        self, fetch: Callable[[str, Proof], None], *, asked: str = "", old: Token | None = None
    ) -> Token:
        key = self._key_for(old)

        def ask(address: str, proof: Proof) -> None:
            self._session.repeated = self._resources()
            fetch(address, proof)

        def send() -> Reply:
            return self._exchange(self.server.token_endpoint, ask, key)

        return self._read(send, key, asked=asked, old=old)

    def _read(
        self, send: Callable[[], Reply], key: Secret, *, asked: str = "", old: Token | None = None
    ) -> Token:
        """Return the token of the reply to what `send` asks, bound to a key where there is one."""
        now, skew = self._now(), self._now.skew
        reply = send()
        token = read_token(
            reply,
            # What this very answer taught of the server's clock holds for when it was asked, too.
            now + timedelta(seconds=self._now.skew - skew),
            asked=asked,
            old=old,
            lifetime_cap=self.client.lifetime_cap,
            believes_expires_at=self.client.believes_expires_at,
            dpop_key=key,
        )
        asked_for = self.client.ways.authorization_details
        token = details.kept(token, asked_for, old, reply.host)
        return replace(token, certificate=self._certificate)

    def _binding(self) -> dict[str, str]:
        """Return what ties a code to our key before it is given (RFC 9449 §10)."""
        return {"dpop_jkt": thumbprint(self._key_for(None))} if self.client.dpop else {}

    def _resources(self) -> Mapping[str, Sequence[str]]:
        """Return the fields that name the APIs which a token is for (RFC 8707 §2.2)."""
        resource = self.client.ways.resource
        return {"resource": resource} if resource else {}
