"""A call to STET's API whose certificate, signature and token were found good, and what it may see."""

from __future__ import annotations

import ipaddress
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bankview.sandbox.session import RowIds, account_key
from bankview.sandbox.stet_certificates import read_party
from bankview.sandbox.stet_refusal import RefusedError, no_token
from bankview.sandbox.stet_shapes import ROOT
from bankview.sandbox.stet_signature import verify
from bankview.sandbox.stet_validator import ROLES

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    from bankview.sandbox.books.ledger import Books
    from bankview.sandbox.books.row import Account
    from bankview.sandbox.grants import Grant, Grants
    from bankview.sandbox.messages import Request
    from bankview.sandbox.stet_consents import Consent


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a customer who consented to something: the account keys hold for one sign-in."""

    request: Request
    grant: Grant
    books: Books
    consent: Consent

    @property
    def ids(self) -> RowIds:
        """The ids of rows."""
        return RowIds(self.grant.consent)

    @property
    def attended(self) -> bool:
        """Whether the customer is there, as the third party says."""
        return "psu-ip-address" in self.request.headers

    def key(self, account: Account) -> str:
        """Return an account's resourceId."""
        return account_key(self.grant.consent, account.id)

    def account(self, key: str, what: str) -> Account:
        """Return the account of a resourceId, where this kind of data was consented to.

        Raises:
            RefusedError: 404 where there is none, 403 where it lies outside the consent.
        """
        for account in self.books.accounts:
            if self.key(account) == key:
                if not self.consent.covers(what, account):
                    raise RefusedError(403, "The account is not part of the consent")
                return account
        raise RefusedError(404, "The account is not known")

    def plain(self) -> None:
        """Insist that there is no query.

        Raises:
            RefusedError: there is one.
        """
        if self.request.query:
            raise RefusedError(400, "No parameter is known here")


def parts(request: Request) -> tuple[str, ...]:
    """Return the parts of a path below `ROOT`."""
    return tuple(request.path.removeprefix(f"{ROOT}/").split("/"))


def body(request: Request) -> Any:
    """Return the decoded body.

    Raises:
        RefusedError: it is not JSON.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise RefusedError(400, "Send application/json")
    try:
        return json.loads(request.body)
    except ValueError as error:
        raise RefusedError(400, "The body is not JSON") from error


def admit(request: Request, grants: Grants, key: RSAPublicKey, now: float, scope: str) -> Grant:
    """Return the grant of a call whose certificate, signature, head and token are good for a scope.

    Raises:
        RefusedError: 401 `invalid_token` where only the token is bad, 400, 403 or 406 for the rest.
    """
    party = read_party(request.peer)
    if not party.may(party.organization, ROLES[scope]):
        raise RefusedError(403, f"A certificate with the role {ROLES[scope]} is needed")
    verify(request, party.organization, key, now)
    _check_head(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    grant = grants.of_access(token) if scheme.lower() == "bearer" else None
    if grant is None:
        raise no_token()
    if grant.client_id != party.organization or scope not in grant.scopes:
        raise RefusedError(403, f"The token is not one of this client for {scope}")
    return grant


def _check_head(request: Request) -> None:
    offered = [
        media.partition(";")[0].strip().lower()
        for media in request.headers.get("accept", "*/*").split(",")
    ]
    if not {*offered} & {"application/hal+json", "application/json", "application/*", "*/*"}:
        raise RefusedError(406, "Accept application/hal+json")
    try:
        ipaddress.ip_address(request.headers.get("psu-ip-address", "::1"))
    except ValueError as error:
        raise RefusedError(400, "PSU-IP-Address is no address") from error
