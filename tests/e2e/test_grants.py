"""Every way without a redirect, against the real bank: connect, fetch, renew, leave."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.e2e.story import App, Bank, Row, connected_ids, exported
from tests.sandbox_process import Person, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.sandbox_process import Sandbox

PASSPHRASE = "correct horse battery staple"
WAYS = ("device", "ciba", "token-exchange-connection", "jwt-bearer", "urn", "client-credentials")


@pytest.fixture(scope="module")
def one_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running(tmp_path_factory.mktemp("sandbox"), "--still") as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(one_sandbox: Sandbox) -> Sandbox:
    one_sandbox.reset()
    return one_sandbox


def app_of(tmp_path: Path, sandbox: Sandbox, way: str, **more: str) -> App:
    """Return the app with a home of its own, and what the way's .env file says."""
    env = sandbox.profile(f"sparebank1-household-{way}").with_suffix(".env")
    lines = env.read_text("utf-8").splitlines() if env.exists() else []
    given = dict(line.split("=", 1) for line in lines)
    return App(
        flags=("--home", str(tmp_path / "T"), "--secrets", "passphrase"),
        environment={"BANKVIEW_PASSPHRASE": PASSPHRASE, **given, **more},
    )


def connect(app: App, sandbox: Sandbox, name: str, *more: str, code: int = 0) -> list[str]:
    profile = str(sandbox.profile(name))
    browser = app.as_browser()
    said = app.run("connect", "--profile", profile, "--browser", browser, *more, code=code)
    return list(connected_ids(said))


def rows(app: App, tmp_path: Path, connection: str) -> list[Row]:
    """Return the rows of a connection, as exported; other connections' rows are left out."""
    out = tmp_path / "out.csv"
    app.run("sync", connection)
    app.run("export", "--preset", "standard", "-o", str(out))
    return sorted(exported(out.read_bytes()))


@pytest.mark.parametrize("way", WAYS)
def test_it_connects_fetches_renews_and_leaves(sandbox: Sandbox, tmp_path: Path, way: str) -> None:
    app, name = app_of(tmp_path, sandbox, way), f"sparebank1-household-{way}"
    if way == "token-exchange-connection":
        connect(app, sandbox, "sparebank1-household")
    assert connect(app, sandbox, name)[-1] == name
    assert rows(app, tmp_path, name) == Bank(sandbox.folder, sandbox.issuer).books()
    sandbox.expire()
    before = len(sandbox.calls("/oauth/token"))
    app.run("sync", name)
    assert len(sandbox.calls("/oauth/token")) > before
    app.run("disconnect", name)
    assert sandbox.calls("/oauth/revoke")[-1]["status"] == 200
    app.run("sync", name, code=3)


def test_a_device_s_code_and_address_stand_one_a_line(sandbox: Sandbox, tmp_path: Path) -> None:
    said = connect(app_of(tmp_path, sandbox, "device"), sandbox, "sparebank1-household-device")
    code, address, name = said
    assert len(code.replace("-", "")) == 8
    assert address == f"http://127.0.0.1:{sandbox.port + 1}/device"
    assert name == "sparebank1-household-device"


@pytest.mark.parametrize("way", ["device", "ciba"])
def test_who_declines_is_connected_to_nothing(sandbox: Sandbox, tmp_path: Path, way: str) -> None:
    app = app_of(tmp_path, sandbox, way)
    if way == "ciba":
        sandbox.fault("denied", 1)
    profile = str(sandbox.profile(f"sparebank1-household-{way}"))
    browser = f"{app.as_browser()} --deny"
    app.run("connect", "--profile", profile, "--browser", browser, code=1)
    assert json.loads(app.run("connections", "--json")) == []


def test_a_server_that_wants_it_slower_is_obeyed(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.fault("slow-down", 1)
    sandbox.fault("no-interval", 1)
    connect(app_of(tmp_path, sandbox, "device"), sandbox, "sparebank1-household-device")
    assert [call["status"] for call in sandbox.calls("/oauth/token")] == [400, 200]


@pytest.mark.parametrize(
    ("way", "fault"),
    [
        ("device", "expired-token"),
        ("device", "device-http-address"),
        ("token-exchange-connection", "no-issued-type"),
        ("token-exchange-connection", "n-a-token"),
    ],
)
def test_what_the_bank_gets_wrong_is_a_sentence(
    sandbox: Sandbox, tmp_path: Path, way: str, fault: str
) -> None:
    app = app_of(tmp_path, sandbox, way)
    if way == "token-exchange-connection":
        connect(app, sandbox, "sparebank1-household")
    sandbox.fault(fault)
    connect(app, sandbox, f"sparebank1-household-{way}", code=1)


def test_a_token_from_the_environment_is_exchanged(sandbox: Sandbox, tmp_path: Path) -> None:
    held = Person(sandbox).sign_in()["access_token"]
    app = app_of(tmp_path, sandbox, "token-exchange", BANKVIEW_SUBJECT_TOKEN=held)
    name = "sparebank1-household-token-exchange"
    assert connect(app, sandbox, name)[-1] == name
    assert rows(app, tmp_path, name) == Bank(sandbox.folder, sandbox.issuer).books()
