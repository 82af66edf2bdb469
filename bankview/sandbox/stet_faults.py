"""What each fault does to an answer in STET's dialect that was right."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bankview.sandbox.messages import Answer, Request, text_answer
from bankview.sandbox.misbehaviour import WAIT
from bankview.sandbox.stet_refusal import RefusedError, no_token, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.sandbox.faults import Faults

_REFUSALS: dict[str, Callable[[], RefusedError]] = {
    "401-once": no_token,
    "401-always": no_token,
    "403-consent": lambda: RefusedError(403, "The consent is no longer valid", "NO_CONSENTS"),
    "429": lambda: RefusedError(429, "Too many calls", headers={"Retry-After": str(WAIT)}),
    "503": lambda: RefusedError(503, "The service is not available"),
}


def api(faults: Faults, respond: Callable[[Request], Answer], request: Request) -> Answer:
    """Answer the API, spoilt by what is switched on."""
    name = faults.first(*_REFUSALS)
    if name:
        return refusal(request, _REFUSALS[name]())
    if faults.take("html"):
        page = "<!doctype html><title>Maintenance</title><h1>We will be back soon</h1>"
        return text_answer(200, page, {"Content-Type": "text/html; charset=utf-8"})
    is_page = request.path.endswith("/transactions")
    if is_page and faults.page_fault():
        return refusal(request, RefusedError(500, "Something went wrong"))
    answer = respond(request)
    if is_page and answer.status == 200 and answer.body:
        return _page(faults, answer, request)
    return answer


def _page(faults: Faults, answer: Answer, request: Request) -> Answer:
    assert isinstance(answer.body, bytes)
    page: dict[str, Any] = json.loads(answer.body)
    if faults.take("next-loop"):
        page["_links"]["next"] = {"href": request.target}
    if faults.take("next-other-origin"):
        page["_links"]["next"] = {"href": f"https://bank.example{request.target}"}
    if faults.take("dup-rows"):
        page["transactions"] += page["transactions"]
    if faults.take("missing-fields"):
        del page["transactions"][0]["transactionAmount"]
    text = json.dumps(page, ensure_ascii=False)
    if faults.take("dup-json"):
        text = f'{text.removesuffix("}")}, "transactions": []}}'
    return Answer(200, answer.headers, text.encode())
