"""What a bank answers, with everything personal made up, so that it can become a recorded answer of the tests."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bankview import web
from bankview.banks import Partial
from bankview.errors import BankError
from bankview.sync.session import open_session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bankview.sync.home import Home

#: Days of transactions that are taken.
DAYS = 60
#: Members whose values say how a bank talks and nothing about a person, in small letters and nothing else.
_PLAIN = frozenset(
    [
        "status",
        "bookingstatus",
        "type",
        "typecode",
        "producttype",
        "cashaccounttype",
        "balancetype",
        "roletype",
        "creditdebitindicator",
        "direction",
        "currency",
        "currencycode",
        "localcurrency",
        "accountcurrency",
        "source",
        "schemename",
        "usage",
        "templated",
        "psustatus",
        "mcc",
        "mccgroup",
        "merchantcategorycode",
        "descriptioncode",
        "code",
        "error",
        "failed",
        "dialect",
        "domain",
        "family",
        "subfamily",
        "confidence",
        "main",
        "sub",
        "authorisationstatus",
        "paymentstatus",
        "clearingstatus",
        "decision",
        "subtype",
        "consentstatus",
        # Instants in seconds.
        "posted",
        "transactedat",
        "balance-date",
    ]
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([T ][\d:.]+)?(Z|[+-]\d{2}:?\d{2})?")
#: A part of an address, and one that is the bank's own word, or stands for a token: ids have digits or capitals.
_PART, _OWN = re.compile(r"[^/?&=#]+"), re.compile(r"[a-z][a-z-]*|~token~")
_TOKEN = re.compile(r"[^\W_]+")
#: Parts of addresses that banks share.
_WORDS = frozenset(
    [
        "http",
        "https",
        "www",
        "api",
        "psd2",
        "stet",
        "v1",
        "v2",
        "accounts",
        "account",
        "transactions",
        "transaction",
        "balances",
        "owners",
        "overdrafts",
        "page",
        "personal",
        "banking",
        "details",
        "roles",
        "links",
        "self",
        "next",
        "prev",
        "first",
        "last",
        "parent",
        "list",
        "end",
        "user",
        "identity",
        "true",
        "false",
        "count",
        "older",
        "id",
        "pageindex",
    ]
)
_EPOCH_MS = range(10**12, 10**13)


def capture(home: Home, connection_id: str) -> bytes:
    """Fetch accounts and two months of rows anew, and return the answers in the form of the tests, redacted.

    Raises:
        SignInNeededError, RateLimitedError, BankError: nothing could be fetched.
    """
    answers: list[dict[str, Any]] = []
    since = home.now().date() - timedelta(days=DAYS)
    with open_session(home, connection_id) as session:

        def get(path: Any, params: Any = None, headers: Any = None) -> Any:
            place = path if isinstance(path, str) else "/".join(map(str, path))
            try:
                answer = session.get(path, params, headers)
            except BankError as error:
                answers.append({"path": place, "failed": type(error).__name__})
                raise
            answers.append({"path": place, "params": dict(params or {}), "answer": answer})
            return answer

        dialect = session.bank.dialect
        for account in list(dialect.accounts(get)):
            if not isinstance(account, Partial):
                for _ in dialect.transactions(get, account, since):
                    pass
    told = {"dialect": dialect.name, "since": since.isoformat(), "answers": redacted(answers)}
    return web.encode(told)


def redacted(answers: Sequence[dict[str, Any]], salt: bytes = b"") -> list[dict[str, Any]]:
    """Return answers with every name, number and text made up, the same one for the same everywhere.

    Lengths, signs, dates, currencies and codes stay, so that the answers are read as the bank's own are.
    """
    maker = _Maker(salt or hashlib.sha256(repr(answers).encode()).digest())
    return [maker.of(answer, "") for answer in answers]


class _Maker:
    """Makes up values; the salt is forgotten with it, so that nobody can try numbers until one fits."""

    def __init__(self, salt: bytes) -> None:
        self._salt = salt

    def of(self, value: Any, name: str) -> Any:
        """Return a value with what is personal in it made up; `name` is its member's."""
        if isinstance(value, dict):
            return {key: self.of(inner, str(key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.of(inner, name) for inner in value]
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, str):
            return self._text(value, name)
        plain = isinstance(value, int) and (value in _EPOCH_MS or _is_plain(name))
        return value if plain else type(value)(self._letters(str(value)))

    def _text(self, value: str, name: str) -> str:
        # A code of digits alone may be what somebody wrote with a payment.
        if _DATE.fullmatch(value) or (_is_plain(name) and not (name == "code" and value.isdigit())):
            return value
        if name in {"path", "href", "older_url"}:
            return _PART.sub(lambda found: self._part(found[0]), value)
        return self._words(value)

    def _part(self, part: str) -> str:
        return part if _OWN.fullmatch(part) or _DATE.fullmatch(part) else self._words(part)

    def _words(self, text: str) -> str:
        return _TOKEN.sub(lambda found: self._token(found[0]), text)

    def _token(self, token: str) -> str:
        return token if token.lower() in _WORDS else self._letters(token)

    def _letters(self, token: str) -> str:
        """Return letters for letters and digits for digits, with a first digit that is no zero unless it was one."""
        stream = hashlib.shake_256(self._salt + token.encode()).digest(len(token) or 1)
        made = []
        for letter, byte in zip(token, stream, strict=False):
            if letter.isdigit():
                made.append("0" if letter == "0" else str(byte % 9 + 1))
            elif letter.isalpha():
                drawn = chr(ord("a") + byte % 26)
                made.append(drawn.upper() if letter.isupper() else drawn)
            else:
                made.append(letter)
        return "".join(made)


def _is_plain(name: str) -> bool:
    return name.lower().replace("_", "") in _PLAIN
