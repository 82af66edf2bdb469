"""Whom a backchannel request is about: a name, or one of two tokens that stand for it (OpenID CIBA Core §7.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import import_key
from oauthlib.oauth2.rfc6749.errors import CustomOAuth2Error, InvalidRequestError

from bankview.sandbox.grants import subject
from bankview.sandbox.request_object import ALGORITHMS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from bankview.sandbox.clients import Client
    from bankview.sandbox.issuer_keys import IssuerKeys

HINTS = ("login_hint", "login_hint_token", "id_token_hint")


class Hints:
    """Reads hints about `customers`. A login_hint_token is a JWT that the client signs, with sub, aud and exp."""

    def __init__(
        self,
        issuer: str,
        keys: IssuerKeys,
        now: Callable[[], float],
        customers: Collection[str],
    ) -> None:
        self._issuer, self._keys, self._now, self._customers = issuer, keys, now, customers

    def customer(self, fields: Mapping[str, str], client: Client) -> str:
        """Return whom a client's request is about.

        Raises:
            InvalidRequestError: not exactly one hint.
            CustomOAuth2Error: it is nobody whom the bank knows, or the token has ended (§13).
        """
        names = [name for name in HINTS if fields.get(name)]
        if len(names) != 1:
            raise InvalidRequestError("Send exactly one hint.")
        (name,) = names
        text = fields[name]
        if name == "login_hint_token":
            text = self._of_login_hint_token(text, client)
        elif name == "id_token_hint":
            text = self._of_id_token(text, client)
        if text not in self._customers:
            raise CustomOAuth2Error("unknown_user_id", status_code=400)
        return text

    def _of_login_hint_token(self, text: str, client: Client) -> str:
        claims = _signed_by(text, client)
        if claims.get("aud") != self._issuer:
            return ""
        if not isinstance(claims.get("exp"), int) or claims["exp"] <= self._now():
            raise CustomOAuth2Error("expired_login_hint_token", status_code=400)
        return str(claims.get("sub"))

    def _of_id_token(self, text: str, client: Client) -> str:
        """Return whom an ID token of ours names; one that has ended names them still (OpenID Connect Core §3.1.2.1)."""
        claims = self._keys.read(text)
        if claims.get("iss") != self._issuer or claims.get("aud") != client.client_id:
            return ""
        named = (who for who in self._customers if subject(who) == claims.get("sub"))
        return next(named, "")


def _signed_by(text: str, client: Client) -> Mapping[str, Any]:
    """Return the claims of a JWT that a client signed, or nothing."""
    for jwk in client.keys:
        try:
            return jwt.decode(text, import_key(dict(jwk)), algorithms=ALGORITHMS).claims
        except (JoseError, ValueError, TypeError):
            continue
    return {}
