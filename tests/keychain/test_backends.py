"""The keychain is chosen from an allow-list, whatever the environment, a configuration file or a plugin says."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import keyring.backend
import pytest
from keyring.backends.null import Keyring as NullKeyring

from bankview.errors import KeychainMissingError
from bankview.keychain import secret_service
from bankview.keychain.backends import ALLOWED, Kind, find, sealed

if TYPE_CHECKING:
    from pathlib import Path


class Good(keyring.backend.KeyringBackend):
    """A backend that works everywhere."""

    priority = 1
    appid = "Python keyring library"
    keychain: str | None = "/somebody/elses.keychain"

    def get_password(self, service: str, username: str) -> str | None:
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


class Better(Good):
    priority = 2


class Broken(Good):
    @property
    def priority(self) -> float:  # type: ignore[override]
        raise AssertionError


class Windows(Good):
    persist: object = 3


def kind(name: str, platform: str = "") -> Kind:
    return Kind(__name__, name, name, platform)


def test_the_best_of_those_that_work_is_taken() -> None:
    label, backend = find((kind("Good"), kind("Better"), kind("Broken"), kind("Gone")))
    assert label == "Better"
    assert isinstance(backend, Better)


def test_a_keychain_of_another_system_is_not_looked_at() -> None:
    other = "darwin" if sys.platform != "darwin" else "win32"
    label, _ = find((kind("Good"), kind("Better", other)))
    assert label == "Good"


def test_what_cannot_be_better_is_not_loaded() -> None:
    worse = Kind("a_module_that_is_not_there", "Keyring", "worse", most=2)
    other = Kind("another_that_is_not_there", "Keyring", "other", most=1)
    assert find((kind("Good"), other, kind("Better"), worse))[0] == "Better"
    with pytest.raises(KeychainMissingError, match="not_there"):
        find((other,))


def test_none_that_works_says_why_for_each() -> None:
    with pytest.raises(KeychainMissingError, match=r"Broken.*; Gone"):
        find((kind("Broken"), kind("Gone")))


def test_the_list_holds_the_five_good_keychains_and_nothing_else() -> None:
    assert [(kind.module.rpartition(".")[2], kind.name) for kind in ALLOWED] == [
        ("Windows", "WinVaultKeyring"),
        ("macOS", "Keyring"),
        ("secret_service", "Keyring"),
        ("libsecret", "Keyring"),
        ("kwallet", "DBusKeyring"),
    ]


@pytest.mark.parametrize("kind", ALLOWED, ids=lambda kind: kind.label)
def test_every_allowed_class_exists(kind: Kind) -> None:
    module = __import__(kind.module, fromlist=[kind.name])
    found = getattr(module, kind.name)
    shelf = secret_service.Shelf if hasattr(found, "opened") else found
    assert all(hasattr(shelf, f"{verb}_password") for verb in ("get", "set", "delete"))
    assert "priority" in dir(found)


def test_properties_in_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYRING_PROPERTY_APPID", "somebody else")
    monkeypatch.setenv("KEYRING_PROPERTY_SCHEME", "KeePassXC")
    monkeypatch.setenv("KEYRING_PROPERTY_PREFERRED_COLLECTION", "/elsewhere")
    backend = sealed(Good)
    assert vars(backend) == {}


def test_a_keychain_file_in_the_environment_is_ignored() -> None:
    assert sealed(Good).keychain is None


def test_entries_are_bankviews_own() -> None:
    assert sealed(Good).appid == "Bankview"


def test_windows_keeps_entries_on_this_computer() -> None:
    assert sealed(Windows).persist == "local machine"


OPEN = """
from bankview.errors import KeychainMissingError
from bankview.keychain import open_keychain
try:
    chain = open_keychain("keychain", namespace="home")
except KeychainMissingError as error:
    print("refused:", error)
else:
    print("opened:", chain.label)
"""


def opened(home: Path, **environment: str) -> str:
    """Return what a process of its own says that opens a keychain where none is."""
    keep = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    environment = {
        "HOME": str(home),
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere",
        **environment,
    }
    done = subprocess.run(
        [sys.executable, "-c", OPEN],
        env={**keep, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


def test_no_session_bus_means_no_keychain(tmp_path: Path) -> None:
    assert opened(tmp_path).startswith("refused: no usable keychain: Secret Service:")


@pytest.mark.parametrize(
    "backend", ["keyring.backends.null.Keyring", "plain.Keyring", "keyring.backends.fail.Keyring"]
)
def test_a_backend_named_by_the_environment_is_refused(tmp_path: Path, backend: str) -> None:
    plain(tmp_path)
    said = opened(
        tmp_path,
        PYTHON_KEYRING_BACKEND=backend,
        PYTHONPATH=os.pathsep.join([str(tmp_path), *sys.path]),
    )
    assert said.startswith("refused:")


def test_a_backend_named_by_a_configuration_file_is_refused(tmp_path: Path) -> None:
    plain(tmp_path)
    folder = tmp_path / ".config" / "python_keyring"
    folder.mkdir(parents=True)
    (folder / "keyringrc.cfg").write_text(
        f"[backend]\ndefault-keyring=plain.Keyring\nkeyring-path={tmp_path}\n"
    )
    assert opened(tmp_path, XDG_CONFIG_HOME=str(tmp_path / ".config")).startswith("refused:")


def test_a_backend_of_an_installed_plugin_is_refused(tmp_path: Path) -> None:
    plain(tmp_path)
    package = tmp_path / "plain-1.0.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: plain\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text("[keyring.backends]\nplain = plain\n")
    said = opened(tmp_path, PYTHONPATH=os.pathsep.join([str(tmp_path), *sys.path]))
    assert said.startswith("refused:")
    assert not (tmp_path / "secrets.txt").exists()


def plain(folder: Path) -> None:
    """Write a backend that keeps everything in a readable file and thinks itself the best."""
    (folder / "plain.py").write_text(
        "import keyring.backend, pathlib\n"
        "class Keyring(keyring.backend.KeyringBackend):\n"
        "    priority = 99\n"
        "    def get_password(self, service, username): return None\n"
        "    def set_password(self, service, username, password):\n"
        f"        pathlib.Path({str(folder / 'secrets.txt')!r}).write_text(password)\n"
    )


def test_a_backend_that_keeps_nothing_is_found_out(open_on: Any) -> None:
    from bankview.errors import KeychainLossError

    with pytest.raises(KeychainLossError):
        open_on(sealed(NullKeyring)).write("key", "value")


def test_importing_the_room_imports_neither_keyring_nor_cryptography() -> None:
    code = (
        "import sys, bankview.keychain\n"
        "print([m for m in ('keyring', 'cryptography', 'secretstorage') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() == "[]"
