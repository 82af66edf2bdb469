"""Answers that the bank's page posts as a form: from anywhere, but only with our state (Form Post Response Mode)."""

from __future__ import annotations

import base64
import json
import socket
import threading
from contextlib import closing
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bankview.errors import BadRedirectError, SignInDeniedError
from bankview.oauth.authorization import new_draft
from bankview.oauth.loopback import Loopback
from tests.oauth.conftest import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bankview.oauth.authorization import AuthorizationRequest
    from tests.oauth.conftest import Visitor

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def expect(visitor: Visitor, listener: Loopback) -> AuthorizationRequest:
    draft = new_draft(visitor.server, "bankview", listener.redirect_uri)
    request = draft.addressed(visitor.server, draft.fields, posted=True)
    listener.expect(request)
    return request


def post(listener: Loopback, body: str | bytes, path: str = "", **headers: str) -> Reply:
    """Post a form as a page of another site does."""
    data = body if isinstance(body, bytes) else body.encode()
    with closing(HTTPConnection("127.0.0.1", listener.port, timeout=10)) as connection:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {**FORM, "Origin": "null", **named}
        connection.request("POST", path or listener.path, data, sent)
        response = connection.getresponse()
        return Reply(response.status, response.headers, response.read())


def form(request: AuthorizationRequest, **changes: str) -> str:
    fields = {"code": "the-code", "state": request.state, "iss": request.issuer, **changes}
    return urlencode(fields)


@pytest.mark.parametrize("origin", ["null", "https://login.bank.example", "https://evil.example"])
def test_a_form_with_our_state_is_the_answer_wherever_it_comes_from(
    visitor: Visitor, listener: Loopback, origin: str
) -> None:
    request = expect(visitor, listener)
    reply = post(listener, form(request), Origin=origin)
    assert (reply.status, reply.headers["Location"]) == (303, "/done")
    assert listener.wait(0) == "the-code"


def test_no_other_site_is_let_in_by_cors(visitor: Visitor, listener: Loopback) -> None:
    request = expect(visitor, listener)
    before = visitor.fetch(
        listener,
        "/callback",
        "OPTIONS",
        Origin="https://evil.example",
        Access_Control_Request_Method="POST",
        Content_Length="0",
    )
    after = post(listener, form(request), Origin="https://evil.example")
    assert (before.status, before.headers["Allow"]) == (405, "GET, POST")
    for reply in (before, after):
        assert not [name for name in reply.headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize("mode", ["no-cors", "cors", "same-origin", "websocket"])
def test_a_script_delivers_nothing(visitor: Visitor, listener: Loopback, mode: str) -> None:
    request = expect(visitor, listener)
    assert post(listener, form(request), Sec_Fetch_Mode=mode).status == 400
    assert post(listener, form(request), Sec_Fetch_Mode="navigate").status == 303
    assert listener.wait(0) == "the-code"


WRONG: dict[str, dict[str, str]] = {
    "another state": {"state": "somebody-elses"},
    "an empty state": {"state": ""},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
def test_a_form_without_our_state_is_nobodys_and_the_wait_goes_on(
    visitor: Visitor, listener: Loopback, changes: dict[str, str]
) -> None:
    request = expect(visitor, listener)
    assert post(listener, form(request, **changes)).status == 400
    assert post(listener, "code=the-code").status == 400
    assert post(listener, "error=access_denied").status == 400
    assert post(listener, f"{form(request)}&state={request.state}").status == 400
    assert post(listener, form(request)).status == 303
    assert listener.wait(0) == "the-code"


def test_a_code_that_comes_twice_ends_the_sign_in(visitor: Visitor, listener: Loopback) -> None:
    request = expect(visitor, listener)
    post(listener, f"{form(request)}&code=another")
    with pytest.raises(BadRedirectError, match="code more than once"):
        listener.wait(0)


def test_another_issuer_ends_the_sign_in(visitor: Visitor, listener: Loopback) -> None:
    request = expect(visitor, listener)
    post(listener, form(request, iss="https://evil.example"))
    with pytest.raises(BadRedirectError, match="another issuer"):
        listener.wait(0)


def test_a_missing_issuer_counts_where_it_was_promised(
    visitor: Visitor, listener: Loopback
) -> None:
    draft = new_draft(visitor.server, "bankview", listener.redirect_uri)
    request = draft.addressed(visitor.server, draft.fields, iss_required=True, posted=True)
    listener.expect(request)
    post(listener, urlencode({"code": "the-code", "state": request.state}))
    with pytest.raises(BadRedirectError, match="does not name its issuer"):
        listener.wait(0)


def test_a_refusal_by_form_is_the_banks_no(visitor: Visitor, listener: Loopback) -> None:
    request = expect(visitor, listener)
    post(listener, urlencode({"error": "access_denied", "state": request.state}))
    with pytest.raises(SignInDeniedError):
        listener.wait(0)


def test_the_first_form_is_the_answer_and_a_second_is_not(
    visitor: Visitor, listener: Loopback
) -> None:
    request = expect(visitor, listener)
    assert post(listener, form(request)).headers["Location"] == "/done"
    assert post(listener, form(request, code="another")).headers["Location"] == "/already"
    assert listener.wait(0) == "the-code"


def test_a_server_that_answers_in_the_address_instead_is_understood(
    visitor: Visitor, listener: Loopback
) -> None:
    request = expect(visitor, listener)
    visitor.come_back(listener, request)
    assert listener.wait(0) == "the-code"


def test_the_query_of_a_posted_form_is_no_answer(visitor: Visitor, listener: Loopback) -> None:
    request = expect(visitor, listener)
    assert post(listener, "", f"/callback?{form(request)}").status == 400
    assert post(listener, form(request), "/callback?state=x&code=y").status == 303
    assert listener.wait(0) == "the-code"


SHAPES: dict[str, tuple[dict[str, str], int]] = {
    "json": ({"Content-Type": "application/json"}, 400),
    "multipart": ({"Content-Type": "multipart/form-data; boundary=x"}, 400),
    "plain text": ({"Content-Type": "text/plain"}, 400),
    "no length": ({"Content-Length": "many"}, 400),
    "a length that is none": ({"Content-Length": "²"}, 400),
    "in pieces": ({"Transfer-Encoding": "chunked"}, 400),
    "another host": ({"Host": "evil.example"}, 400),
    "with a charset": ({"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}, 303),
}


@pytest.mark.parametrize(("headers", "status"), SHAPES.values(), ids=SHAPES)
def test_only_a_form_is_a_form(
    visitor: Visitor, listener: Loopback, headers: dict[str, str], status: int
) -> None:
    request = expect(visitor, listener)
    body = form(request).encode()
    sent = {
        "Host": f"127.0.0.1:{listener.port}",
        **FORM,
        "Content-Length": str(len(body)),
        **headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    answer = raw(listener, f"POST /callback HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())


def raw(listener: Loopback, data: bytes) -> bytes:
    """Send bytes as they are and return what comes until the other side hangs up."""
    with socket.create_connection(("127.0.0.1", listener.port), timeout=10) as connection:
        received = b""
        try:
            connection.sendall(data)
            while part := connection.recv(65_536):
                received += part
        except ConnectionError:
            pass
        return received


@pytest.mark.parametrize("path", ["/", "/callback/", "/done", "/already"])
def test_another_path_takes_no_form(visitor: Visitor, listener: Loopback, path: str) -> None:
    request = expect(visitor, listener)
    assert post(listener, form(request), path).status == 404


def test_a_form_that_is_too_large_is_refused(visitor: Visitor, listener: Loopback) -> None:
    request = expect(visitor, listener)
    head = (
        f"POST /callback HTTP/1.1\r\nHost: 127.0.0.1:{listener.port}\r\nContent-Length: 99999\r\n"
    )
    answer = raw(listener, f"{head}Content-Type: {FORM['Content-Type']}\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert post(listener, form(request, x="y" * 9000)).status == 400
    assert post(listener, form(request)).status == 303


def test_a_form_that_is_cut_off_is_no_answer(visitor: Visitor, listener: Loopback) -> None:
    request = expect(visitor, listener)
    body = form(request).encode()
    head = (
        f"POST /callback HTTP/1.1\r\nHost: 127.0.0.1:{listener.port}\r\n"
        f"Content-Type: {FORM['Content-Type']}\r\nContent-Length: {len(body) + 9}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", listener.port), timeout=10) as connection:
        connection.sendall(head.encode() + body)
        connection.shutdown(socket.SHUT_WR)
        assert b" 303 " not in connection.recv(65_536)
    assert post(listener, form(request)).status == 303


def test_no_form_is_taken_where_none_was_asked_for(visitor: Visitor, listener: Loopback) -> None:
    request = visitor.expect(listener)
    reply = post(listener, form(request))
    assert (reply.status, reply.headers["Allow"]) == (405, "GET")
    visitor.come_back(listener, request)
    assert listener.wait(0) == "the-code"


@pytest.fixture(scope="module")
def waiting() -> Iterator[Any]:
    from tests.oauth.conftest import Visitor

    with Loopback("http://127.0.0.1/callback") as listener:
        expect(Visitor(), listener)
        yield listener
        listener.cancel()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.one_of(
        st.binary(max_size=300), st.text(max_size=100).map(lambda t: f"state={t}".encode())
    )
)
def test_no_body_that_does_not_know_the_state_gets_in(waiting: Any, body: bytes) -> None:
    assert post(waiting, body).status == 400


def test_of_two_answers_at_once_one_counts(visitor: Visitor, listener: Loopback) -> None:
    both = threading.Barrier(2)

    def opened(text: str) -> dict[str, str]:
        both.wait(30)
        return {"code": text[-1]}

    draft = new_draft(visitor.server, "bankview", listener.redirect_uri)
    request = draft.addressed(visitor.server, draft.fields, opened=opened)
    listener.expect(request)
    claims = base64.urlsafe_b64encode(json.dumps({"state": request.state}).encode()).decode()
    led: list[str] = []
    threads = [
        threading.Thread(
            target=lambda n=n: led.append(listener.answer(f"response=e30.{claims.rstrip('=')}.{n}"))
        )
        for n in "12"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(led) == ["/already", "/done"]
    assert listener.wait(0) in {"1", "2"}
