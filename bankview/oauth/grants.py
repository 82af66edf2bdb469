"""How a token gets onto a request: renewed before its end, and again where it is refused (RFC 6750, RFC 9449 §7)."""

from __future__ import annotations

import threading
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from requests.auth import AuthBase

from bankview.errors import BankRefusedError, SignInNeededError
from bankview.oauth.clock import Lasting
from bankview.oauth.dpop import Dpop, Nonces, is_challenge
from bankview.oauth.server import host_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from requests import PreparedRequest, Response

    from bankview.errors import BankviewError
    from bankview.oauth.token import Token


#: Seconds in which a token has only just come.
FRESH = 60


class TokenAuth(AuthBase):
    """Logs requests in with a token, in the Authorization header and nowhere else (RFC 6750 §2.1, RFC 9449 §7.1).

    A request that is answered 401 is sent once more with a renewed token, with the same method and body; the answer to
    that goes to the caller. So is, once, one that is answered with a nonce for our proof, where the token is bound to
    a key; each sending has a proof of its own. `renew` is given the stale token and returns a newer one, which others may have fetched.
    With `anew` it needs no refresh token to do so, as in the client-credentials grant: then `token` may be
    NONE_YET, and the first request asks for one. A token that nothing renews is used until it is refused; `strict`
    believes its end and sends none after it. `forbidden` is for banks that answer 403 where others answer 401: it says
    what their 403 means as long as the token is good, and is an error then. `ended` are the statuses that are answered
    like a 401. `finish` completes each request, the replayed one too, after the token
    is on it.
    """

    def __init__(  # noqa: PLR0913 - a token, and how it lives
        self,
        token: Token,
        renew: Callable[[Token], Token],
        *,
        now: Callable[[], datetime],
        leeway: float = 30,
        anew: bool = False,
        strict: bool = False,
        forbidden: str = "",
        ended: frozenset[int] = frozenset({HTTPStatus.UNAUTHORIZED}),
        finish: Callable[[PreparedRequest], None] = lambda _: None,
    ) -> None:
        self.token = token
        self._anew, self._strict, self._finish = anew, strict, finish
        self._forbidden, self._ended = forbidden, ended
        self._renew, self._leeway = renew, leeway
        self._now = Lasting(now)
        self._nonces = Nonces()
        self._lock = threading.Lock()

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Put the token on a request.

        Raises:
            Whatever `renew` raises: SignInNeededError, ServerError, BankError.
        """
        token = self.current()
        self._put(request, token)
        origin = _origin(request.url)

        def answered(response: Response, **options: Any) -> Response:
            # A redirect takes this hook along to wherever it leads; the token stays behind.
            if _origin(response.request.url) != origin:
                return response
            return self._answered(response, token, options)

        request.register_hook("response", answered)  # type: ignore[no-untyped-call]
        return request

    def current(self) -> Token:
        """Return a token that is good for the next request.

        Raises:
            Whatever `renew` raises.
        """
        with self._lock:
            if self._is_due(self.token):
                self._take(self._renew(self.token))
            return self.token

    def _is_due(self, token: Token) -> bool:
        if self._anew and not token.access_token:
            return True
        renewable = self._anew or bool(token.refresh_token)
        leeway = self._leeway if renewable else 0
        return (renewable or self._strict) and token.ends_within(leeway, self._now())

    def _put(self, request: PreparedRequest, token: Token) -> None:
        scheme = "DPoP" if token.dpop_key else "Bearer"
        request.headers["Authorization"] = f"{scheme} {token.access_token.reveal()}"
        if token.dpop_key:
            Dpop(token.dpop_key, self._nonces, self._now, token.access_token)(request)
        self._finish(request)

    def _answered(self, response: Response, used: Token, options: dict[str, Any]) -> Response:
        if response.status_code == HTTPStatus.FORBIDDEN and self._forbidden:
            raise self._refusal(response, used)
        self._nonces.learn(response.url, response.headers)
        body = response.request.body
        reasons = {"nonce", "token"} if body is None or isinstance(body, (str, bytes)) else set()
        # A dead token may hide behind a nonce, and a new one behind another: each is a reason once.
        while response.status_code in self._ended:
            challenged = bool(used.dpop_key) and is_challenge(response.headers)
            reason = "nonce" if challenged else "token"
            if reason not in reasons or self._is_forbidden(response, used):
                break
            reasons.remove(reason)
            fresh = used if challenged else self._newer(used, response)
            if not challenged and fresh.access_token == used.access_token:
                break
            used, response = fresh, self._again(response, fresh, options)
        return response

    def _is_forbidden(self, response: Response, used: Token) -> bool:
        """Tell whether a 403 means what it says: one for a token that has only just come does not say that it ended."""
        if response.status_code == HTTPStatus.UNAUTHORIZED or used.obtained_at is None:
            return False
        return (self._now() - used.obtained_at).total_seconds() < FRESH

    def _again(self, response: Response, token: Token, options: dict[str, Any]) -> Response:
        response.close()
        request = response.request.copy()
        self._put(request, token)
        # The adapter's own send runs no hooks, so that no answer is replayed from within.
        again: Response = response.connection.send(request, **options)
        again.request = request
        again.history.append(response)
        self._nonces.learn(again.url, again.headers)
        return again

    def _refusal(self, response: Response, used: Token) -> BankviewError:
        host = host_of(response.url)
        response.close()
        if used.has_ended(self._now()):
            return SignInNeededError(host, "403 with an access that has ended")
        return BankRefusedError(host, HTTPStatus.FORBIDDEN, self._forbidden)

    def _newer(self, used: Token, refused: Response) -> Token:
        """Return a token that is not `used`: the one another thread got meanwhile, else a renewed one."""
        with self._lock:
            gone = self._anew and not self.token.access_token
            if gone or self.token.access_token == used.access_token:
                try:
                    self._take(self._renew(used))
                except BaseException:
                    # Nobody is given the refusal then, to close it.
                    refused.close()
                    raise
            return self.token

    def _take(self, token: Token) -> None:
        self.token = token
        self._now.start()


def _origin(url: str | None) -> tuple[str, str]:
    parts = urlsplit(url or "")
    return parts.scheme, parts.netloc
