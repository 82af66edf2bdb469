"""An API client that never leaves its bank, and only reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

from bankview.errors import UnsafeRequestError
from bankview.web.links import UNSAFE_PATH, Link, followed
from bankview.web.status import check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bankview.web.reply import Reply

#: What is in no path: control characters as they are or encoded, and halves of characters, which cannot be sent.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]|%[01][0-9a-f]|%7f", re.IGNORECASE)
_UP = re.compile(r"(^|/)\.{1,2}([/;]|$)|//|\\")
#: How often a path is decoded to see what may become of it.
_DECODED = 4
#: What is in no part of a path: it would become dots or another folder where a server decodes it before it looks.
_UNSAFE_PART = re.compile(r"(^|/)\.{0,2}(/|$)|\\|[\x00-\x1f\x7f-\x9f]")


class Api:
    """A client that never leaves its root URL and only reads, save for the writes that a bank lists.

    `never` are first parts of paths at which a bank changes something even for a GET.
    """

    def __init__(
        self,
        root: str,
        send: Callable[..., Reply],
        *,
        headers: Mapping[str, str] | None = None,
        writes: Iterable[tuple[str, str]] = (),
        never: Iterable[str] = (),
    ) -> None:
        self.root = root.rstrip("/")
        self._send, self._headers, self._writes = send, dict(headers or {}), frozenset(writes)
        self._never = frozenset(never)

    def url(self, path: str | Iterable[str | int] = "") -> str:
        """Return the URL of a path below the root, given as text or as parts that are quoted one by one.

        Raises:
            UnsafeRequestError: the path would leave the root.
        """
        if not isinstance(path, str):
            parts = [str(part) for part in path]
            if any(map(_is_unsafe_part, parts)):
                raise UnsafeRequestError("a part of the path is empty, dots, or no plain text")
            self._refuse(parts[0] if parts else "")
            return "/".join([self.root, *(quote(part, "", errors="replace") for part in parts)])
        if UNSAFE_PATH.search(path) or _leads_out(path) or urlsplit(path).scheme:
            raise UnsafeRequestError("the path would leave the bank's root address")
        path = path.removeprefix("/")
        self._refuse(path.partition("/")[0])
        return f"{self.root}/{path}" if path else self.root

    def _refuse(self, first: str) -> None:
        if unquote(first).lower() in self._never:
            raise UnsafeRequestError(
                "this path changes something at the bank, even where it is read"
            )

    def follow(self, href: str, base: str | Iterable[str | int]) -> str:
        """Return the URL of a link in the answer to `base`; see `links.followed`.

        Raises:
            UnsafeRequestError: the link leads to another origin, or is no plain URL.
        """
        return followed(self.root, self.url(base), href)

    def request(self, method: str, path: str | Iterable[str | int] = "", **options: Any) -> Reply:
        """Return the raw answer to a permitted request, whatever its status.

        Raises:
            UnsafeRequestError: the path leaves the root, or the method writes and the bank does not list it.
        """
        url = self.url(path)
        if method != "GET" and not self._permitted(method, url):
            raise UnsafeRequestError(
                f"{method} is not among the requests this bank's profile permits"
            )
        headers = {**self._headers, **options.pop("headers", {})}
        return self._send(method, url, headers=headers, **options)

    def _permitted(self, method: str, url: str) -> bool:
        path = url.removeprefix(self.root)
        return any(
            method == verb
            and re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)), path)
            for verb, template in self._writes
        )

    def get(
        self, path: str | Iterable[str | int] = "", params: Any = None, headers: Any = None
    ) -> Any:
        """Return the decoded JSON of a GET; a `Link` is followed.

        Raises:
            UnsafeRequestError: the path leaves the root, or the link the origin.
            SignInNeededError, RateLimitedError, BankUnavailableError, BankRefusedError: by `check`.
            BadBankDataError: the answer is not sound JSON.
        """
        if isinstance(path, Link):
            url, headers = self.follow(path, path.base), {**self._headers, **(headers or {})}
            return check(self._send("GET", url, params=params, headers=headers)).json()
        return check(self.request("GET", path, params=params, headers=headers or {})).json()


def _leads_out(path: str) -> bool:
    """Tell whether a path has controls or leads up, also where servers decode it more than once."""
    for _ in range(_DECODED):
        if _CONTROLS.search(path) or _UP.search(path):
            return True
        plain = unquote(path)
        if plain == path:
            return False
        path = plain
    return True


def _is_unsafe_part(part: str) -> bool:
    return _UNSAFE_PART.search(part) is not None
