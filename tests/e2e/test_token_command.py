"""What the bank says of an access, asked on the command line against the real sandbox."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.story import App, bank

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.e2e.story import Bank


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App.in_home(tmp_path / "T")


@pytest.fixture(scope="module")
def fjordbanken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    with bank(App(), tmp_path_factory.mktemp("fjordbanken"), "--still", "--rows", "60") as running:
        yield running


@pytest.fixture
def connect(app: App, fjordbanken: Bank) -> Callable[[str], App]:
    """Return a function that signs in by one of the sandbox's ways, and gives the app."""

    def sign_in(way: str) -> App:
        profile = fjordbanken.profile(
            f"sparebank1-household-{way}" if way else "sparebank1-household"
        )
        given = App(app.command, app.flags, {**app.environment, **_secret(profile)})
        given.run("connect", "--profile", str(profile), "--browser", given.as_browser())
        return given

    return sign_in


def _secret(profile: Path) -> dict[str, str]:
    env = profile.with_suffix(".env")
    if not env.exists():
        return {}
    name, _, value = env.read_text("utf-8").strip().partition("=")
    return {name: value}


def one(app: App, *arguments: str, code: int = 0) -> dict[str, Any]:
    """Return the one object that a command prints."""
    (found,) = json.loads(app.run("token", *arguments, "--json", code=code))
    assert isinstance(found, dict)
    return found


def test_an_access_is_renewed_now_and_says_until_when(connect: Callable[[str], App]) -> None:
    app = connect("openid")
    first = one(app, "sparebank1-household-openid", "refresh")
    again = one(app, "sparebank1-household-openid", "refresh")
    assert first["expires_at"] <= again["expires_at"]
    assert again["refresh_expires_at"] > again["expires_at"]
    app.run("sync")


def test_no_token_is_printed_or_logged(connect: Callable[[str], App], tmp_path: Path) -> None:
    app = connect("userinfo-jwt")
    log = tmp_path / "http.log"
    said = "".join(
        app.run("token", "sparebank1-household-userinfo-jwt", what, "--log-http", str(log))
        for what in ("userinfo", "refresh", "revoke")
    )
    written = log.read_text("utf-8")
    assert not re.search(r"eyJ|[\w-]{30,}\.[\w-]{30,}|Bearer", said + written)
    assert written.count(" GET ") == 1
    assert written.count(" POST ") == 3


def test_no_sync_asks_about_the_access(connect: Callable[[str], App], tmp_path: Path) -> None:
    """O42: introspection is for who asks for it, and never the app's own."""
    app = connect("introspection")
    log = tmp_path / "http.log"
    app.run("sync", "--log-http", str(log))
    app.run("token", "sparebank1-household-introspection", "refresh", "--log-http", str(log))
    app.run("sync", "--log-http", str(log))
    written = log.read_text("utf-8")
    assert "/transactions" in written
    assert "/oauth/token" in written
    assert "introspect" not in written
    assert "userinfo" not in written


def test_a_command_of_no_connection_is_a_usage_error(app: App) -> None:
    app.run("token", "nobody", "introspect", code=2)
    app.run("token", "nobody", "frobnicate", code=2)
