"""What every test gets: no network but loopback, no unexpected warning in the log, nobody's own files."""

from __future__ import annotations

import gc
import ipaddress
import logging
import os
import re
import shutil
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from bankview.keychain import vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Addresses that lead nowhere by agreement (RFC 5737, RFC 3849): a test may try them and finds no route.
NOWHERE = tuple(
    ipaddress.ip_network(text)
    for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)
#: Names that exist nowhere by agreement (RFC 6761): a test may look them up and finds nothing.
NO_SUCH_NAME = (".invalid", ".test", ".example", ".example.com", ".example.org", ".example.net")

hypothesis.settings.register_profile("suite", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite the expected files beside recorded answers instead of comparing with them",
    )


def pytest_configure(config: pytest.Config) -> None:
    _take_seat(os.environ.get("PYTEST_XDIST_WORKER", "gw0"))
    # What the app says is English, whatever locale a test gives it.
    os.environ["LANGUAGE"] = "en"
    if "DISPLAY" not in os.environ:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    if "BANKVIEW_SESSION" not in os.environ:
        _leave_home(config)
    sys.addaudithook(_guard)
    # What runs in the background ignores interrupts, and so would all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # A widget that is garbage dies on the thread that collects: on this one only (see bankview/ui/collector.py).
    gc.disable()


def pytest_runtest_teardown() -> None:
    gc.collect(1)


def pytest_runtest_logfinish() -> None:
    if gc.get_count()[2] > 20:
        gc.collect()


def _take_seat(worker: str) -> None:
    """Give each test process a home, screen, bus and keyring of its own, as `session.sh` has laid them out.

    One that takes the place of a process that died sits down beside another.
    """
    seats = os.environ.get("BANKVIEW_SEATS")
    if seats:
        laid = sorted(Path(seats).glob("*/environment"))
        kept = laid[int(worker.removeprefix("gw")) % len(laid)].read_text("utf-8").split("\0")
        os.environ.update(
            {name: value for name, _, value in (line.partition("=") for line in kept) if name}
        )


def _leave_home(config: pytest.Config) -> None:
    """Point every personal folder into one that is thrown away."""
    home = tempfile.mkdtemp(prefix="bankview-home-")
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))
    folders = {"DATA": ".local/share", "CONFIG": ".config", "CACHE": ".cache"}
    folders["STATE"] = ".local/state"
    os.environ["HOME"] = home
    os.environ.update({f"XDG_{kind}_HOME": f"{home}/{at}" for kind, at in folders.items()})
    for name in ("BANKVIEW_HOME", "BANKVIEW_PASSPHRASE", "BROWSER"):
        os.environ.pop(name, None)


def _guard(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse what would leave this computer; an audit hook sees every thread and cannot be forgotten."""
    if event == "socket.getaddrinfo":
        _check_name(arguments[0])
    elif event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        address = arguments[1]
        if isinstance(address, tuple) and arguments[0].family != socket.AF_UNIX:
            _check_address(str(address[0]))


def _check_name(host: str | bytes | None) -> None:
    name = host.decode() if isinstance(host, bytes) else host or ""
    if name in {"", "localhost"} or name.endswith(".localhost") or _is_address(name):
        return
    if f".{name}".endswith(NO_SUCH_NAME):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    pytest.fail(f"a test may not leave this computer, and looked up {name}")


def _check_address(host: str) -> None:
    if not _is_address(host):
        return _check_name(host)
    address = ipaddress.ip_address(host.partition("%")[0])
    if address.is_loopback or address.is_unspecified:
        return None
    if any(address in network for network in NOWHERE):
        raise OSError(101, "Network is unreachable")
    pytest.fail(f"a test may not leave this computer, and connected to {host}")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True


class Warnings(logging.Handler):
    """Keeps what is logged as a warning or worse, and what a test said it expects."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.seen: list[str] = []
        self.expected: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(f"{record.levelname} {record.name}: {record.getMessage()}")

    def verdict(self) -> str:
        """Return what is wrong, or nothing."""
        surprises = [
            line for line in self.seen if not any(re.search(p, line) for p in self.expected)
        ]
        missing = [p for p in self.expected if not any(re.search(p, line) for line in self.seen)]
        lines = [f"unexpected: {line}" for line in surprises]
        return "\n".join(lines + [f"expected, and not logged: {pattern}" for pattern in missing])


@pytest.fixture(autouse=True)
def _log_warnings() -> Iterator[Warnings]:
    """Fail a test that logs a warning nobody expected, and leave logging as it was."""
    root, http = logging.getLogger(), logging.getLogger("bankview.web")
    level, handlers, http_handlers = root.level, root.handlers[:], http.handlers[:]
    watcher = Warnings()
    root.addHandler(watcher)
    yield watcher
    for logger, before in ((root, handlers), (http, http_handlers)):
        for handler in [h for h in logger.handlers if h not in before]:
            logger.removeHandler(handler)
            handler.close()
    root.setLevel(level)
    if verdict := watcher.verdict():
        pytest.fail(verdict, pytrace=False)


@pytest.fixture(autouse=True)
def _quick_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guesses are cheap in these tests: each home would take half a second to open. The file says what it took."""
    monkeypatch.setattr(vault, "COST", 10)


@pytest.fixture
def expect_warning(_log_warnings: Warnings) -> Callable[[str], None]:
    """Return a function that says: a log line matching this pattern has to come, and is no surprise."""
    return _log_warnings.expected.append


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether expected files are to be rewritten."""
    return bool(request.config.getoption("--update-golden"))
