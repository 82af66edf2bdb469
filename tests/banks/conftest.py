"""A bank that answers as recorded, behind the real client."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import pytest

from bankview import web
from bankview.banks import Partial, dialects
from bankview.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bankview.banks import Dialect
    from bankview.domain.account import Account

T = TypeVar("T")

#: What the ledger fills in, and no dialect.
LEDGERS = "id connection_id own_name hidden position last_success problem unread lacking opened"

HERE = Path(__file__).parent
ORIGIN = "https://bank.example"
ROOT = f"{ORIGIN}/api"


#: What sessions are called where not any name will do.
SESSIONS = {"bunq": "42"}

#: What is said to a question that was not recorded.
NO_ANSWER: dict[str, Any] = {"answer": {}}


def _matches(item: dict[str, Any], path: str, query: dict[str, Any]) -> bool:
    # A star stands for what depends on the day.
    said = fnmatchcase(path, item["path"]) if "*" in item["path"] else item["path"] == path
    return said and item.get("params", {}).items() <= query.items()


@dataclass
class Recorded:
    """Answers by path and by what the query has to hold; remembers what was asked."""

    answers: list[dict[str, Any]]
    since: date
    until: date | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    #: Changes the body of one of the answers before it is sent.
    twist: Callable[[dict[str, Any], str], str] = field(default=lambda _, body: body)

    def rows(self, dialect: Dialect, account: Account) -> Iterator[Any]:
        """Yield an account's rows, to the recorded end where there is one."""
        more = {"until": self.until} if self.until else {}
        yield from dialect.transactions(self.api(dialect).get, account, self.since, **more)

    def send(self, method: str, url: str, **options: Any) -> web.Reply:
        parts = urlsplit(url)
        path = f"{ORIGIN}{parts.path}".removeprefix(f"{ROOT}/").removeprefix(ORIGIN)
        query = {**dict(parse_qsl(parts.query)), **(options.get("params") or {})}
        self.asked.append({"method": method, "path": path, "query": query, **options["headers"]})
        item = next((item for item in self.answers if _matches(item, path, query)), NO_ANSWER)
        # An item without an answer is one without a body.
        body = self.twist(
            item, json.dumps(item["answer"], ensure_ascii=False) if "answer" in item else ""
        )
        return web.Reply(item.get("status", 200), url, {}, body.encode("utf-8", "surrogatepass"))

    def api(self, dialect: Dialect) -> web.Api:
        return web.Api(ROOT, self.send, headers=dialect.headers, writes=dialect.writes)


def recorded(case: Path) -> Recorded:
    content = json.loads((case / "answers.json").read_text("utf-8"))
    until = date.fromisoformat(content["until"]) if "until" in content else None
    return Recorded(content["answers"], date.fromisoformat(content["since"]), until)


def plain(value: Any) -> Any:
    """Return a domain value's field as an expected file has it."""
    if isinstance(value, Money):
        return f"{value} {value.currency}"
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


CASES = sorted(path.parent for path in HERE.glob("*/*/answers.json"))


@pytest.fixture(params=CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def case(request: pytest.FixtureRequest) -> Path:
    """Each recorded case of each dialect."""
    found: Path = request.param
    return found


@pytest.fixture
def typical() -> Callable[[str], Recorded]:
    """Return a function that gives the typical case of a dialect."""
    return lambda name: recorded(HERE / name / "typical")


@pytest.fixture
def bank(case: Path) -> Recorded:
    return recorded(case)


def spoken(name: str) -> Dialect:
    """Return a dialect as it is spoken within a session, where it has sessions."""
    return dialects()[name].signed_in(SESSIONS.get(name, "session"))


@pytest.fixture
def dialect(case: Path) -> Dialect:
    return spoken(case.parent.name)


@pytest.fixture
def read() -> Callable[[Recorded, Dialect], dict[str, Any]]:
    return everything


def everything(bank: Recorded, dialect: Dialect) -> dict[str, Any]:
    """Return all that a dialect makes of a bank's answers, in the form of an expected file."""
    get = bank.api(dialect).get
    result: dict[str, Any] = {"accounts": [], "transactions": {}, "partial": []}
    for account in kept(dialect.accounts(get), result):
        result["accounts"].append(fields(account, LEDGERS))
        rows = kept(bank.rows(dialect, account), result)
        result["transactions"][account.key] = [
            fields(row, "raw words ruled id account_id account_key") for row in rows
        ]
    return result


def kept(items: Iterable[T | Partial], result: dict[str, Any]) -> list[T]:
    """Return the values among them; what the bank left out goes to the result."""
    found = list(items)
    result["partial"] += [item.code for item in found if isinstance(item, Partial)]
    return [item for item in found if not isinstance(item, Partial)]


def fields(value: Any, without: str) -> dict[str, Any]:
    names = [name for name in type(value).__match_args__ if name not in without.split()]
    return {name: plain(getattr(value, name)) for name in names}


class Service:
    """Answers in turn, raising what is an error, and remembers what was asked, sent, and the headers of what was sent."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.asked = list(answers), list[Any]()
        self.headers: dict[str, str] = {}

    def get(self, path: Any, params: Any = None, headers: Any = None) -> Any:
        return self.tell((path, dict(params or {})))

    def post(self, path: str, body: Any, headers: Any = None) -> Any:
        self.headers = dict(headers or {})
        return self.tell((path, body))

    def tell(self, asked: Any) -> Any:
        self.asked.append(asked)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer
