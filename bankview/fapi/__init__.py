"""For scripts: a requests session with a client certificate and the client's own token (RFC 8705, FAPI)."""

from __future__ import annotations

from bankview.fapi.configuration import OpenIDConfiguration
from bankview.fapi.http_log import httpclient_logging_patch
from bankview.fapi.session import FAPISession

__all__ = ["FAPISession", "OpenIDConfiguration", "httpclient_logging_patch"]
