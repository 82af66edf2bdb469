"""What a person sees of the ways without a redirect, and what the bank may get wrong in them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.e2e.story import App, connected_ids
from tests.sandbox_process import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.sandbox_process import Sandbox


@pytest.fixture(scope="module")
def one_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running(tmp_path_factory.mktemp("sandbox"), "--still", "--rows", "60") as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(one_sandbox: Sandbox) -> Sandbox:
    one_sandbox.reset()
    return one_sandbox


def app_of(tmp_path: Path, sandbox: Sandbox, way: str) -> App:
    """Return the app with a home of its own, and what the way's .env file says."""
    env = sandbox.profile(f"sparebank1-household-{way}").with_suffix(".env")
    lines = env.read_text("utf-8").splitlines() if env.exists() else []
    given = dict(line.split("=", 1) for line in lines)
    return App.in_home(tmp_path / "T", **given)


def connect(app: App, sandbox: Sandbox, name: str, *more: str, code: int = 0) -> list[str]:
    profile = str(sandbox.profile(name))
    browser = app.as_browser()
    said = app.run("connect", "--profile", profile, "--browser", browser, *more, code=code)
    return list(connected_ids(said))


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
