"""Logging that never shows a secret or an account number."""

from __future__ import annotations

import json
import logging
import os
import time
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit

from bankview.log.http import ExchangeFormatter

if TYPE_CHECKING:
    import io
    from pathlib import Path

    from bankview.log.http import Recent

#: Texts that are remembered clean.
_REMEMBERED = 500
_LINE = "%(asctime)s %(levelname)-8s %(name)s %(message)s"


class Redaction(logging.Filter):
    """Takes secrets out of a record: by value where they are known, by key and by shape everywhere.

    It runs on the finished text, traceback included, so that nothing can slip in through an argument.
    """

    def __init__(self) -> None:
        super().__init__()
        self._values: dict[str, None] = {}
        # Addresses repeat, and cleaning one takes longer than the rest of an exchange's own work.
        self._cleaned: dict[str, str] = {}

    def hide(self, *values: str) -> None:
        """Hide these values from now on, wherever they turn up; those under six characters are left alone.

        They are found as they are, quoted for a URL or a form, and escaped as in JSON.
        """
        for value in values:
            if len(value) >= 6:
                escaped = json.dumps(value)[1:-1]
                url = (quote(value, "", errors="replace"), quote_plus(value, errors="replace"))
                self._values.update(dict.fromkeys((value, escaped, *url)))
        self._cleaned.clear()

    def forget(self) -> None:
        """Forget every value: none of them is in use any more."""
        self._values.clear()
        self._cleaned.clear()

    def clean(self, text: str) -> str:
        """Return `text` without secrets, codes, query strings and account numbers."""
        from bankview.log import shapes  # noqa: PLC0415 - its patterns take a while, and a start logs nothing

        return shapes.without_shapes(shapes.without_values(text, self._values))

    def without_secrets(self, text: str) -> str:
        """Return `text` without the secrets that are known by their value, and without signed tokens."""
        from bankview.log import shapes  # noqa: PLC0415 - as in `clean`

        return shapes.without_tokens(shapes.without_values(text, self._values))

    def clean_url(self, url: str) -> str:
        """Return a URL without secrets: of its query the names stay, and the values that are nobody's secret."""
        from bankview.log import shapes  # noqa: PLC0415 - as in `clean`

        try:
            parts = urlsplit(url)
            query = parse_qsl(parts.query, keep_blank_values=True)
        except ValueError:
            return shapes.HIDDEN
        where = self._known(f"{parts.scheme}://{parts.netloc}{parts.path}")
        shown = "&".join(f"{self._known(name)}={self._shown(name, value)}" for name, value in query)
        line = f"{where}?{shown}" if query else where
        return "".join(char if char.isprintable() and char != " " else "+" for char in line)

    def _shown(self, name: str, value: str) -> str:
        from bankview.log import shapes  # noqa: PLC0415 - as in `clean`

        if shapes.is_secret(name):
            return shapes.HIDDEN
        return self._known(value).replace("&", "+")

    def _known(self, text: str) -> str:
        """Return `text` clean, from what was cleaned before where it was."""
        found = self._cleaned.get(text)
        if found is None:
            if len(self._cleaned) >= _REMEMBERED:
                self._cleaned.clear()
            found = self._cleaned[text] = self.clean(text)
        return found

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the record's text by its clean form; never drops a record. Exchanges are clean as they are made."""
        if hasattr(record, "exchange"):
            return True
        try:
            text = record.getMessage()
        except Exception:  # noqa: BLE001 - a wrong format must not end what it reports on
            text = f"{record.msg} (could not be formatted)"
        record.msg, record.args = self.clean(text), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self.clean(record.exc_text)
        if record.stack_info:
            record.stack_info = self.clean(record.stack_info)
        return True


#: One filter for the process: every secret that is read or received is told to it at once.
REDACTION = Redaction()


def install(path: Path, *, http_log: Path | None = None, recent: Recent | None = None) -> None:
    """Write warnings and news to `path`.

    With `http_log`, one line per HTTP exchange is appended to that file too; `recent` keeps the exchanges in memory.

    Raises:
        OSError: a log file cannot be written.
    """
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    for noisy in ("oauthlib", "requests_oauthlib", "urllib3", "keyring"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    _add(root, path, 1_000_000, logging.Formatter(_LINE))
    exchanges = logging.getLogger("bankview.web")
    if http_log:
        in_utc = ExchangeFormatter("%(asctime)s.%(msecs)03dZ %(message)s", "%Y-%m-%dT%H:%M:%S")
        in_utc.converter = time.gmtime
        _add(exchanges, http_log, 0, in_utc)
    if recent:
        exchanges.addHandler(recent)


class _OwnFile(RotatingFileHandler):
    """A log file that only its owner may read, also after it was begun anew."""

    def _open(self) -> io.TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace")


def _add(logger: logging.Logger, path: Path, limit: int, formatter: logging.Formatter) -> None:
    handler = _OwnFile(path, maxBytes=limit, backupCount=1 if limit else 0, encoding="utf-8")
    path.chmod(0o600)
    handler.setFormatter(formatter)
    handler.addFilter(REDACTION)
    logger.addHandler(handler)
