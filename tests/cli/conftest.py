"""The real command as a process, a home that is thrown away, and the invented bank beside it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.story import DEADLINE, PASSPHRASE, ROOT, App, Bank, bank, light_home
from tests.processes import Process

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """What --json printed."""
        found: list[dict[str, Any]] = json.loads(self.out)
        return found


@dataclass(frozen=True)
class Command:
    """`bankview` with a home of its own and a vault."""

    home: Path
    environment: Mapping[str, str] = field(
        default_factory=lambda: {"BANKVIEW_PASSPHRASE": PASSPHRASE}
    )

    @property
    def flags(self) -> tuple[str, ...]:
        return ("--home", str(self.home), "--secrets", "passphrase")

    def start(self, *arguments: str, program: tuple[str, ...] = ("-m", "bankview")) -> Any:
        return Process(
            [sys.executable, *program, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "PYTHONWARNINGS": "error",
                **self.environment,
            },
        )

    def raw(self, *arguments: str, given: str = "") -> Ran:
        """Run exactly these arguments."""
        with self.start(*arguments) as process:
            out, err = process.communicate(given, timeout=DEADLINE)
        assert "Traceback" not in err, err
        return Ran(process.returncode, out, err)

    def __call__(self, *arguments: str, given: str = "") -> Ran:
        return self.raw(*arguments, *self.flags, given=given)

    def connect(self, profile: Path, *more: str, customer: str = "household") -> Ran:
        """Sign in with the scripted visitor as browser."""
        browser = App().as_browser(customer)
        return self("connect", "--profile", str(profile), "--browser", browser, *more)


@pytest.fixture(scope="session")
def fjordbanken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    """The invented bank, with no life of its own."""
    with bank(App(), tmp_path_factory.mktemp("fjordbanken"), "--still") as running:
        yield running


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """The command with a new home."""
    return Command(tmp_path / "home")


@pytest.fixture(scope="session")
def _filled(fjordbanken: Bank, tmp_path_factory: pytest.TempPathFactory) -> Command:
    command = Command(light_home(tmp_path_factory.mktemp("filled") / "home"))
    assert command.connect(fjordbanken.profile()).code == 0
    assert command("sync").code == 0
    return command


@pytest.fixture
def filled(_filled: Command, tmp_path: Path) -> Command:
    """The command with a home of its own in which the household is connected and fetched."""
    shutil.copytree(_filled.home, tmp_path / "filled")
    return Command(tmp_path / "filled")


@pytest.fixture
def online(filled: Command, fjordbanken: Bank) -> Command:
    """The same with an access of its own: what one test renews or revokes must be no other's."""
    assert filled.connect(fjordbanken.profile()).code == 0
    return filled
