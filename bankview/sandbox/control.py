"""The sandbox's own switches over HTTP: faults, the calls that came in, and time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from bankview.errors import UsageError
from bankview.sandbox.messages import Answer, Request, json_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.sandbox.calls import Calls
    from bankview.sandbox.faults import Faults
    from bankview.sandbox.grants import Grants

ROOT = "/_sandbox/"


class Expiring(Protocol):
    """Anything that has access tokens to end."""

    def expire_access(self) -> int:
        """End every access token now; return how many there were."""
        ...


@dataclass(frozen=True, slots=True)
class Control:
    """What tests and curious people may turn; `step` lets life go on once."""

    faults: Faults
    calls: Calls
    grants: Grants
    step: Callable[[], None]
    others: tuple[Expiring, ...] = ()

    def answer(self, request: Request) -> Answer:
        """Answer a request below `ROOT`.

        `faults`: POST {"name", "times"} switches one, GET shows them, DELETE ends them all. `calls`: GET counts and
        lists them, with ?path= those to one path, DELETE forgets them. `life`: POST {"steps"} lets rows arrive and
        book. `expire`: POST ends all access tokens.
        """
        switches: dict[tuple[str, str], Callable[[Request], Any]] = {
            ("POST", "faults"): self._spoil,
            ("GET", "faults"): lambda _: self.faults.state(),
            ("DELETE", "faults"): lambda _: self.faults.clear(),
            ("GET", "calls"): self._called,
            ("DELETE", "calls"): lambda _: self.calls.forget(),
            ("POST", "life"): self._live,
            ("POST", "expire"): self._expire,
        }
        switch = switches.get((request.method, request.path.removeprefix(ROOT)))
        if switch is None:
            return json_answer({"error": "there is no such switch"}, 404)
        try:
            return json_answer(switch(request) or {})
        except UsageError as error:
            return json_answer({"error": str(error)}, 400)

    def _spoil(self, request: Request) -> dict[str, int | None]:
        wish = _object(request)
        self.faults.set(str(wish.get("name", "")), _count(wish, "times"))
        return self.faults.state()

    def _called(self, request: Request) -> dict[str, Any]:
        calls = self.calls.to(dict(request.arguments).get("path", ""))
        return {"count": len(calls), "calls": calls}

    def _expire(self, _request: Request) -> dict[str, int]:
        return {"expired": sum(g.expire_access() for g in (self.grants, *self.others))}

    def _live(self, request: Request) -> dict[str, int]:
        steps = _count(_object(request), "steps") or 1
        for _ in range(steps):
            self.step()
        return {"steps": steps}


def _object(request: Request) -> dict[str, Any]:
    try:
        value = json.loads(request.body or b"{}")
    except ValueError as error:
        raise UsageError("the body is not JSON") from error
    if not isinstance(value, dict):
        raise UsageError("the body is not a JSON object")
    return value


def _count(wish: dict[str, Any], name: str) -> int | None:
    count = wish.get(name)
    if count is not None and (type(count) is not int or count < 0):
        raise UsageError(f"{name} is not a number of times")
    return count
