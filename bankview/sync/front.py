"""What a front end lends to a sign-in, and what a sign-in shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bankview.errors import BadRedirectError, Interrupted
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.banks import Ask
    from bankview.oauth.authorization import AuthorizationRequest
    from bankview.oauth.loopback import Loopback, PasteBack
    from bankview.oauth.polling import Patience


#: Minutes that a person has at the bank before the wait ends.
MINUTES = 5


def browser_warning(address: str) -> str:
    """Return what a person is told before an https address on this computer is listened at."""
    return tr(
        "Your browser will warn of {host}: Bankview has made the certificate there itself, for this sign-in alone."
        " Choose Advanced in the browser and continue; nothing leaves your computer.",
        host=urlsplit(address).netloc,
    )


class Step(StrEnum):
    """Where a sign-in stands."""

    WAITING = "waiting"
    #: The person enters a code elsewhere, or approves what their bank asks them on their own device.
    CODE = "code"
    APPROVAL = "approval"
    FETCHING = "fetching"


@dataclass(frozen=True, slots=True)
class Show:
    """What a person sees while a sign-in goes on: the link, whether a browser opened, minutes left at its start.

    At APPROVAL, `app` is the bank's own app in which the person allows what they signed in for.
    At CODE, `user_code` is to be entered at `address`, and `url` is the link that a browser opens; it has the code in
    it where it differs from the address. At APPROVAL, `message` is what the person's device shows, too. At both,
    `seconds` are left. At FETCHING, `lacking` are the types of the details that were asked for and not granted.
    """

    step: Step
    url: str = ""
    browser_opened: bool = False
    minutes: int = MINUTES
    user_code: str = field(default="", repr=False)
    address: str = ""
    message: str = ""
    seconds: int = 0
    lacking: tuple[str, ...] = ()
    app: str = ""


class Attempt:
    """A handle on a sign-in in progress, for other threads: cancel it, or hand it the address that was pasted."""

    def __init__(self) -> None:
        self._listener: Loopback | PasteBack | Patience | None = None
        self._request: AuthorizationRequest | None = None
        self.cancelled = False

    def begin(self, listener: Loopback | PasteBack | Patience) -> None:
        """Tie the attempt to what waits for the redirect, or for an approval elsewhere.

        Raises:
            Interrupted: it was cancelled before the wait began.
        """
        self._listener = listener
        if self.cancelled:
            raise Interrupted

    def ask(self, request: AuthorizationRequest) -> None:
        """Remember what the browser was opened with."""
        self._request = request

    def address(self, url: str) -> str:
        """Return what to open instead of a link that was opened before: a request that was pushed is good once.

        Raises:
            ServerError, BankError: the bank does not take the request once more.
        """
        anew = self._request.pushed_anew if self._request else None
        return anew() if anew else url

    def stop(self) -> None:
        """End the wait at once; `connect` raises Interrupted."""
        self.cancelled = True
        if self._listener:
            self._listener.cancel()

    def paste(self, address: str) -> None:
        """Complete the wait with the address that the bank sent the browser to.

        Raises:
            BadRedirectError: it is not the answer we wait for; the wait goes on.
        """
        if self._listener is None:
            raise BadRedirectError("no sign-in is waiting")
        self._listener.accept(address)

    def listen(self) -> None:
        """Catch the answer at its https address on this computer, though the browser warns of the certificate there.

        Raises:
            SignInError: another program has the port; the wait goes on.
        """
        from bankview.oauth.loopback import Loopback  # noqa: PLC0415 - the window is painted first

        if isinstance(self._listener, Loopback):
            self._listener.listen()


@dataclass(frozen=True, slots=True)
class Front:
    """What a front end lends to a sign-in. `paste`, where given, replaces the listener on loopback.

    With `opens_codes`, a browser is opened for a code, too; without, the person chooses where to enter it. With
    `listens`, an https address on this computer is listened at, too, though the browser warns of it.
    """

    ask: Callable[[Ask], str]
    show: Callable[[Show], None]
    open_browser: Callable[[str], bool]
    paste: Callable[[], str] | None = None
    attempt: Attempt = field(default_factory=Attempt)
    opens_codes: bool = True
    listens: bool = False
