"""One HTTP request: limits, no redirects, our errors, and JSON whose numbers stay exact.

What reads profiles and answers needs no HTTP: what sends loads requests when it is asked for first.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from bankview.web.api import Api
from bankview.web.json import decode, encode
from bankview.web.links import BASIC, TOKEN_PLACE, Link
from bankview.web.reply import Reply
from bankview.web.status import check

if TYPE_CHECKING:
    from bankview.web.limits import TIMEOUT
    from bankview.web.network import is_private, own_address
    from bankview.web.sender import DEADLINE, LARGEST_BODY, USER_AGENT, Sender
    from bankview.web.tls import tls_context
else:
    _LATE = {
        "TIMEOUT": "limits",
        "is_private": "network",
        "own_address": "network",
        "DEADLINE": "sender",
        "LARGEST_BODY": "sender",
        "USER_AGENT": "sender",
        "Sender": "sender",
        "tls_context": "tls",
    }

    def __getattr__(name: str) -> object:
        if name not in _LATE:
            raise AttributeError(f"bankview.web has no {name}")
        return getattr(import_module(f"bankview.web.{_LATE[name]}"), name)


__all__ = [
    "BASIC",
    "DEADLINE",
    "LARGEST_BODY",
    "TIMEOUT",
    "TOKEN_PLACE",
    "USER_AGENT",
    "Api",
    "Link",
    "Reply",
    "Sender",
    "check",
    "decode",
    "encode",
    "is_private",
    "own_address",
    "tls_context",
]
