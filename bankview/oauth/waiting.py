"""One wait for one answer from the browser: latched once, from whatever thread or terminal it comes."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING, Self

from bankview.errors import BadRedirectError, BankviewError, Interrupted, SignInTimedOutError
from bankview.oauth.answer import outcome, read_fields

if TYPE_CHECKING:
    from types import TracebackType

    from bankview.oauth.authorization import AuthorizationRequest


class PasteBack:
    """Waits for the address that a person pastes, where no listener can catch it. Use it in a `with`."""

    def __init__(self, redirect_uri: str) -> None:
        #: What the authorization request must name.
        self.redirect_uri = redirect_uri
        self._change = threading.Condition()
        self._request: AuthorizationRequest | None = None
        self._outcome: str | BankviewError | None = None
        self._verdict: bool | None = None
        self._waited = self._cancelled = self._closed = False

    def expect(self, request: AuthorizationRequest) -> None:
        """Say what to wait for; nothing is accepted before. Call it before the browser opens."""
        with self._change:
            self._request = request

    def accept(self, address: str) -> None:
        """Take the address that the bank sent the browser to; from any thread. Then `wait` ends.

        Raises:
            BadRedirectError: it is not the answer we wait for; the wait goes on.
        """
        self._latch(address, final=False)

    def wait(self, timeout: float = 300) -> str:
        """Return the code once the answer has come, within `timeout` seconds.

        Raises:
            Interrupted: `cancel` was called.
            SignInTimedOutError: nobody came back.
            SignInDeniedError, OAuthError, BankUnavailableError, BadRedirectError: what the bank's answer says.
        """
        with self._change:
            self._waited = True
            self._change.wait_for(lambda: self._outcome is not None or self._cancelled, timeout)
            if self._cancelled:
                raise Interrupted
            if self._outcome is None:
                raise SignInTimedOutError(math.ceil(timeout / 60))
            if isinstance(self._outcome, str):
                return self._outcome
            raise self._outcome

    def cancel(self) -> None:
        """End the wait at once; from any thread."""
        with self._change:
            self._cancelled = True
            self._change.notify_all()

    def finish(self, ok: bool) -> None:
        """Say how the sign-in ended, so that the browser's page can tell the truth."""
        with self._change:
            self._verdict = ok
            self._change.notify_all()

    def close(self) -> None:
        """Accept nothing more."""
        with self._change:
            self._closed = True
            self._change.notify_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _latch(self, text: str, *, final: bool) -> bool:
        """Keep the first answer that carries our state, and tell whether this is it.

        A flaw behind a right state ends the sign-in where the bank sent it (`final`), as nothing better will come; a
        person may have pasted badly and can try again.

        Raises:
            BadRedirectError: it is nobody's answer, or a flawed one that is not final.
        """
        request = self._awaited()
        fields = read_fields(request, text)
        # A signed answer may have to wait for the issuer's keys; a cancelled sign-in does not wait for it.
        result = outcome(request, fields)
        if isinstance(result, BadRedirectError) and not final:
            raise result
        with self._change:
            self._awaited()
            if self._outcome is not None:
                return False
            if isinstance(result, BankviewError):
                self._verdict = False
            self._outcome = result
            self._change.notify_all()
            return True

    def _awaited(self) -> AuthorizationRequest:
        """Return the request whose answer is waited for.

        Raises:
            BadRedirectError: none is.
        """
        with self._change:
            if self._request is None or self._cancelled or self._closed:
                raise BadRedirectError("no sign-in is waiting for it")
            return self._request
