"""Faults that can be switched on, each by its name and for a number of times."""

from __future__ import annotations

import re
import threading

from bankview.errors import UsageError
from bankview.sandbox import id_token_faults

#: Every fault, by the part of the bank that it spoils.
GROUPS: dict[str, tuple[str, ...]] = {
    "token": (
        "307",
        "503-html",
        "429+Retry-After",
        "slow-drip",
        "reset-after-accept",
        "rotate-strict",
        "rotate-grace",
        "no-expires_in",
        "scope-narrowed",
        "type-inverted-case",
        "bearer-instead-of-dpop",
        "invalid_grant",
        "json-array",
    ),
    "dpop": ("nonce-once", "nonce-always", "scheme-lowercase"),
    "authorize": (
        "wrong-state",
        "no-state",
        "wrong-iss",
        "no-iss",
        "code-twice",
        "error-no-state",
        "form_post",
        "denied",
    ),
    "revocation": ("revocation-503", "unsupported_token_type"),
    "introspection": ("introspection-wrong-aud",),
    "userinfo": ("userinfo-invalid-sub",),
    "jwks": ("decoy-kid", "no-kid", "rotate", "jwks-500"),
    "id_token": (*id_token_faults.CLAIMS, *id_token_faults.SIGNATURES),
    "grants": (
        "slow-down",
        "expired-token",
        "no-interval",
        "device-http-address",
        "no-issued-type",
        "n-a-token",
    ),
    "jarm": (
        "jarm-alg-none",
        "jarm-expired",
        "jarm-wrong-aud",
        "jarm-wrong-iss",
        "jarm-unsigned",
    ),
    "metadata": ("issuer-mismatch", "no-S256", "http-endpoint", "metadata-100mb"),
    "api": (
        "401-once",
        "401-always",
        "403-consent",
        "429",
        "503",
        "html",
        "next-loop",
        "next-other-origin",
        "page-fault-n",
        "dup-json",
        "dup-rows",
        "NaN",
        "5000-digits",
        "missing-fields",
        "gzip-bomb",
        "clock-skew",
        "clock-skew+10",
        "clock-skew-10",
        "credit-accounts-failed",
        "recent-transactions-failed",
    ),
}
_NAMES = {name.lower(): name for names in GROUPS.values() for name in names}
_ALIASES = {
    "100-mb": "metadata-100mb",
    "100mb": "metadata-100mb",
    "429-retry-after": "429+Retry-After",
    "clock-skew-±10-min": "clock-skew",
}
#: Faults that happen once where nobody says how often.
_ONCE = {"401-once", "nonce-once"}


def _name(text: str) -> str:
    """Return a fault's own name for what somebody wrote.

    Raises:
        UsageError: there is no such fault.
    """
    plain = re.sub(r"\s+", "-", text.strip().lower())
    plain = _ALIASES.get(plain, plain)
    if re.fullmatch(r"page-fault-\d{1,4}", plain):
        return plain
    if plain not in _NAMES:
        raise UsageError(f"there is no fault {text!r}; there are {', '.join(_NAMES.values())}")
    return _NAMES[plain]


class Faults:
    """The faults that are switched on; asked from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: dict[str, int | None] = {}

    def set(self, name: str, times: int | None = None) -> None:
        """Switch a fault on for a number of times (None: until it is switched off), or off with 0.

        Raises:
            UsageError: there is no such fault, or `times` is negative.
        """
        name = _name(name)
        if times is not None and times < 0:
            raise UsageError("a fault cannot happen fewer than 0 times")
        if times is None and (name in _ONCE or name.startswith("page-fault-")):
            times = 1
        with self._lock:
            if times == 0:
                self._left.pop(name, None)
            else:
                self._left[name] = times

    def set_all(self, wishes: tuple[str, ...]) -> None:
        """Switch on what NAME or NAME=TIMES says.

        Raises:
            UsageError: a name or number is wrong.
        """
        for wish in wishes:
            name, equals, times = wish.partition("=")
            if equals and not times.isdecimal():
                raise UsageError(f"write --fault {name}=NUMBER")
            self.set(name, int(times) if equals else None)

    def take(self, name: str) -> bool:
        """Tell whether a fault happens now, and count it."""
        with self._lock:
            if name not in self._left:
                return False
            left = self._left[name]
            if left is not None:
                self._left[name] = left - 1
                if left <= 1:
                    del self._left[name]
            return True

    def first(self, *names: str) -> str:
        """Return the first of these that happens now; nothing where none does."""
        return next((name for name in names if self.take(name)), "")

    def page_fault(self) -> bool:
        """Count a page of rows, and tell whether it is the one that fails: n in `page-fault-<n>`."""
        with self._lock:
            waiting = [name for name in self._left if name.startswith("page-fault-")]
            if not waiting:
                return False
            name = waiting[0]
            left = int(name.rpartition("-")[2].replace("n", "1")) - 1
            times = self._left.pop(name)
            if left > 0:
                self._left[f"page-fault-{left}"] = times
            return left <= 0

    def clear(self) -> None:
        """Switch everything off."""
        with self._lock:
            self._left.clear()

    def state(self) -> dict[str, int | None]:
        """Return what is on, and how often it still happens (None: always)."""
        with self._lock:
            return dict(self._left)
