"""This computer on its way to a host: its proxies and its own address."""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

if TYPE_CHECKING:
    from collections.abc import Callable

#: Seconds for which a system's answer about its proxies is believed.
_BELIEVED = 10.0


def own_address(url: str) -> str:
    """Return the address of this computer on the way to a URL's host; nothing is sent for it."""
    host = urlsplit(url).hostname or ""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, 9, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.connect(place)
            return str(probe.getsockname()[0])
    except OSError:
        return "127.0.0.1"


def is_private(host: str) -> bool:
    """Tell whether a host, by its name or its address, is this computer or one of the network around it.

    A name that the system does not know is nobody's.
    """
    try:
        found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return any(_is_near(str(place[0])) for *_, place in found)


def _is_near(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    return not address.is_global or address.is_multicast


class Ways:
    """The system's proxies on the way to each host, asked for again after a while: looking takes its time."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._found: dict[str, tuple[float, dict[str, str]]] = {}

    def to(self, url: str) -> dict[str, str]:
        """Return the proxies by scheme, none where the URL's host needs none."""
        host = urlsplit(url).hostname or ""
        at, found = self._found.get(host, (float("-inf"), {}))
        if not 0 <= self._now() - at < _BELIEVED:
            found = {} if proxy_bypass(host) else getproxies()
            self._found[host] = self._now(), found
        return found
