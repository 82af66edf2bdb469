"""Secrets and account numbers by their shape: by key, by form, and by the digits they are made of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

HIDDEN = "[hidden]"

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


def without_shapes(text: str) -> str:
    """Return `text` without secrets, codes, query strings and account numbers that are known by their shape."""
    text = _QUERY.sub(rf"\1?{HIDDEN}", _LOGIN.sub(rf"\1{HIDDEN}@", text))
    text = _RELATIVE.sub(rf"\1?{HIDDEN}", text)
    text = _JWT.sub(HIDDEN, text)
    text = _SCHEME.sub(rf"\1 {HIDDEN}", text)
    text = _HEADER.sub(rf"\1{HIDDEN}", text)
    text = _BY_WORD.sub(rf"\g<key>{HIDDEN}", _BY_KEY.sub(rf"\g<key>{HIDDEN}", text))
    text = _SMALL_IBAN.sub(_small_iban, _IBAN.sub(_last_four, text))
    return _NUMBER.sub(_account, text)


def without_values(text: str, values: Iterable[str]) -> str:
    """Return `text` without these values, the longest first."""
    for value in sorted(values, key=len, reverse=True):
        text = text.replace(value, HIDDEN)
    return text


def without_tokens(text: str) -> str:
    """Return `text` without signed tokens."""
    return _JWT.sub(HIDDEN, text)


def is_secret(name: str) -> bool:
    """Return whether the value of a query's field of this name is never shown."""
    return bool(_SECRET_NAME.search(name))
