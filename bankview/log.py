"""Logging that never shows a secret or an account number."""

from __future__ import annotations

import logging
import re
from collections import Counter
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

HIDDEN = "[hidden]"

#: Keys whose value is never shown: OAuth parameters, headers, the names people give to secrets.
_KEYS = (
    "access_token|refresh_token|id_token|token|code|code_verifier|client_secret|client_assertion|assertion|password"
    "|passphrase|secret|api_key|apikey|authorization|cookie|set-cookie|dpop|nonce|state|request|request_uri|device_code"
    "|user_code|auth_req_id|iban|accountnumber|account_number|accountkey|bban|pan|ssn|ssnkey"
)
_BY_KEY = re.compile(
    rf"""(?ix) (?<![a-z]) (["']?(?:{_KEYS})["']? \s* (?:[=:]|%3D) \s*)
    ( "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' | (?:(?:bearer|basic|dpop)\s+)? [^\s"'&,;)}}\]]+ )""",
)
_SCHEME = re.compile(r"(?i)\b(bearer|basic|dpop)\s+[a-z0-9._~+/=-]{6,}")
_QUERY = re.compile(r"(\bhttps?://[^\s?#\"'<>]+)[?#][^\s\"'<>)]*")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_NUMBER = re.compile(r"(?<![\w.-])(?:\d[ .-]?){10,18}\d(?![\w-])")
_JWT = re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*")


def _last_four(match: re.Match[str]) -> str:
    return "…" + re.sub(r"\W", "", match[0])[-4:]


class Redaction(logging.Filter):
    """Takes secrets out of a record: by value where they are known, by key and by shape everywhere.

    It runs on the finished text, traceback included, so that nothing can slip in through an argument.
    """

    def __init__(self) -> None:
        super().__init__()
        self._values: Counter[str] = Counter()

    def hide(self, *values: str) -> None:
        """Hide these values from now on, wherever they turn up; those under six characters are left alone."""
        self._values.update(value for value in values if len(value) >= 6)

    def clean(self, text: str) -> str:
        """Return `text` without secrets, codes, query strings and account numbers."""
        for value in sorted(self._values, key=len, reverse=True):
            text = text.replace(value, HIDDEN)
        text = _QUERY.sub(r"\1?" + HIDDEN, text)
        text = _JWT.sub(HIDDEN, text)
        text = _SCHEME.sub(rf"\1 {HIDDEN}", text)
        text = _BY_KEY.sub(rf"\1{HIDDEN}", text)
        return _NUMBER.sub(_last_four, _IBAN.sub(_last_four, text))

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the record's text by its clean form; never drops a record."""
        record.msg, record.args = self.clean(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self.clean(record.exc_text)
        return True


#: One filter for the process: every secret that is read or received is told to it at once.
REDACTION = Redaction()


def install(path: Path, *, http_log: Path | None = None) -> None:
    """Write warnings and news to `path`; with `http_log`, one line per HTTP exchange to that file too.

    Raises:
        OSError: a log file cannot be written.
    """
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    for noisy in ("oauthlib", "requests_oauthlib", "urllib3", "keyring"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    _add(root, path, limit=1_000_000)
    if http_log:
        _add(logging.getLogger("bankview.web"), http_log, limit=0)


def _add(logger: logging.Logger, path: Path, limit: int) -> None:
    handler = RotatingFileHandler(
        path, maxBytes=limit, backupCount=1 if limit else 0, encoding="utf-8"
    )
    path.chmod(0o600)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-8s %(name)s %(message)s"))
    handler.addFilter(REDACTION)
    logger.addHandler(handler)
