"""What customers have granted: codes, access tokens, and refresh tokens that rotate (RFC 6749, RFC 9700 §4.14)."""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bankview.sandbox.files import write

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

#: Seconds. A code is short-lived and a refresh token ends unused, or after a year in all, as at SpareBank 1.
CODE_LIFE = 120
REFRESH_LIFE, GRANT_LIFE = 2_592_000, 31_536_000
#: Seconds in which a spent refresh token still works, where the fault `rotate-grace` asks for it.
GRACE = 10


def digest(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code and what it is bound to, `jkt` being a key's thumbprint; `grant_id` once it was redeemed.

    `details` are the JSON in which they were asked for (RFC 9396), `resources` those that were named (RFC 8707).
    """

    client_id: str
    customer: str
    scopes: tuple[str, ...]
    redirect_uri: str
    challenge: str
    institution: str
    ends: float
    spent: bool = False
    grant_id: str = ""
    nonce: str = ""
    jkt: str = ""
    details: str = ""
    resources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """One consent. `consent` seeds the account keys of this consent; tokens are kept as digests, times as epoch seconds.

    `refresh` is the refresh token that works, `spent` those that did, with when they ended; `access` the access
    tokens with when they end. `cnf` says what they are bound to, as introspection shows it (RFC 7800 §3.1).
    """

    grant_id: str
    client_id: str
    customer: str
    scopes: tuple[str, ...]
    institution: str
    consent: str
    began: float
    refresh: str = ""
    refresh_ends: float = 0.0
    spent: Mapping[str, float] = field(default_factory=dict)
    access: Mapping[str, float] = field(default_factory=dict)
    cnf: Mapping[str, str] = field(default_factory=dict)
    details: str = ""
    resources: tuple[str, ...] = ()

    @property
    def ends(self) -> float:
        """When the consent ends, used or not."""
        return self.began + GRANT_LIFE


class Grants:
    """The grants and codes in force; grants outlive the process in `path`."""

    def __init__(self, path: Path, now: Callable[[], float]) -> None:
        self.now = now
        self.lock = threading.RLock()
        self._path = path
        self._codes: dict[str, Code] = {}
        self._grants = _read(path)

    def keep_code(self, code: str, bound: Code) -> None:
        """Remember a code until it ends."""
        with self.lock:
            self._codes[code] = bound

    def code(self, code: str) -> Code | None:
        """Return what a code is bound to."""
        return self._codes.get(code)

    def spend_code(self, code: str, grant_id: str = "") -> None:
        """Use a code up, by a failed exchange too."""
        with self.lock:
            self._codes[code] = replace(self._codes[code], spent=True, grant_id=grant_id)

    def begin(self, code: Code) -> Grant:
        """Return the grant that a redeemed code begins."""
        return Grant(
            secrets.token_hex(8),
            code.client_id,
            code.customer,
            code.scopes,
            code.institution,
            secrets.token_hex(16),
            self.now(),
            details=code.details,
            resources=code.resources,
        )

    def fresh(
        self, client_id: str, customer: str, scopes: tuple[str, ...], institution: str
    ) -> Grant:
        """Return a grant that begins now."""
        return self.begin(Code(client_id, customer, scopes, "", "", institution, self.now()))

    def standing(
        self, client_id: str, customer: str, scopes: tuple[str, ...], institution: str
    ) -> Grant:
        """Return the one grant of a client that asks anew for each token, so that account keys stay as they are."""
        wanted = (client_id, customer, scopes)
        with self.lock:
            for grant in self._grants.values():
                if (grant.client_id, grant.customer, grant.scopes) == wanted:
                    return grant
        return self.fresh(client_id, customer, scopes, institution)

    def of_access(self, token: str) -> Grant | None:
        """Return the grant of an access token that is in force."""
        key, now = digest(token), self.now()
        with self.lock:
            return next((g for g in self._grants.values() if g.access.get(key, 0) > now), None)

    def of_refresh(self, token: str) -> Grant | None:
        """Return the grant that a refresh token works for or did."""
        key = digest(token)
        with self.lock:
            return next(
                (g for g in self._grants.values() if key == g.refresh or key in g.spent), None
            )

    def of_any(self, token: str) -> Grant | None:
        """Return the grant of a token of any kind, ended ones included."""
        key = digest(token)
        with self.lock:
            found = (g for g in self._grants.values() if key in {g.refresh, *g.spent, *g.access})
            return next(found, None)

    def issue(
        self, grant: Grant, access: str, seconds: int, refresh: str, lasts: int = REFRESH_LIFE
    ) -> None:
        """Keep a grant with a new pair of tokens, the second good for `lasts` seconds; the one before it is spent.

        Where no second one was given, `refresh` is empty.
        """
        now = self.now()
        with self.lock:
            spent = {**grant.spent, grant.refresh: now} if grant.refresh else dict(grant.spent)
            alive = {key: ends for key, ends in grant.access.items() if ends > now}
            self._grants[grant.grant_id] = replace(
                grant,
                refresh=digest(refresh) if refresh else "",
                refresh_ends=min(now + lasts, grant.ends),
                spent=spent,
                access={**alive, digest(access): now + seconds},
            )
            self._save()

    def end_former(self, grant: Grant) -> None:
        """End the grants that another of the same customer, client and scope takes the place of."""
        with self.lock:
            for other in list(self._grants.values()):
                same = (other.client_id, other.customer) == (grant.client_id, grant.customer)
                if same and other.grant_id != grant.grant_id and {*other.scopes} & {*grant.scopes}:
                    self.end(other.grant_id)

    def end(self, grant_id: str) -> None:
        """End a grant with every token of it."""
        with self.lock:
            if self._grants.pop(grant_id, None):
                self._save()

    def end_access(self, grant_id: str, token: str) -> None:
        """End one access token; what renews it goes on."""
        with self.lock:
            grant = self._grants[grant_id]
            left = {key: ends for key, ends in grant.access.items() if key != digest(token)}
            self._grants[grant_id] = replace(grant, access=left)
            self._save()

    def expire_access(self) -> int:
        """End every access token now, refresh tokens go on; return how many there were."""
        with self.lock:
            count = sum(len(grant.access) for grant in self._grants.values())
            self._grants = {key: replace(g, access={}) for key, g in self._grants.items()}
            self._save()
        return count

    def _save(self) -> None:
        content = [asdict(grant) for grant in self._grants.values()]
        write(self._path, json.dumps(content, indent=1).encode())


def about(grant: Grant, token: str, issuer: str, now: float) -> dict[str, Any] | None:
    """Return what is said of a token of a grant (RFC 7662 §2.2), None where it has ended."""
    key = digest(token)
    is_access = key in grant.access
    ends = grant.access.get(key, grant.refresh_ends if key == grant.refresh else 0.0)
    if min(ends, grant.ends) <= now:
        return None
    return {
        "scope": " ".join(grant.scopes),
        "client_id": grant.client_id,
        "sub": subject(grant.customer),
        "iss": issuer,
        "exp": int(ends),
        **({"token_type": "Bearer"} if is_access else {}),
    }


def subject(customer: str) -> str:
    """Return the lasting name of a customer (OpenID Connect Core §8)."""
    return hashlib.sha256(f"fjordbanken {customer}".encode()).hexdigest()[:32]


def _read(path: Path) -> dict[str, Grant]:
    if not path.exists():
        return {}
    kept: list[dict[str, Any]] = json.loads(path.read_bytes())
    lists = ("scopes", "resources")
    grants = (
        Grant(**{**fields, **{name: tuple(fields.get(name, ())) for name in lists}})
        for fields in kept
    )
    return {grant.grant_id: grant for grant in grants}
