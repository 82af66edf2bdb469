"""The real GNOME keyring: kept, locked, silent, killed and missing."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bankview.errors import KeychainError, KeychainLockedError, KeychainSilentError
from bankview.keychain import Keychain, open_keychain

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.keyring

BUS = ["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/"]
#: Seconds after which a hung daemon counts as silent here.
SHORT = 0.5


class Daemon:
    """The running gnome-keyring-daemon."""

    def lock(self) -> None:
        import secretstorage

        with closing(secretstorage.dbus_init()) as bus:
            secretstorage.get_default_collection(bus).lock()

    def unlock(self) -> None:
        """Replace it by a new one that is unlocked; a running one takes no passphrase from a pipe."""
        subprocess.run(
            [
                os.environ.get("KEYRING_DAEMON", "gnome-keyring-daemon"),
                "--replace",
                "--unlock",
                "--components=secrets",
            ],
            input=b"test\n",
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        ends = time.monotonic() + 30
        while time.monotonic() < ends:
            try:
                open_keychain("keychain").read("probe")
            except KeychainError:
                threading.Event().wait(0.05)
            else:
                return
        pytest.fail("the keyring could not be unlocked again")

    def send(self, signal_number: signal.Signals) -> None:
        os.kill(_pid("org.freedesktop.secrets"), signal_number)


@pytest.fixture
def daemon(real_session: None) -> Daemon:
    return Daemon()


@pytest.fixture
def disturbed(daemon: Daemon) -> Iterator[Daemon]:
    """The daemon, for tests that lock or kill it; it cannot show its prompt, and is well again afterwards."""
    _prompts_on("")
    yield daemon
    _prompts_on(os.environ.get("DISPLAY", ""))
    daemon.unlock()


@pytest.fixture
def prompting(daemon: Daemon) -> Iterator[Daemon]:
    """The daemon, able to show its prompt on the virtual screen."""
    if not (os.environ.get("DISPLAY") and shutil.which("xdotool")):
        pytest.skip("needs a virtual screen and xdotool")
    _prompts_on(os.environ["DISPLAY"])
    yield daemon
    daemon.unlock()


def _prompts_on(display: str) -> None:
    """Let prompts appear on a display, or nowhere; a prompter that still runs would keep its own."""
    subprocess.run(["dbus-update-activation-environment", f"DISPLAY={display}"], check=True)
    while prompter := _pid("org.gnome.keyring.SystemPrompter"):
        with suppress(ProcessLookupError):
            os.kill(prompter, signal.SIGKILL)
        threading.Event().wait(0.05)


def _pid(name: str) -> int:
    """Return the process behind a name on the session bus; 0 where there is none."""
    call = "org.freedesktop.DBus.GetConnectionUnixProcessID"
    done = subprocess.run(
        [*BUS, call, f"string:{name}"], capture_output=True, text=True, check=False
    )
    return 0 if done.returncode else int(done.stdout.split()[-1])


def _dismiss() -> None:
    """Press Escape in the prompt until it goes; the first time may come before it listens."""
    ends = time.monotonic() + 30
    seen = False
    while time.monotonic() < ends:
        window = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--class", "gcr-prompter"],
            capture_output=True,
            text=True,
            check=False,
        ).stdout.split()
        if seen and not window:
            return
        if window:
            seen = True
            subprocess.run(
                ["xdotool", "windowfocus", window[-1], "key", "Escape"],
                check=False,
                stderr=subprocess.DEVNULL,
            )
        threading.Event().wait(0.2)
    pytest.fail("the prompt did not come and go")


@pytest.fixture
def namespace() -> str:
    return uuid.uuid4().hex


@pytest.fixture
def chain(real_session: None, namespace: str) -> Keychain:
    return open_keychain("keychain", namespace=namespace)


def test_it_is_the_secret_service(chain: Keychain) -> None:
    assert (chain.place, chain.label) == ("keychain", "Secret Service")


@pytest.mark.parametrize(
    "value",
    ["short", "", "\0", "ø 🙂 \n" * 500, "\ud800", "x" * 20_000],
    ids=["short", "empty", "nul", "unicode", "lone", "long"],
)
def test_a_value_comes_back(chain: Keychain, namespace: str, value: str) -> None:
    chain.write("token/bank", value)
    assert open_keychain("keychain", namespace=namespace).read("token/bank") == value


def test_another_process_reads_it(chain: Keychain, namespace: str) -> None:
    chain.write("token/bank", "from the first process")
    code = (
        "from bankview.keychain import open_keychain;"
        f"print(open_keychain('keychain', namespace={namespace!r}).read('token/bank'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout == "from the first process\n"


def test_another_home_does_not_see_it(chain: Keychain) -> None:
    chain.write("token/bank", "value")
    assert open_keychain("keychain", namespace=uuid.uuid4().hex).read("token/bank") is None


def test_deleting_leaves_no_trace(chain: Keychain, namespace: str) -> None:
    import secretstorage

    chain.write("token/bank", "x" * 5_000)
    chain.delete("token/bank")
    with closing(secretstorage.dbus_init()) as bus:
        left = [
            item.get_label()
            for item in secretstorage.get_default_collection(bus).get_all_items()
            if namespace in item.get_label()
        ]
    assert left == []


def test_eight_threads_do_not_disturb_each_other(chain: Keychain) -> None:
    found: dict[int, list[str | None]] = {}

    def work(number: int) -> None:
        found[number] = []
        for turn in range(3):
            chain.write(f"thread/{number}", f"{number} {turn}")
            found[number].append(chain.read(f"thread/{number}"))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert found == {number: [f"{number} {turn}" for turn in range(3)] for number in range(8)}


def test_locked_is_said(chain: Keychain, disturbed: Daemon) -> None:
    chain.write("token/bank", "value")
    disturbed.lock()
    with pytest.raises(KeychainLockedError):
        chain.read("token/bank")


def test_writing_while_locked_is_said_and_loses_nothing(chain: Keychain, disturbed: Daemon) -> None:
    chain.write("token/bank", "value")
    disturbed.lock()
    with pytest.raises(KeychainLockedError):
        chain.write("token/bank", "newer")
    disturbed.unlock()
    assert chain.read("token/bank") == "value"


def test_after_unlocking_it_answers_at_once(chain: Keychain, disturbed: Daemon) -> None:
    chain.write("token/bank", "value")
    disturbed.lock()
    with pytest.raises(KeychainLockedError):
        chain.read("token/bank")
    disturbed.unlock()
    assert chain.read("token/bank") == "value"


def test_a_dismissed_prompt_is_locked(chain: Keychain, prompting: Daemon) -> None:
    prompting.lock()
    said: list[type[BaseException]] = []

    def read() -> None:
        try:
            chain.read("token/bank")
        except KeychainError as error:
            said.append(type(error))

    reader = threading.Thread(target=read)
    reader.start()
    _dismiss()
    reader.join(30)
    assert said == [KeychainLockedError]


def test_a_prompt_that_nobody_answers_is_silence_and_holds_up_nothing_later(
    chain: Keychain, namespace: str, prompting: Daemon
) -> None:
    chain.write("token/bank", "value")
    hasty = open_keychain("keychain", namespace=namespace, limit=SHORT)
    prompting.lock()
    with pytest.raises(KeychainSilentError):
        hasty.read("token/bank")
    prompting.unlock()
    hasty._lane.limit = 10  # type: ignore[attr-defined]
    assert hasty.read("token/bank") == "value"


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files by /proc")
@pytest.mark.parametrize("asked", [False, True], ids=["by itself", "by a person"])
def test_asking_a_locked_keychain_leaves_no_file_open(
    chain: Keychain, disturbed: Daemon, asked: bool
) -> None:
    disturbed.lock()
    gc.collect()
    gc.disable()
    try:
        before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - counted, not walked
        for _ in range(10):
            if asked:
                chain.again()
            with pytest.raises(KeychainLockedError):
                chain.read("token/bank")
        after = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - counted, not walked
    finally:
        gc.enable()
    assert after <= before + 2


def test_silence_is_said(namespace: str, daemon: Daemon) -> None:
    chain = open_keychain("keychain", namespace=namespace, limit=SHORT)
    daemon.send(signal.SIGSTOP)
    try:
        with pytest.raises(KeychainSilentError):
            chain.read("token/bank")
    finally:
        daemon.send(signal.SIGCONT)


def test_after_a_silence_nothing_is_lost(chain: Keychain, namespace: str, daemon: Daemon) -> None:
    chain.write("token/bank", "value")
    hasty = open_keychain("keychain", namespace=namespace, limit=SHORT)
    daemon.send(signal.SIGSTOP)
    try:
        for _ in range(5):
            with pytest.raises(KeychainSilentError):
                hasty.write("token/bank", "newer")
    finally:
        daemon.send(signal.SIGCONT)
    assert chain.read("token/bank") == "value"
    chain.write("token/bank", "newest")
    assert chain.read("token/bank") == "newest"


def test_a_silence_of_one_call_does_not_make_the_next_one_hang(
    namespace: str, daemon: Daemon
) -> None:
    chain = open_keychain("keychain", namespace=namespace, limit=SHORT)
    daemon.send(signal.SIGSTOP)
    try:
        with pytest.raises(KeychainSilentError):
            chain.read("token/bank")
    finally:
        daemon.send(signal.SIGCONT)
    assert open_keychain("keychain", namespace=namespace).read("token/bank") is None


def test_a_killed_daemon_is_an_error_of_ours_and_loses_nothing(
    chain: Keychain, disturbed: Daemon
) -> None:
    chain.write("token/bank", "value")
    disturbed.send(signal.SIGKILL)
    with pytest.raises(KeychainError):
        chain.read("token/bank")
    disturbed.unlock()
    chain.again()
    assert chain.read("token/bank") == "value"


def test_no_secret_service_at_all_is_said() -> None:
    if not shutil.which("dbus-run-session"):
        pytest.skip("needs dbus-run-session")
    code = (
        "from bankview.errors import KeychainMissingError\n"
        "from bankview.keychain import open_keychain\n"
        "try:\n open_keychain('keychain')\n"
        "except KeychainMissingError as error:\n print(error)"
    )
    done = subprocess.run(
        [
            "dbus-run-session",
            f"--config-file={Path(__file__).with_name('nosvc.conf')}",
            "--",
            sys.executable,
            "-c",
            code,
        ],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.startswith("no usable keychain: Secret Service:")
    assert "neither running nor activatable" in done.stdout
