"""One HTTP request: limits, no redirects, our errors, and JSON whose numbers stay exact."""

from __future__ import annotations

from bankview.web.api import Api
from bankview.web.json import decode, encode
from bankview.web.limits import TIMEOUT
from bankview.web.links import Link
from bankview.web.network import own_address
from bankview.web.reply import Reply
from bankview.web.sender import DEADLINE, LARGEST_BODY, USER_AGENT, Sender
from bankview.web.status import check
from bankview.web.tls import tls_context

__all__ = [
    "DEADLINE",
    "LARGEST_BODY",
    "TIMEOUT",
    "USER_AGENT",
    "Api",
    "Link",
    "Reply",
    "Sender",
    "check",
    "decode",
    "encode",
    "own_address",
    "tls_context",
]
