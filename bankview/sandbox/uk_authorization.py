"""UK Open Banking's authorization server: requests signed for a consent, tokens bound to a certificate (FAPI 1.0, RFC 8705)."""

# oauthlib asks with more than each answer needs.
# ruff: noqa: ARG002

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from joserfc import jws
from joserfc.errors import JoseError
from oauthlib.oauth2.rfc6749.errors import InvalidRequestError

from bankview.sandbox.authorization import AuthorizationServer
from bankview.sandbox.binding import confirmation
from bankview.sandbox.clients import LOOPBACK, SUBJECT, Client
from bankview.sandbox.issuer_keys import ALGORITHM
from bankview.sandbox.messages import Answer, json_answer
from bankview.sandbox.openid import JWKS, OpenId
from bankview.sandbox.other_grants import OtherGrant, scopes_of
from bankview.sandbox.uk_consents import AUTHORISED, REJECTED, WAITING
from bankview.sandbox.uk_refusal import RefusedError as NoConsentError
from bankview.sandbox.validator import Validator
from bankview.sandbox.wanted import RefusedError, Wanted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bankview.sandbox.grants import Code, Grant
    from bankview.sandbox.uk_consents import Consent, Consents

SCOPES = ("openid", "accounts")
#: How sure the bank is of the person: two factors, or one.
ACR = ("urn:openbanking:psd2:sca", "urn:openbanking:psd2:ca")
#: What requests are signed with by the one kind of key there is, and how the client that has its answers signed wants them.
SIGNED_WITH, SIGNED = "PS256", "query.jwt"
#: The clients, one that signs who it is and one that its certificate proves; the second has its answers signed.
BY_KEY, BY_CERTIFICATE = "bankview-uk-key", "bankview-uk-certificate"
_GRANTS = ("authorization_code", "refresh_token", "client_credentials")
_REFRESH_END = "http://openbanking.org.uk/refresh_token_expires_at"


def registered(key: Mapping[str, str]) -> tuple[Client, ...]:
    """Return the clients that are registered with a key."""
    return (
        Client(
            BY_KEY,
            "private_key_jwt",
            LOOPBACK,
            keys=(key,),
            grant_types=_GRANTS,
            bound=True,
            jar=True,
        ),
        Client(
            BY_CERTIFICATE,
            "tls_client_auth",
            LOOPBACK,
            keys=(key,),
            grant_types=_GRANTS,
            certificate=SUBJECT,
            bound=True,
            jar=True,
        ),
    )


class UkRules(Validator):
    """Answers what is different here: the scopes, and that nothing is renewed without a consent in force."""

    consents: Consents

    def validate_scopes(
        self, client_id: str, scopes: list[str], client: Any, request: Any, *_: Any, **__: Any
    ) -> bool:
        """Take the one pair there is."""
        return set(scopes) == set(SCOPES)

    def validate_refresh_token(
        self, refresh_token: str, client: Any, request: Any, *_: Any, **__: Any
    ) -> bool:
        """Renew no access whose consent has ended."""
        if not super().validate_refresh_token(refresh_token, client, request):
            return False
        try:
            self.consents.authorised(request.grant.institution, client.client_id)
        except NoConsentError:
            return False
        return True


class InOwnName(OtherGrant):
    """A client in its own name (RFC 6749 §4.4), which sees no customer's accounts, bound to its certificate."""

    def redeem(self, client_id: str, fields: Mapping[str, str]) -> Grant:
        """Return the client's one grant."""
        return self._grants.standing(client_id, "", scopes_of(fields, ("accounts",)), "")

    def complete(self, token: dict[str, Any], request: Any) -> None:
        """Bind the token to the certificate that was shown."""
        request.cnf = confirmation(request, request.client)


class UkOpenId(OpenId):
    """Signs ID tokens that name the consent (a grant keeps it where other banks' grants keep the institution)."""

    consents: Consents

    def more(self, granted: Code | Grant) -> dict[str, Any]:
        """Return the consent, by what the person proved who they are, and when what renews the access ends."""
        consent = self.consents.find(granted.institution, granted.client_id)
        ends = {_REFRESH_END: int(consent.ends)} if consent.ends else {}
        return {"openbanking_intent_id": consent.id, "acr": ACR[0], **ends}


class UkAuthorization(AuthorizationServer):
    """The token endpoint, the keys, and what the pages need."""

    rules = UkRules
    consents: Consents
    accounts: Mapping[str, tuple[str, ...]]

    def for_consents(
        self, consents: Consents, openid: UkOpenId, accounts: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Sign people in for consents; `accounts` are the ids of each customer's."""
        assert isinstance(self.validator, UkRules)
        self.consents = self.validator.consents = openid.consents = consents
        self.openid, self.accounts = openid, accounts
        self.add({"client_credentials": InOwnName(self.validator, self.grants)}, {}, {})

    def wanted(self, query: str) -> Wanted:
        """Return what a client wants of a person: a consent that waits for one, in a request that is signed as it has to be.

        Raises:
            RefusedError: something is wrong with it.
        """
        text = dict(parse_qsl(query)).get("request", "")
        wanted = super().wanted(query)
        fields = dict(parse_qsl(wanted.uri.partition("?")[2]))
        mode = SIGNED if wanted.client_id == BY_CERTIFICATE else ""
        try:
            problem = self._problem(text, wanted.client_id)
            consent = self._consent(fields, wanted.client_id)
        except NoConsentError as error:
            problem = error.text
        if problem or wanted.response_mode != mode:
            refused = InvalidRequestError(problem or "This client has its answers otherwise.")
            refused.state = fields.get("state")
            location = self.with_issuer(refused.in_uri(wanted.redirect_uri))
            raise RefusedError(location, "", wanted.response_mode, wanted.client_id)
        return replace(wanted, institution=consent.id)

    def _problem(self, text: str, client_id: str) -> str:
        """Return what is wrong with the head of a request object; its claims were looked at."""
        client = self.validator._clients.get(client_id)  # type: ignore[attr-defined]  # noqa: SLF001 - they share one register
        try:
            header = jws.extract_compact(text.encode()).headers()
        except (JoseError, ValueError):
            return "The request is not signed."
        named = header.get("kid") == client.keys[0]["kid"]
        return "" if named else "The request does not name the key that signed it."

    def _consent(self, fields: Mapping[str, str], client_id: str) -> Consent:
        """Return the consent that a request's claims are about."""
        try:
            claims = json.loads(fields.get("claims", ""))["id_token"]
            intent, acr = claims["openbanking_intent_id"], claims["acr"]
            sound = intent["essential"] is acr["essential"] is True
            sound = sound and {*acr["values"]} <= {*ACR}
            consent = self.consents.find(intent["value"], client_id)
        except (ValueError, KeyError, TypeError):
            raise NoConsentError(400, "Field.Missing", "The claims name no consent.") from None
        if not sound or consent.status != WAITING:
            raise NoConsentError(400, "Field.Invalid", "The claims do not fit the consent.")
        return consent

    def allow(self, wanted: Wanted, customer: str) -> str:
        """Return where the browser goes with a new code, once the consent is in force."""
        consent = self.consents.find(wanted.institution, wanted.client_id)
        names = {f"{consent.id[:23]}-{n:04d}": id_ for n, id_ in enumerate(self.accounts[customer])}
        self.consents.decide(consent, AUTHORISED, customer, names)
        return super().allow(wanted, customer)

    def decline(self, wanted: Wanted) -> str:
        """Return where the browser goes without one."""
        consent = self.consents.find(wanted.institution, wanted.client_id)
        self.consents.decide(consent, REJECTED, "", {})
        return super().decline(wanted)

    def _as_the_bank_says(
        self, token: dict[str, Any], _handler: object, request: Any
    ) -> dict[str, Any]:
        """Say who signed in, and for which consent."""
        assert self.openid
        self.openid.sign_in(token, request)
        return token

    def metadata(self) -> Answer:
        """Return the metadata document; there is no revocation: a consent is withdrawn."""
        issuer = self.addresses.issuer
        assert self.answering
        return json_answer(
            {
                "issuer": issuer,
                "authorization_endpoint": self.addresses.authorize,
                "token_endpoint": self.addresses.token,
                "jwks_uri": f"{issuer}{JWKS}",
                "scopes_supported": [*SCOPES],
                "response_types_supported": ["code"],
                "grant_types_supported": [*_GRANTS],
                "code_challenge_methods_supported": ["S256"],
                "claims_parameter_supported": True,
                "claims_supported": ["openbanking_intent_id", "acr"],
                "acr_values_supported": [*ACR],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": [ALGORITHM],
                "request_parameter_supported": True,
                "require_signed_request_object": True,
                "request_object_signing_alg_values_supported": [SIGNED_WITH],
                "token_endpoint_auth_methods_supported": ["private_key_jwt", "tls_client_auth"],
                "token_endpoint_auth_signing_alg_values_supported": [SIGNED_WITH],
                "tls_client_certificate_bound_access_tokens": True,
                "authorization_response_iss_parameter_supported": True,
                **self.answering.metadata(),
                "response_modes_supported": ["query", SIGNED],
            }
        )
