"""What a bank is: frozen values over a dialect, and what a dialect yields."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, Protocol

from bankview.oauth.grant_names import CODE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from bankview.domain.account import Account
    from bankview.domain.money import Money
    from bankview.domain.secret import Secret
    from bankview.domain.transaction import Transaction
    from bankview.oauth.registration import Client
    from bankview.oauth.server import Server
    from bankview.oauth.token import Token
    from bankview.web import Api, Reply

#: What is the same for everybody and never written to.
NOTHING: Mapping[str, str] = MappingProxyType({})


class Get(Protocol):
    """Fetches decoded JSON below the bank's root URL: logged in, confined, read-only (`web.Api.get`)."""

    def __call__(self, path: Any, params: Any = None, headers: Any = None) -> Any:
        """Return the decoded answer to a path, its parts, or a `web.Link`; fractions are Decimal.

        Raises the errors of `web.check`.
        """
        ...


class Put(Protocol):
    """Sends a JSON body below the bank's root URL by one of the dialect's `writes`."""

    def __call__(self, path: str, body: Mapping[str, Any]) -> Any:
        """Return the decoded answer, None where there is none. Raises the errors of `web.check`."""
        ...


class Post(Put, Protocol):
    """Sends like `Put`, with headers of its own where they are given."""

    def __call__(self, path: str, body: Mapping[str, Any], headers: Any = None) -> Any:
        """Return the decoded answer, None where there is none. Raises the errors of `web.check`."""
        ...


@dataclass(frozen=True, slots=True)
class Ask:
    """Something only the person knows.

    `name` is client_id, client_secret, access_token, key_passphrase, the $NAME that a header wants, or "table.key" for
    the text of a PEM `file`: a certificate or a key. "authorization.x" is a field x of the authorization request. What
    is `optional` may stay empty; where there are `suggestions`, the bank can be asked for them without a sign-in.
    """

    name: str
    label: str
    secret: bool = False
    hint: str = ""
    file: Literal["", "certificate", "key"] = ""
    optional: bool = False
    suggestions: bool = False


@dataclass(frozen=True, slots=True)
class Partial:
    """Yielded among accounts or transactions: the bank said that it left something out; `code` is its own word.

    `said` is a sentence about it where people should read one instead: of which bank, and what to do.
    """

    code: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Yielded in a transaction's place where it could not be read: `why` names its field, `raw` is the bank's object."""

    why: str
    raw: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Yielded after the rows of a page where it was asked for: handed back as `resume`, what follows comes."""

    text: str


@dataclass(frozen=True, slots=True)
class Visit:
    """One attempt to sign in: the bank that the person chose, where the answer goes, and the state it has to carry."""

    institution: str
    redirect_uri: str
    state: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Way:
    """Where the person goes to sign in, and the session that waits for it, where it has its name already."""

    url: str
    session: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page where the person allows us to read.

    `begin` returns the way there, `finish` takes the answer's code, or the session that waits, and returns the
    session's name and its end (UTC), `end` closes a session; `post` sends what the dialect lists among its writes.
    `says` is what the answer calls what OAuth calls otherwise; where nothing of it is a code, the state is all it has
    to say.
    """

    begin: Callable[[Get, Post, Visit], Way]
    finish: Callable[[Get, Put, str], tuple[str, datetime | None]]
    end: Callable[[Callable[[str], object], str], None]
    says: Mapping[str, str] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Tokens:
    """How a family of banks gives tokens for what the person entered, again and again, without the person.

    `new` returns one: of the API that no token is needed for, what the person entered, the last token (None at first),
    and this instant. `ended` are the statuses that say that one has ended. `check` raises for an answer that is not
    the bank's.
    """

    new: Callable[[Api, Mapping[str, str], Token | None, datetime], Token]
    ended: frozenset[int] = frozenset({401})
    check: Callable[[Token, Reply], None] | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """How a family of banks that speaks no OAuth 2 lets people in, by keys of their own.

    Each call is logged in by `login`, which returns the Authorization header, of the client id, the private key as PEM
    and this instant; or by one of the `tokens`; or by a certificate alone. Without a `page` the keys are enough.
    `marks` are the headers that each sending of a call carries, of the session's name.
    """

    login: Callable[[str, Secret, datetime], str] | None = None
    tokens: Tokens | None = None
    page: Page | None = None
    marks: Callable[[str], Mapping[str, str]] | None = None
    #: What client id and client secret are called at the portal; empty: there is none.
    client_id: str = ""
    secret: str = ""
    #: How one of the banks behind the address is written.
    example: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """How what a person enters is exchanged, once, for what is kept: at services that give out setup tokens.

    `address` returns where that is, of what was entered; `access` what came from there: the root of the person's API,
    and the user and password for it with a colon between. Both know no network, and no host.
    """

    address: Callable[[str], str]
    access: Callable[[str], tuple[str, str]]
    #: What is entered.
    label: str


@dataclass(frozen=True, slots=True)
class Intent:
    """What is asked for in the client's own name before a person signs in, so that the sign-in is for that.

    `ask` sends the wish, at this instant, and returns its name; `claims` are what the ID token has to say of the name
    (OpenID Connect Core §5.5); `agreed` takes the name and the claims of the ID token that came, and returns when what
    was agreed on ends (UTC); `end` withdraws it. Each is sent with a token of our own with `scope`.
    """

    scope: str
    ask: Callable[[Post, datetime], str]
    claims: Callable[[str], Mapping[str, Any]]
    agreed: Callable[[Get, str, Mapping[str, Any]], datetime | None]
    end: Callable[[Callable[[str], object], str], None]


def no_accounts(_: Get) -> Iterator[Account | Partial]:
    """Yield nothing: what the service has are no accounts."""
    yield from ()


def no_transactions(*_: Any, **__: Any) -> Iterator[Transaction | Partial]:
    """Yield nothing: without accounts there are no rows."""
    yield from ()


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a family of banks talks. Its functions are generators of domain values over `get`.

    `transactions` takes the bank's zone as keyword `zone`, in which instants become days; `at` binds it. `writes` are
    the exact (method, path template) pairs beyond GET that the dialect needs. `host` is the API host that `portal`
    and `steps` are about: where a person gets a key of their own, and how, given the redirect address to register.
    `paths` are what may be read below the root, for who explores it; `never` are first parts of paths at which even a
    GET changes something. `token_at` is where the token goes if not into the Authorization header as a Bearer: the name of
    another header, `web.TOKEN_PLACE`, where the dialect's paths have that in its place, or `web.BASIC`, where it is user and
    password. `forbidden` says what a 403 means at banks that
    answer it for an ended access too, where others answer 401 (`TokenAuth`).

    With `windows`, `transactions` and `together` take the keyword `until`, the last day asked for. With `resumes`,
    `transactions` takes the keyword `resume`: "" from the beginning, with a `Cursor` after each page, or the text of
    one.

    The rest is for banks that have more: `together` fetches the rows of several accounts in one call (a row's
    `account_key` says whose it is); `about`, `details` and `person` yield, as words and value, what the bank says on
    demand of an account, of a transaction, and of who signed in; `check` is a path on the API's host that tells
    whether a sign-in is still good; `consent`, called once after a sign-in, tells the bank which accounts are to be
    read; `institutions` yields id and name of each bank behind one address, to any who asks, and `institution` is the
    field of the authorization request that takes the id; `funds` asks whether an amount is there, by a token of our own with `funds_scope`; `psu` is the header in
    which calls name the person's address while they are there, and `present` what they say beside it; `interaction` is the
    header in which each call has a name of its own, and its answer the same; with `has_pensions`, `accounts` takes the keyword `pensions`. A family
    that speaks no OAuth has an `entry`; its `accounts` takes the keyword `session`. With a `claim`, a token is claimed before
    it is kept; with an `intent`, a sign-in is for what was asked for before. `whole` says that one answer holds accounts and rows: a question is put once a session then.

    `allowed` tells whether a fresh sign-in was allowed in the bank's own app, too, where that opens the API: it is asked
    until it is. `at_once` says that the whole history is served right after a sign-in alone, `minutes` how long a sign-in
    may take where that is longer than usual. `logout` is a path below the root, among the `writes`, at which a POST with the
    access token ends it, where nothing is revoked.
    """

    name: str
    accounts: Callable[..., Iterator[Account | Partial]] = field(compare=False)
    transactions: Callable[..., Iterator[Transaction | Partial | Skipped | Cursor]] = field(
        compare=False
    )
    headers: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    writes: tuple[tuple[str, str], ...] = ()
    zone: str = "UTC"
    host: str = ""
    portal: str = ""
    paths: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    token_at: str = ""
    check: str = ""
    psu: str = ""
    interaction: str = ""
    forbidden: str = ""
    steps: Callable[[str], tuple[str, ...]] = field(default=lambda _: (), compare=False)
    together: Callable[..., Iterator[Transaction | Partial | Skipped]] | None = field(
        default=None, compare=False
    )
    about: Callable[[Get, Account], Iterator[tuple[str, str]]] | None = field(
        default=None, compare=False
    )
    details: Callable[[Get, Account, Transaction], Iterator[tuple[str, str]]] | None = field(
        default=None, compare=False
    )
    person: Callable[[Get], Iterator[tuple[str, str]]] | None = field(default=None, compare=False)
    funds: Callable[[Put, Account, Money], bool] | None = field(default=None, compare=False)
    funds_scope: str = ""
    institutions: Callable[[Get], Iterator[tuple[str, str]]] | None = field(
        default=None, compare=False
    )
    institution: str = ""
    has_pensions: bool = False
    windows: bool = False
    resumes: bool = False
    consent: Callable[[Get, Put], None] | None = field(default=None, compare=False)
    entry: Entry | None = field(default=None, compare=False)
    claim: Claim | None = field(default=None, compare=False)
    whole: bool = False
    intent: Intent | None = field(default=None, compare=False)
    allowed: Callable[[Get], bool] | None = field(default=None, compare=False)
    at_once: bool = False
    minutes: int = 0
    logout: str = ""
    present: Mapping[str, str] = field(default_factory=lambda: NOTHING)

    @property
    def has_accounts(self) -> bool:
        """Whether there is anything to read but by exploring."""
        return self.accounts is not no_accounts

    def with_pensions(self) -> Dialect:
        """Return the dialect as it is spoken for who wants pension accounts too."""
        if not self.has_pensions:
            return self
        return replace(self, accounts=partial(self.accounts, pensions=True))

    def signed_in(self, session: str) -> Dialect:
        """Return the dialect as it is spoken within a session, where it has sessions."""
        if self.entry is None:
            return self
        return replace(self, accounts=partial(self.accounts, session=session))

    def at(self, zone: ZoneInfo) -> Dialect:
        """Return the dialect as a bank in `zone` speaks it; `transactions(get, account, since)` needs no more then."""
        together = partial(self.together, zone=zone) if self.together else None
        own = partial(self.transactions, zone=zone)
        return replace(self, transactions=own, together=together)


@dataclass(frozen=True, slots=True)
class Signing:
    """How each API call is signed: the name of our key at the bank, and what is signed in which order.

    With `token_requests`, what is sent to the token endpoint is signed too.
    """

    key_id: str
    headers: tuple[str, ...]
    token_requests: bool = False


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank that can be connected.

    `api` is the root of its API; `zone` names its time zone; `history_days` says how far back the first fetch goes,
    `overlap_days` how far later ones look back for what is booked late; `consent_days` is counted from sign-in where
    the server does not say; `unattended_per_day`, `calls_per_day`, `calls_per_hour` and `seconds_between_calls` are its limits, 0 = none. `headers` go with each
    call, "$NAME" standing for what the person was asked. `ca` is trusted in addition to the system's roots, `certificate` is
    presented to server and API. `keys` names the private keys that the profile speaks of, which the keychain holds.
    A `licensed` bank lets only licensed third parties in. `source` is the person's own profile file, None for a bank
    that ships with the app.
    """

    id: str
    name: str
    country: str
    dialect: Dialect
    api: str
    server: Server
    client: Client
    zone: str
    history_days: int
    consent_days: int
    unattended_per_day: int
    calls_per_hour: int
    overlap_days: int = 14
    seconds_between_calls: int = 0
    calls_per_day: int = 0
    headers: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    asks: tuple[Ask, ...] = ()
    portal: str = ""
    steps: tuple[str, ...] = ()
    ca: Path | None = None
    certificate: Path | None = None
    keys: tuple[str, ...] = ()
    signing: Signing | None = None
    licensed: bool = False
    source: Path | None = None
    demo: bool = False

    @property
    def browses(self) -> bool:
        """Whether the person signs in on a page in their browser, which sends an answer back."""
        entry = self.dialect.entry
        return self.client.grant == CODE or bool(entry and entry.page)
