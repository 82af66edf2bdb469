"""What each fault does to an answer that was right."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from bankview.sandbox.messages import Answer, DroppedError, Request, json_answer, text_answer
from bankview.sandbox.sparebank1_call import RefusedError, refusal

if TYPE_CHECKING:
    from bankview.sandbox.faults import Faults

Respond = Callable[[Request], Answer]

#: Seconds that an answer of the faults 429 asks a client to wait.
WAIT = 30
#: Bytes that the gzip bomb unpacks to.
BOMB = 1_000_000_000


def _elsewhere(request: Request) -> Answer:
    host = request.headers.get("host", "")
    return Answer(307, {"Location": f"https://{host}/elsewhere/oauth/token"})


def _page(status: int) -> Answer:
    html = "<!doctype html><title>Maintenance</title><h1>We will be back soon</h1>"
    return Answer(status, {"Content-Type": "text/html; charset=utf-8"}, html.encode())


#: Faults of the token endpoint that take the place of an answer.
_INSTEAD: dict[str, Respond] = {
    "307": _elsewhere,
    "503-html": lambda _: _page(503),
    "429+Retry-After": lambda _: json_answer(
        {"error": "temporarily_unavailable"}, 429, {"Retry-After": str(WAIT)}
    ),
    "invalid_grant": lambda _: json_answer({"error": "invalid_grant"}, 400),
    "json-array": lambda _: json_answer([1]),
}


def token(
    faults: Faults, respond: Respond, request: Request, pause: Callable[[float], object]
) -> Answer:
    """Answer the token endpoint, spoilt by what is switched on; `pause` waits between the drops of a drip."""
    instead = faults.first(*_INSTEAD)
    if instead:
        return _INSTEAD[instead](request)
    answer = respond(request)
    if faults.take("reset-after-accept"):
        raise DroppedError
    if answer.status == 200:
        answer = _token_reply(faults, answer)
    if faults.take("slow-drip"):
        assert isinstance(answer.body, bytes)
        return Answer(answer.status, answer.headers, _drip(answer.body, pause))
    return answer


def revocation(faults: Faults, respond: Respond, request: Request) -> Answer:
    """Answer the revocation endpoint (RFC 7009 §2.2.1), spoilt by what is switched on."""
    if faults.take("revocation-503"):
        page = _page(503)
        return Answer(503, {**page.headers, "Retry-After": str(WAIT)}, page.body)
    if faults.take("unsupported_token_type"):
        return json_answer({"error": "unsupported_token_type"}, 400)
    return respond(request)


def _token_reply(faults: Faults, answer: Answer) -> Answer:
    assert isinstance(answer.body, bytes)
    reply = json.loads(answer.body)
    if faults.take("no-expires_in"):
        del reply["expires_in"]
    if faults.take("scope-narrowed"):
        reply["scope"] = "accounts"
    if faults.take("type-inverted-case"):
        reply["token_type"] = reply["token_type"].swapcase()
    if faults.take("bearer-instead-of-dpop"):
        reply["token_type"] = "Bearer"  # noqa: S105 - it is no password
    return Answer(200, answer.headers, json.dumps(reply).encode())


def _drip(body: bytes, pause: Callable[[float], object]) -> Iterator[bytes]:
    for position in range(len(body)):
        yield body[position : position + 1]
        pause(0.5)


def redirect(faults: Faults, location: str) -> str:
    """Return where the browser is sent, spoilt by what is switched on."""
    address, _, query = location.partition("?")
    fields = parse_qsl(query, keep_blank_values=True)
    for name, spoil in _REDIRECTS.items():
        if faults.take(name):
            fields = spoil(fields)
    return f"{address}?{urlencode(fields)}"


Fields = list[tuple[str, str]]


def _without(name: str, fields: Fields) -> Fields:
    return [pair for pair in fields if pair[0] != name]


_REDIRECTS: dict[str, Callable[[Fields], Fields]] = {
    "wrong-state": lambda fields: [*_without("state", fields), ("state", "somebody-elses")],
    "no-state": lambda fields: _without("state", fields),
    "wrong-iss": lambda fields: [*_without("iss", fields), ("iss", "https://other.example")],
    "no-iss": lambda fields: _without("iss", fields),
    "code-twice": lambda fields: [*fields, ("code", "a-second-one")],
    "error-no-state": lambda _: [("error", "access_denied")],
}


def api(faults: Faults, respond: Respond, request: Request) -> Answer:
    """Answer the API, spoilt by what is switched on."""
    instead = faults.first(*_REFUSALS)
    if instead:
        return _REFUSALS[instead]()
    is_page = request.path.endswith("/transactions")
    if is_page and faults.page_fault():
        return refusal(RefusedError(500, "general.error", "Something went wrong"))
    if faults.take("gzip-bomb"):
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        return Answer(200, headers, _bomb())
    answer = respond(request)
    if is_page and answer.status == 200:
        return _page_of_rows(faults, answer, request)
    return answer


_REFUSALS: dict[str, Callable[[], Answer]] = {
    "401-once": lambda: text_answer(401, "Unauthorized", {"WWW-Authenticate": "Bearer"}),
    "401-always": lambda: text_answer(401, "Unauthorized", {"WWW-Authenticate": "Bearer"}),
    "403-consent": lambda: refusal(
        RefusedError(403, "consent.expired", "The consent is no longer valid")
    ),
    "429": lambda: Answer(
        429,
        {"Retry-After": str(WAIT), "Content-Type": "application/json"},
        refusal(RefusedError(429, "too.many.requests", "Too many calls")).body,
    ),
    "503": lambda: _page(503),
    "html": lambda: _page(200),
}


def _bomb() -> Iterator[bytes]:
    member = gzip.compress(b" " * 10_000_000, 9)
    for _ in range(BOMB // 10_000_000):
        yield member


def _page_of_rows(faults: Faults, answer: Answer, request: Request) -> Answer:
    spoils = [spoil for name, spoil in _PAGES.items() if faults.take(name)]
    if not spoils:
        return answer
    assert not isinstance(answer.body, bytes)
    text = b"".join(answer.body).decode()
    for spoil in spoils:
        text = spoil(text, request)
    return Answer(200, answer.headers, text.encode())


def _amount(text: str, written: str) -> str:
    return re.sub(r'"amount":-?[\d.]+', lambda _: f'"amount":{written}', text, count=1)


def _member(text: str, name: str, value: Any) -> str:
    return f"{text.removesuffix('}')},{json.dumps(name)}:{json.dumps(value)}}}"


def _next(text: str, href: str) -> str:
    return _member(text, "_links", {"next": {"href": href}})


def _rows_twice(text: str, _request: Request) -> str:
    return re.sub(r'(?s)(\{"transactions":\[)(.+)(\],"errors")', r"\1\2,\2\3", text)


_PAGES: dict[str, Callable[[str, Request], str]] = {
    "dup-json": lambda text, _: _member(text, "transactions", []),
    "dup-rows": _rows_twice,
    "NaN": lambda text, _: _amount(text, "NaN"),
    "5000-digits": lambda text, _: _amount(text, "9" * 5000),
    "missing-fields": lambda text, _: re.sub(r'"date":\d+,"amount":-?[\d.]+,', "", text, count=1),
    "next-loop": lambda text, request: _next(
        text, f"https://{request.headers.get('host', '')}{request.target}"
    ),
    "next-other-origin": lambda text, request: _next(text, f"https://bank.example{request.target}"),
}
