"""FAPISession against the sandbox's provider of Open Energy, over TLS with real certificates."""

from __future__ import annotations

import csv
import os
import re
import ssl
import subprocess
import sys
import threading
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
import requests

from bankview.errors import (
    BankUnavailableError,
    ClientRefusedError,
    MetadataError,
    UnsafeRequestError,
)
from bankview.fapi import FAPISession, OpenIDConfiguration
from bankview.fapi.http_log import _lines
from bankview.log import REDACTION
from tests.oauth.conftest import AuthServer, Say
from tests.sandbox_process import DEADLINE, ROOT, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.sandbox_process import Sandbox

CLIENT = "open-energy-client"
INTERACTION = "x-fapi-interaction-id"


@pytest.fixture(scope="module")
def one_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox that stands still."""
    with running(tmp_path_factory.mktemp("sandbox"), "--still") as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(one_sandbox: Sandbox) -> Sandbox:
    """The sandbox without faults and without a past."""
    one_sandbox.reset()
    return one_sandbox


@pytest.fixture
def issuer(sandbox: Sandbox) -> str:
    return f"https://127.0.0.1:{sandbox.port + 2}/open-energy"


@pytest.fixture
def make(sandbox: Sandbox, issuer: str) -> Iterator[Callable[..., FAPISession]]:
    """Return a function that makes sessions, with certificate A unless told otherwise."""
    made: list[FAPISession] = []

    def new(name: str = "client", **changes: Any) -> FAPISession:
        settings: dict[str, Any] = {
            "client_id": CLIENT,
            "issuer_url": issuer,
            "requested_scopes": "directory:software",
            "private_key": str(sandbox.folder / f"{name}.key"),
            "certificate": str(sandbox.folder / f"{name}.pem"),
            "ca": sandbox.ca,
            **changes,
        }
        made.append(FAPISession(**settings))
        return made[-1]

    yield new
    for session in made:
        for one in (session.session, session.plain_session, session._oauth.sender.session):
            one.close()


@pytest.fixture
def fapi(make: Callable[..., FAPISession]) -> FAPISession:
    return make()


def asked_for(sandbox: Sandbox) -> int:
    """Return how often a token was asked for."""
    return len(sandbox.calls("/open-energy/token"))


def test_a_table_and_a_list_are_read(fapi: FAPISession, issuer: str, sandbox: Sandbox) -> None:
    table = fapi.session.get(f"{issuer}/")
    assert table.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(table.text.splitlines()))
    listed = fapi.session.get(f"{issuer}/json").json()
    assert [row["postcode"] for row in rows] == [row["postcode"] for row in listed]
    assert asked_for(sandbox) == 1
    assert isinstance(fapi.session, requests.Session)
    assert fapi.session.cert == tuple(str(sandbox.folder / f"client.{e}") for e in ("pem", "key"))


def test_the_arguments_stand_in_the_known_order(sandbox: Sandbox, issuer: str) -> None:
    files = (str(sandbox.folder / "client.key"), str(sandbox.folder / "client.pem"))
    fapi = FAPISession(CLIENT, issuer, "", *files, 0, None, None, ca=sandbox.ca)
    assert fapi.session.get(f"{issuer}/").status_code == 200
    fapi.session.close()


@pytest.mark.parametrize("end", ["", "/"])
def test_the_issuer_may_end_in_a_slash(
    make: Callable[..., FAPISession], issuer: str, end: str
) -> None:
    found = make(issuer_url=f"{issuer}{end}").openid_configuration
    assert found.token_endpoint == f"{issuer}/token"
    assert found.scopes_supported == ("directory:software", "energy:read")


def test_the_session_itself_logs_other_requests_in(fapi: FAPISession, issuer: str) -> None:
    assert fapi.plain_session.get(f"{issuer}/").status_code == 401
    assert fapi.plain_session.get(f"{issuer}/", auth=fapi).status_code == 200


def test_a_token_is_bound_to_its_certificate(
    make: Callable[..., FAPISession], fapi: FAPISession, issuer: str
) -> None:
    other = make("client-b", client_id="open-energy-client-b")
    headers = {"Authorization": f"Bearer {fapi.access_token}"}
    refused = other.plain_session.get(f"{issuer}/", headers=headers)
    assert refused.status_code == 401
    assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]
    assert fapi.plain_session.get(f"{issuer}/", headers=headers).status_code == 200


def test_another_clients_certificate_gets_no_token(make: Callable[..., FAPISession]) -> None:
    with pytest.raises(ClientRefusedError):
        make("client-b").session.get("https://127.0.0.1:1/")


def test_without_a_certificate_no_connection_is_made(
    make: Callable[..., FAPISession], sandbox: Sandbox
) -> None:
    with pytest.raises(BankUnavailableError):
        make("server")
    with pytest.raises(FileNotFoundError):
        make("nobody")
    assert asked_for(sandbox) == 0


def test_an_ended_token_is_replaced_and_the_call_sent_once_more(
    fapi: FAPISession, issuer: str, sandbox: Sandbox
) -> None:
    first = fapi.access_token
    sandbox.expire()
    assert fapi.session.get(f"{issuer}/json").status_code == 200
    assert fapi.access_token != first
    assert asked_for(sandbox) == 2


def test_a_token_that_is_always_refused_is_replaced_once(
    fapi: FAPISession, issuer: str, sandbox: Sandbox
) -> None:
    sandbox.fault("401-always")
    assert fapi.session.get(f"{issuer}/json").status_code == 401
    assert (asked_for(sandbox), len(sandbox.calls("/open-energy/json"))) == (2, 2)


def test_a_token_is_replaced_half_a_minute_before_its_end(
    make: Callable[..., FAPISession],
    sandbox: Sandbox,
    expect_warning: Callable[[str], None],
) -> None:
    expect_warning("the server's are 28. seconds apart")
    at = [datetime.now(UTC)]
    fapi = make(now=lambda: at[0])
    first = fapi.access_token
    at[0] += timedelta(seconds=569)
    assert fapi.access_token == first
    at[0] += timedelta(seconds=1)
    assert fapi.access_token != first


def test_a_token_without_an_end_is_used_until_it_is_refused(
    make: Callable[..., FAPISession], issuer: str, sandbox: Sandbox
) -> None:
    at = [datetime.now(UTC)]
    fapi = make(now=lambda: at[0])
    sandbox.fault("no-expires_in", 1)
    first = fapi.access_token
    at[0] += timedelta(days=30)
    assert fapi.access_token == first
    assert fapi.session.get(f"{issuer}/").status_code == 200
    sandbox.expire()
    assert fapi.session.get(f"{issuer}/").status_code == 200
    assert asked_for(sandbox) == 2


def test_a_token_that_was_cleared_is_asked_for_again(fapi: FAPISession, sandbox: Sandbox) -> None:
    first = fapi.access_token
    fapi.clear_token()
    assert fapi.access_token != first
    assert asked_for(sandbox) == 2


def test_threads_share_one_token(fapi: FAPISession, sandbox: Sandbox) -> None:
    found: set[str] = set()
    threads = [threading.Thread(target=lambda: found.add(fapi.access_token)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(found), asked_for(sandbox)) == (1, 1)


def test_a_scope_that_is_missing_is_the_callers_to_see(
    make: Callable[..., FAPISession], issuer: str, sandbox: Sandbox
) -> None:
    refused = make().session.get(f"{issuer}/meters")
    assert refused.status_code == 403
    assert (
        refused.headers["WWW-Authenticate"]
        == 'Bearer error="insufficient_scope", scope="energy:read"'
    )
    granted = make(requested_scopes="energy:read").session.get(f"{issuer}/meters")
    assert granted.status_code == 200
    assert asked_for(sandbox) == 2


def test_a_scope_that_the_server_does_not_know_is_a_warning(
    make: Callable[..., FAPISession], issuer: str, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("does not support the scope energy:write$")
    fapi = make(requested_scopes="energy:write energy:read")
    assert fapi.session.get(f"{issuer}/meters").status_code == 200


def test_introspection_is_asked_for_once_a_token(fapi: FAPISession, sandbox: Sandbox) -> None:
    said = fapi.introspection_response
    assert (said["active"], said["client_id"], said["scope"]) == (
        True,
        CLIENT,
        "directory:software",
    )
    assert fapi.introspection_response is said
    assert len(sandbox.calls("/open-energy/token/introspection")) == 1
    fapi.clear_token()
    assert fapi.introspection_response["active"] is True
    assert len(sandbox.calls("/open-energy/token/introspection")) == 2


def test_introspection_is_of_the_token_in_use(
    fapi: FAPISession, issuer: str, sandbox: Sandbox
) -> None:
    fapi.introspection_response  # noqa: B018 - asked for on reading
    sandbox.expire()
    assert fapi.session.get(f"{issuer}/").status_code == 200
    assert fapi.introspection_response["active"] is True
    assert len(sandbox.calls("/open-energy/token/introspection")) == 2


def test_each_request_has_an_id_of_its_own_that_comes_back(fapi: FAPISession, issuer: str) -> None:
    answers = [fapi.session.get(f"{issuer}/") for _ in range(2)]
    sent = [answer.request.headers[INTERACTION] for answer in answers]
    assert [answer.headers[INTERACTION] for answer in answers] == sent
    assert len({uuid.UUID(text) for text in sent}) == 2


def test_a_replayed_request_has_a_new_id(fapi: FAPISession, issuer: str, sandbox: Sandbox) -> None:
    sandbox.fault("401-once", 1)
    answer = fapi.session.get(f"{issuer}/")
    assert answer.status_code == 200
    assert answer.history[0].request.headers[INTERACTION] != answer.request.headers[INTERACTION]


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was slept between two tries, without sleeping."""
    found: list[float] = []
    monkeypatch.setattr("urllib3.util.retry.time.sleep", found.append)
    return found


def test_an_outage_is_tried_again(
    fapi: FAPISession, issuer: str, sandbox: Sandbox, slept: list[float]
) -> None:
    sandbox.fault("503", 2)
    assert fapi.session.get(f"{issuer}/json").status_code == 200
    assert len(sandbox.calls("/open-energy/json")) == 3
    assert slept == [2]


def test_a_server_is_given_the_time_that_it_asks_for(
    fapi: FAPISession, issuer: str, sandbox: Sandbox, slept: list[float]
) -> None:
    sandbox.fault("429", 1)
    assert fapi.session.get(f"{issuer}/json").status_code == 200
    assert slept == [30]


def test_an_outage_that_lasts_is_the_answer(
    make: Callable[..., FAPISession], issuer: str, sandbox: Sandbox, slept: list[float]
) -> None:
    sandbox.fault("503")
    assert make(retries=2).session.get(f"{issuer}/json").status_code == 503
    assert len(sandbox.calls("/open-energy/json")) == 3
    assert make(retries=0).session.get(f"{issuer}/json").status_code == 503
    assert len(sandbox.calls("/open-energy/json")) == 4
    assert slept


def test_what_writes_is_not_tried_again(fapi: FAPISession, issuer: str, sandbox: Sandbox) -> None:
    sandbox.fault("503")
    assert fapi.session.post(f"{issuer}/json").status_code == 503
    assert len(sandbox.calls("/open-energy/json")) == 1


@pytest.fixture
def service(sandbox: Sandbox) -> Iterator[Callable[[], AuthServer]]:
    """Return a function that opens servers of other origins, with the sandbox's certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(str(sandbox.folder / "server.pem"), str(sandbox.folder / "server.key"))
    opened: list[AuthServer] = []

    def new() -> AuthServer:
        opened.append(AuthServer(context))
        return opened[-1]

    yield new
    for server in opened:
        server.close()


def test_a_wait_that_is_too_long_is_the_answer(
    fapi: FAPISession, service: Callable[[], AuthServer], slept: list[float]
) -> None:
    there = service()
    there.tell("/data", Say(429, headers={"Retry-After": "61"}))
    assert fapi.session.get(f"{there.url}/data").status_code == 429
    assert (len(there.seen), slept) == (1, [])


def test_a_redirect_to_another_origin_is_an_answer(
    fapi: FAPISession, service: Callable[[], AuthServer], expect_warning: Callable[[str], None]
) -> None:
    expect_warning("redirects to another origin")
    there, elsewhere = service(), service()
    there.tell("/data", Say(307, headers={"Location": f"{elsewhere.url}/data"}))
    assert fapi.session.get(f"{there.url}/data").status_code == 307
    assert there.seen[0].headers["Authorization"] == f"Bearer {fapi.access_token}"
    assert not elsewhere.seen


def test_a_redirect_within_an_origin_is_followed_with_a_new_id(
    fapi: FAPISession, service: Callable[[], AuthServer]
) -> None:
    there = service()
    there.tell("/old", Say(302, headers={"Location": "/new"}))
    there.tell("/new", Say(200))
    assert fapi.session.get(f"{there.url}/old").status_code == 200
    old, new = (seen.headers for seen in there.seen)
    assert old["Authorization"] == new["Authorization"]
    assert old[INTERACTION] != new[INTERACTION]


def test_the_token_stays_behind_where_another_session_is_redirected(
    fapi: FAPISession, service: Callable[[], AuthServer], sandbox: Sandbox
) -> None:
    there, elsewhere = service(), service()
    there.tell("/data", Say(307, headers={"Location": f"{elsewhere.url}/data"}))
    elsewhere.tell("/data", Say(401))
    with requests.Session() as session:
        session.trust_env, session.verify = False, str(sandbox.ca)
        assert session.get(f"{there.url}/data", auth=fapi).status_code == 401
    assert len(elsewhere.seen) == 1
    assert "Authorization" not in elsewhere.seen[0].headers
    assert asked_for(sandbox) == 1


def test_a_token_goes_over_tls_alone(fapi: FAPISession, sandbox: Sandbox) -> None:
    with pytest.raises(UnsafeRequestError):
        fapi.session.get(f"http://127.0.0.1:{sandbox.port + 1}/")
    assert not sandbox.calls("/")


def test_a_server_that_nobody_vouches_for_is_never_talked_to(
    fapi: FAPISession, issuer: str, make: Callable[..., FAPISession]
) -> None:
    with pytest.raises(BankUnavailableError):
        make(ca=None)
    known = fapi.openid_configuration
    with pytest.raises(requests.exceptions.SSLError):
        make(ca=None, openid_configuration=known).plain_session.get(f"{issuer}/", verify=False)


def test_metadata_that_is_known_is_not_fetched(
    make: Callable[..., FAPISession], issuer: str, sandbox: Sandbox
) -> None:
    document = {
        "issuer": issuer,
        "token_endpoint": "https://127.0.0.1:1/token",
        "mtls_endpoint_aliases": {"token_endpoint": f"{issuer}/token"},
    }
    fapi = make(openid_configuration=document)
    assert fapi.session.get(f"{issuer}/").status_code == 200
    assert fapi.openid_configuration.token_endpoint == f"{issuer}/token"
    assert not sandbox.calls("/open-energy/.well-known/openid-configuration")


@pytest.mark.parametrize(
    "document", [{}, {"token_endpoint": 7}, {"token_endpoint": "x", "scopes_supported": "a b"}]
)
def test_metadata_that_is_none_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(MetadataError):
        OpenIDConfiguration.read(document)


def test_a_page_in_the_place_of_metadata_is_refused(
    make: Callable[..., FAPISession], service: Callable[[], AuthServer]
) -> None:
    there = service()
    there.tell("/.well-known/openid-configuration", Say(200, b"<html>"))
    with pytest.raises(MetadataError):
        make(issuer_url=there.url)


def test_metadata_of_another_issuer_is_a_warning(
    make: Callable[..., FAPISession],
    service: Callable[[], AuthServer],
    issuer: str,
    expect_warning: Callable[[str], None],
) -> None:
    """The directory's own does so: it is found at another host than its tokens name."""
    expect_warning("names another issuer")
    there = service()
    document = {"issuer": issuer, "token_endpoint": f"{issuer}/token"}
    there.tell("/.well-known/openid-configuration", Say(200, document))
    assert make(issuer_url=there.url).session.get(f"{issuer}/").status_code == 200


def test_a_token_can_be_got_in_another_way(
    make: Callable[..., FAPISession], issuer: str, sandbox: Sandbox
) -> None:
    used: list[str] = []

    def method(oauth: Any) -> Any:
        used.append(oauth.client.client_id)
        return oauth.client_credentials()

    assert make(auth_method=method).session.get(f"{issuer}/").status_code == 200
    assert used == [CLIENT]


EXAMPLE = """\
import sys

from bankview.fapi import FAPISession, httpclient_logging_patch

client_id, issuer, key, certificate, url = sys.argv[1:]
httpclient_logging_patch()
f = FAPISession(
    client_id=client_id,
    issuer_url=issuer,
    requested_scopes="directory:software",
    private_key=key,
    certificate=certificate,
)
print(f.session.get(url, headers={"Cookie": "session=cookie-canary; b=second-canary"}).text)
print(f.access_token)
print(f.introspection_response["client_id"])
"""


@pytest.fixture
def example(sandbox: Sandbox, issuer: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """A script as people have written them, run to its end."""
    script = tmp_path / "example.py"
    script.write_text(EXAMPLE, "utf-8")
    files = (str(sandbox.folder / f"client.{end}") for end in ("key", "pem"))
    return subprocess.run(
        [sys.executable, str(script), CLIENT, issuer, *files, f"{issuer}/?secret=query-canary"],
        capture_output=True,
        text=True,
        check=True,
        timeout=DEADLINE,
        env={**os.environ, "PYTHONPATH": str(ROOT), "REQUESTS_CA_BUNDLE": str(sandbox.ca)},
    )


def test_an_example_script_runs(example: subprocess.CompletedProcess[str]) -> None:
    lines = example.stdout.splitlines()
    assert lines[0] == "postcode,meters,consumption_kwh"
    assert lines[-1] == CLIENT


def test_the_log_has_the_time_and_no_secret(example: subprocess.CompletedProcess[str]) -> None:
    token = example.stdout.splitlines()[-2]
    lines = example.stderr.splitlines()
    assert len(token) > 20
    assert len(lines) > 20
    stamp = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} DEBUG    (send|reply|header): ")
    assert [line for line in lines if not stamp.match(line)] == []
    text = example.stderr
    assert token not in text
    assert "canary" not in text
    assert re.search(r"send: Authorization: \[+hidden\]+$", text, re.MULTILINE)
    assert re.search(r"send: Cookie: \[+hidden\]+$", text, re.MULTILINE)
    for sent in ("GET /open-energy/", "POST /open-energy/token"):
        assert sent in text
    assert "reply: HTTP/1.1 200 OK" in text
    assert f"client_id={CLIENT}" in text


def test_what_was_printed_becomes_lines() -> None:
    body = urlencode({"token": "opaque-token-0001", "client_id": "c"})
    request = f"POST /t HTTP/1.1\r\nAuthorization: Bearer x-y-z-1\r\n\r\n{body}".encode()
    lines = [REDACTION.clean(line) for line in _lines(("send:", repr(request)))]
    assert lines == [
        "send: POST /t HTTP/1.1",
        "send: Authorization: [[hidden]]",
        "send: token=[hidden]&client_id=c",
    ]
    assert _lines(("header:", "A: b", "c")) == ["header: A: b c"]
    assert _lines(("reading a readable",)) == ["reading a readable"]
    assert _lines(("send:", "b'unfinished")) == ["send: b'unfinished"]


def test_the_readmes_script_runs(sandbox: Sandbox, issuer: str, tmp_path: Path) -> None:
    """Only its addresses and paths are changed."""
    text = (ROOT / "README.md").read_text("utf-8")
    (script,) = (
        block.partition("```")[0]
        for block in text.split("```python\n")[1:]
        if "FAPISession" in block
    )
    script = script.replace("https://127.0.0.1:8802/open-energy", issuer).replace(
        "S/", f"{sandbox.folder}/"
    )
    path = tmp_path / "example.py"
    path.write_text(script, "utf-8")
    done = subprocess.run(
        [sys.executable, str(path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=DEADLINE,
        env={**os.environ, "PYTHONPATH": str(ROOT), "REQUESTS_CA_BUNDLE": str(sandbox.ca)},
    )
    assert done.stdout.startswith("postcode,meters,consumption_kwh")
    assert re.search(r"^\d{4}-\d\d-\d\d [\d:,]+ INFO     ", done.stderr, re.MULTILINE)
