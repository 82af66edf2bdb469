"""This computer on its way to a host: its proxies and its own address."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass


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


def proxies(url: str) -> dict[str, str]:
    """Return the system's proxies for a URL by scheme, none where its host needs none."""
    host = urlsplit(url).hostname or ""
    return {} if proxy_bypass(host) else getproxies()
