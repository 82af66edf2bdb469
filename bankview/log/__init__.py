"""Logging that never shows a secret or an account number."""

from __future__ import annotations

import json
import logging
import os
import re
import time
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit

from bankview.log.http import ExchangeFormatter

if TYPE_CHECKING:
    import io
    from pathlib import Path

    from bankview.log.http import Recent

HIDDEN = "[hidden]"
#: Texts that are remembered clean.
_REMEMBERED = 500
_LINE = "%(asctime)s %(levelname)-8s %(name)s %(message)s"

#: Keys whose value is never shown, also at the end of longer names: OAuth parameters, headers, what people call secrets.
_KEYS = (
    r"(?<![\w-])[\w-]{0,40}?(?:secret|password|passwd|passphrase|verifier|(?:access|refresh|id)[_-]?token"
    r"|client[_-]?assertion|api[_-]?key|cookie|authorization|dpop|request[_-]?uri|(?:device|user)[_-]?code"
    r"|auth_?req_?id|iban|bban|account[_-]?(?:number|key)|ssn(?:_?key)?)"
)
#: Keys that are words too: "code 404", "state: ok" and "token: expired" are shown.
_WORDS = r"(?<![A-Za-z])(?:token|assertion|code|state|nonce|request|pan)"
#: The names of a query's fields whose values are never shown.
_SECRET_NAME = re.compile(
    rf"(?ix) {_KEYS} | (?:^|[^a-z]) (?:token|assertion|code|state|nonce|request|pan|sub|hint|user|session)"
)
_EQUALS = r"\s{0,9}(?:[=:]|%3[AaDd])\s{0,9}"
_QUOTED = r"""\\+"[^"]*" | b?"(?:[^"\\]|\\.)*" | b?'(?:[^'\\]|\\.)*'"""
_PLAIN = r"""[^\s"'&,;(){}\[\]<>]+"""


def _by_key(keys: str, plain: str) -> re.Pattern[str]:
    # The last form is a pair of a list, as in [('code', 'x')].
    key = rf"""(?: {keys}\\*["']?{_EQUALS} | (?<=["']){keys}["']\s*,\s* ) [\[(]*"""
    return re.compile(
        rf"(?ix) (?P<key>{key}) (?: {_QUOTED} | (?:(?:bearer|basic|dpop)\s+)? {plain} )"
    )


_BY_KEY = _by_key(_KEYS, _PLAIN)
_BY_WORD = _by_key(_WORDS, r"(?![A-Za-z_]+(?![\w.~+/-]))(?=[\w.~+/%-]{6})" + _PLAIN)
_HEADER = re.compile(
    r"(?im)^((?:.*\s)?(?:set-cookie|cookie|(?:proxy-)?authorization)[\"']?\s*:\s*)[^\r\n]+"
)
_SCHEME = re.compile(r"(?i)\b(bearer|basic|dpop)\s+(?![a-z]+\b(?![._~+/=-]))[a-z0-9._~+/=-]{6,}")
_LOGIN = re.compile(r"(\b[a-z][a-z0-9+.-]{0,30}://)[^\s/?#@\"'<>]{1,300}@", re.IGNORECASE)
_QUERY = re.compile(
    r"(\b[a-z][a-z0-9+.-]{0,30}://[^\s?#\"'<>]{1,2000})[?#][^\s\"'<>)]*", re.IGNORECASE
)
_RELATIVE = re.compile(r"((?<![\w/])/[^\s?#\"'<>]{0,500})\?[^\s\"'<>)]*=[^\s\"'<>)]*")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?\b")
_SMALL_IBAN = re.compile(r"\b[a-z]{2}\d{2}[a-z0-9]{11,30}\b")
_JWT = re.compile(r"\beyJ[\w-]{8,4000}\.[\w-]+\.[\w-]*")
_NUMBER = re.compile(
    r"""(?ix)
    (?P<harmless> (?<![\w.-]) (?:
        \d{4}-\d\d-\d\d (?: [T\ ]\d\d:\d\d (?: :\d\d (?:[.,]\d+)? )? (?: Z | [+-]\d\d:?\d\d )? )? (?!\d)
      | (?:0?[1-9]|[12]\d|3[01]) \. (?:0?[1-9]|1[0-2]) \. (?:19|20)\d\d (?!\d)
      | (?:\d{1,3}\.){3}\d{1,3} (?![\d.])
      | \d{1,3} \. \d{6,} (?![\d.])
      | \d+ [.,] \d+ (?= \ ?(?:s|ms|µs|ns|seconds|bytes)\b )
      | \d{1,8} [.,] \d{1,2} (?![\d.])
      | [0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}
      | (?=\d*[a-f]) [0-9a-f]{16,} (?!\w)
    ) )
    | (?<!\d) \d (?:[ .-]?\d){10,29} (?!\d)"""
)


def _last_four(match: re.Match[str]) -> str:
    return "…" + re.sub(r"\W", "", match[0])[-4:]


def _account(match: re.Match[str]) -> str:
    return match[0] if match["harmless"] else _last_four(match)


def _small_iban(match: re.Match[str]) -> str:
    """Mask small letters and digits only where they are an IBAN (ISO 13616 check digits): most are not."""
    text = match[0][4:] + match[0][:4]
    sound = int("".join(str(int(letter, 36)) for letter in text)) % 97 == 1
    return _last_four(match) if sound else match[0]


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

    def clean(self, text: str) -> str:
        """Return `text` without secrets, codes, query strings and account numbers."""
        text = self._without_values(text)
        text = _QUERY.sub(rf"\1?{HIDDEN}", _LOGIN.sub(rf"\1{HIDDEN}@", text))
        text = _RELATIVE.sub(rf"\1?{HIDDEN}", text)
        text = _JWT.sub(HIDDEN, text)
        text = _SCHEME.sub(rf"\1 {HIDDEN}", text)
        text = _HEADER.sub(rf"\1{HIDDEN}", text)
        text = _BY_WORD.sub(rf"\g<key>{HIDDEN}", _BY_KEY.sub(rf"\g<key>{HIDDEN}", text))
        text = _SMALL_IBAN.sub(_small_iban, _IBAN.sub(_last_four, text))
        return _NUMBER.sub(_account, text)

    def without_secrets(self, text: str) -> str:
        """Return `text` without the secrets that are known by their value, and without signed tokens."""
        return _JWT.sub(HIDDEN, self._without_values(text))

    def _without_values(self, text: str) -> str:
        for value in sorted(self._values, key=len, reverse=True):
            text = text.replace(value, HIDDEN)
        return text

    def clean_url(self, url: str) -> str:
        """Return a URL without secrets: of its query the names stay, and the values that are nobody's secret."""
        try:
            parts = urlsplit(url)
            query = parse_qsl(parts.query, keep_blank_values=True)
        except ValueError:
            return HIDDEN
        where = self._known(f"{parts.scheme}://{parts.netloc}{parts.path}")
        shown = "&".join(f"{self._known(name)}={self._shown(name, value)}" for name, value in query)
        line = f"{where}?{shown}" if query else where
        return "".join(char if char.isprintable() and char != " " else "+" for char in line)

    def _shown(self, name: str, value: str) -> str:
        if _SECRET_NAME.search(name):
            return HIDDEN
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
