"""The scripted visitor goes the way of the real pages, stays on this computer, and says where it got lost."""

from __future__ import annotations

import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from bankview.sandbox.visitor import visit
from tests.sandbox_process import DEADLINE, ROOT, Person, Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator


class App(HTTPServer):
    """The listener of an app that waits for its answer."""

    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answerer)
        self.asked: list[str] = []

    @property
    def redirect_uri(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/callback"


class Answerer(BaseHTTPRequestHandler):
    server: App

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def app() -> Iterator[App]:
    with App() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def url(sandbox: Sandbox, app: App) -> str:
    return Person(sandbox, redirect_uri=app.redirect_uri).url()


@pytest.mark.parametrize(("deny", "member"), [(False, "code"), (True, "error")])
def test_the_answer_is_delivered_to_the_app(
    sandbox: Sandbox, app: App, deny: bool, member: str
) -> None:
    assert visit(url(sandbox, app), deny=deny) == 0
    (asked,) = app.asked
    assert member in parse_qs(urlsplit(asked).query)


def test_an_app_that_refuses_the_answer_is_named(
    sandbox: Sandbox, app: App, capsys: pytest.CaptureFixture[str]
) -> None:
    app.status = 400
    assert visit(url(sandbox, app)) == 1
    assert capsys.readouterr().err == "The app does not take the answer (error 400).\n"


def test_an_app_that_is_gone_is_named(person: Person, capsys: pytest.CaptureFixture[str]) -> None:
    assert visit(person.url()) == 1
    assert capsys.readouterr().err == "Nobody answers at 127.0.0.1:1.\n"


def test_an_unknown_customer_is_named(person: Person, capsys: pytest.CaptureFixture[str]) -> None:
    assert visit(person.url(), "nobody") == 1
    assert "no customer called nobody" in capsys.readouterr().err


@pytest.mark.parametrize(
    "address", ["https://bank.example/authorize", "http://192.0.2.1/", "file:///etc/hosts", "x"]
)
def test_the_visitor_stays_on_this_computer(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert visit(address) == 1
    assert "stays on this computer" in capsys.readouterr().err


def test_an_answer_for_elsewhere_is_not_delivered(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    person = Person(sandbox, "bankview-paste", "https://app.fjordbanken.example/callback")
    assert visit(person.url()) == 1
    assert "stays on this computer" in capsys.readouterr().err


def test_a_wrong_request_ends_on_the_banks_error_page(
    person: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    assert visit(person.url(client_id="nobody")) == 1
    assert "error 400" in capsys.readouterr().err


def test_the_command_visits(sandbox: Sandbox, app: App) -> None:
    command = [sys.executable, "-m", "bankview", "sandbox", "visit", "--as", "student"]
    subprocess.run([*command, url(sandbox, app)], cwd=ROOT, check=True, timeout=DEADLINE)
    assert len(app.asked) == 1


def test_the_visitor_needs_none_of_the_servers_libraries() -> None:
    code = "import bankview.sandbox.visitor, sys; print('oauthlib' in sys.modules)"
    command = [sys.executable, "-c", code]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert said.stdout.strip() == "False"
