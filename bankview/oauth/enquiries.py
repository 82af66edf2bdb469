"""What a client asks its server about tokens and people, and what it believes of what the issuer signs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from bankview.errors import MetadataError, TokenReplyError
from bankview.oauth.claims import Expected
from bankview.oauth.compact import subject_of
from bankview.oauth.endpoints import introspection, userinfo
from bankview.oauth.exchanges import Exchanges
from bankview.oauth.grants import TokenAuth

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bankview.oauth.endpoints.said import Said
    from bankview.oauth.openid import IdTokens
    from bankview.oauth.token import Token


class Enquiries(Exchanges):
    """Asks the server about a token or a person; what the issuer signs is held against its keys."""

    _id_tokens: IdTokens | None = None

    def introspect(self, token: Token) -> dict[str, Any]:
        """Return what the server says of an access token (RFC 7662 §2.2); of one that has ended, `active` is False.

        Raises:
            MetadataError: the server has no introspection endpoint.
            ServerError, BankError: as `introspection.introspect` and `web.Sender` raise them.
        """
        said = self.introspection(token).claims
        if said is None:
            raise TokenReplyError(self.server.host, "its introspection answer cannot be read")
        return dict(said)

    def introspection(self, token: Token) -> Said:
        """Return what the server answers about an access token, whatever it is (RFC 7662, RFC 9701).

        Raises:
            MetadataError: the server has no introspection endpoint.
            ServerError, BankError: as `introspection.introspect` and `web.Sender` raise them.
        """
        endpoint = self.server.introspection_endpoint
        if not endpoint:
            raise MetadataError(self.server.host, "introspection_endpoint is not known")
        return introspection.introspect(
            token,
            lambda fields: self._post(
                "introspection", endpoint, fields, accept=introspection.ACCEPT
            ),
            partial(self._answered, needs_iss=True),
            self.client.client_id,
        )

    def userinfo(self, token: Token) -> Mapping[str, Any]:
        """Return who signed in, as the server tells it; nothing where it has no endpoint for it.

        Raises:
            TokenReplyError: its answer is none, or about somebody else than the ID token.
            BankError: as `web.Sender` raises it.
        """
        if not self.server.userinfo_endpoint:
            return {}
        said = self.userinfo_answer(token).claims
        if said is None:
            raise TokenReplyError(self.server.host, "its userinfo is no JSON object with a sub")
        return said

    def userinfo_answer(self, token: Token) -> Said:
        """Return what the userinfo endpoint answers, whatever it is.

        Raises:
            MetadataError: the server has no userinfo endpoint.
            TokenReplyError, BankError: see `userinfo`.
        """
        endpoint = self.server.userinfo_endpoint
        if not endpoint:
            raise MetadataError(self.server.host, "userinfo_endpoint is not known")
        further = urlencode(self._extra("userinfo"))
        if further:
            endpoint = f"{endpoint}{'&' if '?' in endpoint else '?'}{further}"
        # It is a resource like the bank's API; what it refuses is not renewed here.
        auth = TokenAuth(token, lambda stale: stale, now=self._now)
        reply = self._exchange(
            endpoint,
            lambda address, _: self._session.request(
                "GET",
                address,
                headers={"Accept": userinfo.ACCEPT},
                auth=auth,
                withhold_token=True,
            ),
        )
        subject = subject_of(token.extra.get("id_token"))
        verify = partial(self._answered, needs_iss=False)
        return userinfo.read_userinfo(reply, subject, verify, self.client.client_id)

    def _check_id_token(self, token: Token, **expected: Any) -> None:
        asked = bool(expected.get("claims"))
        if "id_token" not in token.extra:
            if asked:
                raise TokenReplyError(self.server.host, "it sent no ID token")
        elif asked or "openid" in self.client.scope.split():
            self._issuer().check(token, **expected)

    def _signed_answers(self) -> Callable[[str], Mapping[str, Any]]:
        """Return what opens signed answers, with the issuer's keys at hand."""
        # What verifies signatures takes a tenth of a second to load, and few banks need it.
        from bankview.oauth.jarm import SignedAnswers  # noqa: PLC0415

        answers = SignedAnswers(self.server, self._expected(), self.sender.send, self._now)
        answers.prepare()
        return answers.open

    def _answered(
        self, text: str, *, needs_iss: bool
    ) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        return self._issuer().answer(text, needs_iss=needs_iss)

    def _issuer(self) -> IdTokens:
        """Return what verifies the issuer's signatures."""
        if self._id_tokens is None:
            # What verifies signatures takes a tenth of a second to load, and few banks need it.
            from bankview.oauth.openid import IdTokens  # noqa: PLC0415

            self._id_tokens = IdTokens(self.server, self._expected(), self._fetch, self._now)
        return self._id_tokens

    def _expected(self) -> Expected:
        asked = self._extra("authorization")
        max_age = asked.get("max_age", "")
        return Expected(
            self.server.issuer,
            self.client.client_id,
            self.client.id_token_algorithms,
            secret=self.client.secret,
            max_age=int(max_age) if max_age.isdecimal() else None,
            acr_values=tuple(asked.get("acr_values", "").split()),
        )
