"""The authorization server: token, revocation and metadata endpoints, on oauthlib's (RFC 6749, 7009, 8414, 9207)."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from oauthlib.oauth2 import RequestValidator, WebApplicationServer
from oauthlib.oauth2.rfc6749.errors import AccessDeniedError, FatalClientError, OAuth2Error

from bankview.sandbox.answering import check_mode, mode_of
from bankview.sandbox.asking import ENDPOINT
from bankview.sandbox.binding import given
from bankview.sandbox.client_assertions import BY_KEY, BY_SECRET
from bankview.sandbox.clients import METHODS
from bankview.sandbox.grants import GRANT_LIFE, REFRESH_LIFE, Grant
from bankview.sandbox.messages import Answer, Port, Request, json_answer, text_answer
from bankview.sandbox.proofs import ALGORITHMS
from bankview.sandbox.rich import granted
from bankview.sandbox.sound import check_authorization, check_token, unreadable
from bankview.sandbox.validator import EXTRA_SCOPES, INSTITUTIONS, SCOPES, Validator
from bankview.sandbox.wanted import RefusedError, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bankview.sandbox.addresses import Addresses
    from bankview.sandbox.answering import Answering
    from bankview.sandbox.asking import Asking
    from bankview.sandbox.binding import Binding
    from bankview.sandbox.clients import Clients
    from bankview.sandbox.faults import Faults
    from bankview.sandbox.grants import Grants
    from bankview.sandbox.openid import OpenId
    from bankview.sandbox.rich import Rich


ASSERTION_ALGORITHMS = (*BY_SECRET, *BY_KEY)


class AuthorizationServer:
    """The protocol's side of the bank; the pages that a person sees are `sign_in`'s."""

    rules: type[Validator] = Validator
    #: OpenID Connect's side, where this server has one.
    openid: OpenId | None = None
    #: What takes requests that are pushed or signed, and what wraps answers, where this server has them.
    asking: Asking | None = None
    answering: Answering | None = None

    def __init__(
        self,
        addresses: Addresses,
        clients: Clients,
        grants: Grants,
        faults: Faults,
        access_life: int,
        binding: Binding | None = None,
    ) -> None:
        self.addresses, self.grants, self.faults = addresses, grants, faults
        self.validator: RequestValidator = self.rules(clients, grants, faults)
        self._server = WebApplicationServer(self.validator, token_expires_in=access_life)
        self._endpoints: dict[str, Callable[..., Any]] = {}
        self._more: dict[str, Any] = {}
        # The library's type stubs do not know its hooks.
        code_grant: Any = self._server.auth_grant
        code_grant.custom_validators.pre_auth.append(check_authorization)
        refresh_grant: Any = self._server.refresh_grant
        self._binding = binding
        for grant in (code_grant, refresh_grant):
            grant.custom_validators.pre_token.append(check_token)
            grant.register_token_modifier(self._as_the_bank_says)
            if binding:
                binding.hook(grant)

    def add(
        self,
        handlers: Mapping[str, Any],
        endpoints: Mapping[str, Callable[..., Any]],
        metadata: Mapping[str, Any],
    ) -> None:
        """Take further grants by their names, further endpoints by their paths, and what metadata says of them."""
        server: Any = self._server
        server.grant_types.update(handlers)
        self._endpoints.update(endpoints)
        self._more = {**self._more, **metadata}

    def has(self, path: str) -> bool:
        """Tell whether there is a further endpoint at a path."""
        return path in self._endpoints

    def other(self, request: Request) -> Answer:
        """Answer a further endpoint, to clients that prove themselves as at the token endpoint."""
        return self._answer(request, self._endpoints[request.path])

    def judge(self, rich: Rich) -> None:
        """Hold requests to what may be asked for beyond scopes, and to the ways in which answers go back."""
        code_grant: Any = self._server.auth_grant
        refresh_grant: Any = self._server.refresh_grant
        code_grant.custom_validators.pre_auth += [check_mode, rich.check]
        for grant in (code_grant, refresh_grant):
            grant.custom_validators.post_token.append(rich.check_token)

    def check(self, query: str) -> tuple[list[str], dict[str, Any]]:
        """Return the scopes of a plain authorization request, and what else oauthlib found in it.

        Raises:
            OAuth2Error: what is wrong with it.
        """
        uri = f"{self.addresses.authorize}?{query}"
        checked: tuple[list[str], dict[str, Any]] = self._server.validate_authorization_request(uri)
        return checked

    def wanted(self, query: str) -> Wanted:
        """Return what a client wants of a person.

        Raises:
            RefusedError: something is wrong with it.
        """
        try:
            query = self.asking.resolved(query) if self.asking else query
        except (OAuth2Error, ValueError) as error:
            said = getattr(error, "description", "") or "The address cannot be read."
            raise RefusedError("", said) from error
        uri = f"{self.addresses.authorize}?{query}"
        try:
            scopes, info = self.check(query)
        except FatalClientError as error:
            raise RefusedError("", error.description or error.error or "") from error
        except OAuth2Error as error:
            fields = dict(parse_qsl(query))
            location = self.with_issuer(error.in_uri(error.redirect_uri or ""))
            mode = fields.get("response_mode", "")
            raise RefusedError(location, "", mode, fields.get("client_id", "")) from error
        except ValueError as error:
            raise RefusedError("", "The address cannot be read.") from error
        asked: dict[str, Any] = info["request"]._params  # noqa: SLF001 - oauthlib has no other way to the rest
        return Wanted(
            uri,
            info["redirect_uri"],
            tuple(scopes),
            asked.get("finInst") or INSTITUTIONS[0],
            asked.get("login_hint") or "",
            info["client_id"],
            mode_of(info["request"]),
        )

    def allow(self, wanted: Wanted, customer: str) -> str:
        """Return where the browser goes with a new code."""
        credentials = {"user": customer, "institution": wanted.institution}
        headers, _, _ = self._server.create_authorization_response(
            wanted.uri, scopes=list(wanted.scopes), credentials=credentials
        )
        return self.with_issuer(headers["Location"])

    def decline(self, wanted: Wanted) -> str:
        """Return where the browser goes when the person said no."""
        error = AccessDeniedError()
        error.state = dict(parse_qsl(wanted.uri.partition("?")[2])).get("state")
        return self.with_issuer(error.in_uri(wanted.redirect_uri))

    def with_issuer(self, location: str) -> str:
        """Return an answer that says whose it is (RFC 9207 §2)."""
        return f"{location}&{urlencode({'iss': self.addresses.issuer})}"

    def token(self, request: Request) -> Answer:
        """Answer the token endpoint (RFC 6749 §3.2)."""
        answer = self._answer(request, self._server.create_token_response)
        return self._binding.with_nonce(request, answer) if self._binding else answer

    def revoke(self, request: Request) -> Answer:
        """Answer the revocation endpoint (RFC 7009)."""
        return self._answer(request, self._server.create_revocation_response)

    def introspect(self, request: Request) -> Answer:
        """Answer the introspection endpoint in JSON (RFC 7662)."""
        return self._answer(request, self._server.create_introspect_response)

    def given(self, request: Request) -> dict[str, str]:
        """Return what oauthlib is shown of the request's head."""
        authorization = request.headers.get("authorization", "")
        seen = {"Authorization": authorization} if authorization else {}
        return {**seen, **given(request)}

    def _answer(self, request: Request, respond: Callable[..., Any]) -> Answer:
        if request.method != "POST":
            return text_answer(405, "Use POST.", {"Allow": "POST"})
        problem = unreadable(request)
        if problem:
            answer = json_answer({"error": "invalid_request", "error_description": problem}, 400)
            return _as_html(request, answer)
        at_certificate = request.port is Port.CERTIFICATE
        root = self.addresses.certificate if at_certificate else self.addresses.issuer
        uri = f"{root}{request.target}"
        # One after the other: of two refreshes with one token, the second must see the first.
        with self.grants.lock:
            try:
                headers, body, status = respond(
                    uri, "POST", request.body.decode("ascii"), self.given(request)
                )
            except (OAuth2Error, ValueError):
                return _as_html(request, json_answer({"error": "invalid_request"}, 400))
        if status == 401:
            headers = {**headers, "WWW-Authenticate": 'Basic realm="Fjordbanken"'}
        fixed = {
            "Content-Type": "application/json",
            "Cache-Control": "no-store",
            "Pragma": "no-cache",
        }
        return _as_html(request, Answer(status, {**fixed, **headers}, body.encode()))

    def _as_the_bank_says(
        self, token: dict[str, Any], _handler: object, request: Any
    ) -> dict[str, Any]:
        """Add what SpareBank 1's token reply carries besides the standard's members."""
        known = vars(request)
        before: Grant | None = known.get("grant")
        institution = (known.get("redeemed") or known["grant"]).institution
        since = self.grants.now() - before.began if before else 0
        whole = int(GRANT_LIFE - since) - 1
        token["refresh_token_expires_in"] = min(REFRESH_LIFE - 1, whole)
        token["refresh_token_absolute_expires_in"] = whole
        token["financial_institution_id"] = institution
        if request.state:
            token["state"] = request.state
        if self.openid:
            self.openid.sign_in(token, request)
        details = (known.get("redeemed") or known["grant"]).details
        if details:
            token["authorization_details"] = granted(details)
        return token

    def _grant_types(self) -> Iterable[str]:
        server: Any = self._server
        known: Iterable[str] = server.grant_types
        return known

    def metadata(self) -> Answer:
        """Return the metadata document of RFC 8414 §2, which is served at OpenID's address too."""
        document: dict[str, Any] = {
            "issuer": self.addresses.issuer,
            "authorization_endpoint": self.addresses.authorize,
            "token_endpoint": self.addresses.token,
            "revocation_endpoint": self.addresses.revocation,
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": list(self._grant_types()),
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": list(METHODS),
            "revocation_endpoint_auth_methods_supported": list(METHODS),
            "scopes_supported": [*SCOPES, *EXTRA_SCOPES],
            "token_endpoint_auth_signing_alg_values_supported": [*ASSERTION_ALGORITHMS],
            "revocation_endpoint_auth_signing_alg_values_supported": [*ASSERTION_ALGORITHMS],
            "dpop_signing_alg_values_supported": [*ALGORITHMS],
            "tls_client_certificate_bound_access_tokens": True,
            "authorization_response_iss_parameter_supported": True,
            "mtls_endpoint_aliases": {
                "token_endpoint": f"{self.addresses.certificate}/oauth/token",
                "revocation_endpoint": f"{self.addresses.certificate}/oauth/revoke",
                "introspection_endpoint": f"{self.addresses.certificate}/oauth/introspect",
                "userinfo_endpoint": f"{self.addresses.certificate}/oauth/userinfo",
            },
            "service_documentation": self.addresses.pages,
            **(self.openid.metadata() if self.openid else {}),
            **self._more,
        }
        if self.asking:
            aliases = document["mtls_endpoint_aliases"]
            aliases["pushed_authorization_request_endpoint"] = (
                f"{self.addresses.certificate}{ENDPOINT}"
            )
        if self.faults.take("issuer-mismatch"):
            document["issuer"] += "/other"
        if self.faults.take("no-S256"):
            document["code_challenge_methods_supported"] = ["plain"]
        if self.faults.take("http-endpoint"):
            document["token_endpoint"] = "http://token.fjordbanken.example/oauth/token"  # noqa: S105
        answer = json_answer(document)
        if self.faults.take("metadata-100mb"):
            return Answer(200, answer.headers, _bloated(document))
        return answer


def _as_html(request: Request, answer: Answer) -> Answer:
    """Return an error as a page where the client said that it reads pages, as gateways do."""
    if answer.status < 400 or "text/html" not in request.headers.get("accept", ""):
        return answer
    assert isinstance(answer.body, bytes)
    page = f"<!doctype html><title>Error</title><p>{escape(answer.body.decode())}</p>"
    return Answer(
        answer.status, {**answer.headers, "Content-Type": "text/html; charset=utf-8"}, page.encode()
    )


def _bloated(document: dict[str, Any]) -> Any:
    start = json.dumps(document).removesuffix("}")
    yield f'{start}, "padding": "'.encode()
    for _ in range(100):
        yield b"x" * 1_000_000
    yield b'"}'
