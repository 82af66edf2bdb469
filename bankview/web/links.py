"""Addresses that a bank's answer gives, followed on its own origin alone (RFC 3986 §5)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Self
from urllib.parse import SplitResult, urljoin, urlsplit

from bankview.errors import UnsafeRequestError

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Stands in a path for the token, at banks that want it there: it is put in as the request leaves, and nothing that is
#: logged, counted or raised has it.
TOKEN_PLACE = "~token~"  # noqa: S105 - it holds a token's place and is none
#: Stands for HTTP's Basic authentication, at banks whose access is a user and a password (RFC 7617).
BASIC = "Basic"
#: What leads out of a folder, or may once a server has decoded it; and what a path ends at.
UNSAFE_PATH = re.compile(r"(^|/)\.{1,2}([/;]|$)|//|\\|%2e|%2f|%5c|[\x00-\x20\x7f?#]", re.IGNORECASE)
#: What is in no link: what is not printable ASCII.
_UNSAFE_LINK = re.compile(r"[^\x21-\x7e]|\\")


class Link(str):
    """An address that an answer gave, to be resolved against the path `base` that was asked (RFC 3986 §5)."""

    __slots__ = ("base",)
    base: str | Iterable[str | int]

    def __new__(cls, href: str, base: str | Iterable[str | int]) -> Self:
        """Return the link of an answer to `base`."""
        link = super().__new__(cls, href)
        link.base = base
        return link


def followed(root: str, asked: str, href: str) -> str:
    """Return the URL of a link in the answer to `asked`: on the origin of `root`, below it or not.

    Banks link to other base paths than the one that was called. The token may go to all of the origin and to
    nowhere else.

    Raises:
        UnsafeRequestError: the link leads to another origin, or is no plain URL.
    """
    try:
        link, base = urlsplit(urljoin(asked, href)), urlsplit(root)
        same = _origin(link) == _origin(base)
    except ValueError:
        raise UnsafeRequestError("a link of the bank's answer is no URL") from None
    if not same:
        raise UnsafeRequestError("a link of the bank's answer leads to another origin")
    if _UNSAFE_LINK.search(href) or UNSAFE_PATH.search(link.path):
        raise UnsafeRequestError("a link of the bank's answer is no plain URL")
    query = f"?{link.query}" if link.query else ""
    return f"{base.scheme}://{base.netloc}{link.path or '/'}{query}"


def _origin(url: SplitResult) -> tuple[object, ...]:
    """Return scheme, host, port, and who logs in within the address itself, which nobody may."""
    port = url.port or {"https": 443, "http": 80}.get(url.scheme)
    return url.scheme, url.hostname, port, url.username, url.password
