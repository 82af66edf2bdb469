"""The vault: one encrypted file that the same passphrase opens in every process."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bankview.errors import KeychainError, KeychainSilentError, UsageError, WrongPassphraseError
from bankview.file_lock import locked
from bankview.keychain import open_keychain, vault
from bankview.keychain.vault import COST as REAL
from bankview.keychain.vault import Vault
from tests.processes import Process

if TYPE_CHECKING:
    from collections.abc import Callable

PASSPHRASE = "correct horse bærer battery"
#: The least work that scrypt does: tests guess nothing.
CHEAP = 4
#: Written long ago with the passphrase "sesam": what people have must open for ever.
OLD = bytes.fromhex(
    "62616e6b76696577207661756c7420310a04b8073fda138325e302fce39a88b761599bcd649fdb84e4404424f0dcbea4"
    "ca3d77addb19c30e0c3e0d401a31b0f0c219bde7fed6ad772bc1c95fa0aa376c449cef24b81013afb7f211ebc0bf52a5"
    "63a59c9fa10d4f81eab5e3cfcbfd459deb74aae98fa2"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "secrets.vault"


@pytest.fixture
def reopen(path: Path) -> Callable[..., Vault]:
    return lambda passphrase=PASSPHRASE: Vault(path, passphrase, limit=20, cost=CHEAP)


def test_what_was_written_is_there_when_it_is_opened_again(reopen: Callable[..., Vault]) -> None:
    reopen().write("token/bank", "a value with ø and \0 and 🙂")
    assert reopen().read("token/bank") == "a value with ø and \0 and 🙂"


@pytest.mark.parametrize("value", ["", "x" * 1_000_000, "\ud800"], ids=["empty", "long", "lone"])
def test_a_value_of_any_length_and_alphabet_comes_back(
    reopen: Callable[..., Vault], value: str
) -> None:
    reopen().write("name", value)
    assert reopen().read("name") == value


def test_what_was_never_written_reads_as_none(reopen: Callable[..., Vault]) -> None:
    assert reopen().read("token/bank") is None


def test_what_was_deleted_is_gone(reopen: Callable[..., Vault]) -> None:
    vault = reopen()
    vault.write("a", "1")
    vault.write("b", "2")
    vault.delete("a")
    vault.delete("never there")
    assert (reopen().read("a"), reopen().read("b")) == (None, "2")


def test_opening_and_reading_create_nothing(path: Path, reopen: Callable[..., Vault]) -> None:
    reopen().read("token/bank")
    assert not path.parent.exists()


def test_a_wrong_passphrase_is_refused_when_it_is_opened(reopen: Callable[..., Vault]) -> None:
    reopen().write("token/bank", "value")
    with pytest.raises(WrongPassphraseError):
        reopen("Correct horse bærer battery")


@pytest.mark.parametrize("passphrase", ["", None])
def test_no_passphrase_is_refused(path: Path, passphrase: str | None) -> None:
    with pytest.raises(WrongPassphraseError, match="no passphrase"):
        open_keychain("passphrase", vault=path, passphrase=passphrase)


def test_an_empty_passphrase_is_refused_by_the_vault_itself(reopen: Callable[..., Vault]) -> None:
    with pytest.raises(WrongPassphraseError):
        reopen("")


def test_the_same_characters_count_however_they_were_composed(
    reopen: Callable[..., Vault],
) -> None:
    reopen("caf\u00e9 5").write("a", "1")
    assert reopen("cafe\u0301 5").read("a") == "1"


def test_a_passphrase_from_an_odd_environment_works(reopen: Callable[..., Vault]) -> None:
    reopen("caf\udce9 5").write("a", "1")
    assert reopen("caf\udce9 5").read("a") == "1"


def test_two_open_vaults_see_what_the_other_wrote(reopen: Callable[..., Vault]) -> None:
    one, two = reopen(), reopen()
    one.write("a", "1")
    two.write("b", "2")
    assert (one.read("b"), two.read("a")) == ("2", "1")


def test_a_closed_vault_still_answers(reopen: Callable[..., Vault]) -> None:
    vault = reopen()
    vault.write("a", "1")
    vault.close()
    assert vault.read("a") == "1"


def test_the_file_shows_no_name_and_no_value(path: Path, reopen: Callable[..., Vault]) -> None:
    reopen().write("token/canary-name", "canary-value")
    content = path.read_bytes()
    assert b"canary" not in content
    assert PASSPHRASE.encode() not in content


@pytest.mark.skipif(os.name != "posix", reason="Windows closes the profile's folder instead")
def test_only_the_owner_may_read_it_whatever_the_umask(
    path: Path, reopen: Callable[..., Vault]
) -> None:
    before = os.umask(0)
    try:
        reopen().write("a", "1")
    finally:
        os.umask(before)
    modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    assert modes == {"secrets.vault": 0o600, "secrets.vault.lock": 0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_every_write_uses_a_new_nonce(path: Path, reopen: Callable[..., Vault]) -> None:
    vault, seen = reopen(), set()
    for _ in range(20):
        vault.write("a", "1")
        seen.add(path.read_bytes()[34:46])
    assert len(seen) == 20


@pytest.mark.parametrize("at", [0, 10, 17, 20, 36, 50, -40, -1])
def test_a_changed_byte_is_damage_and_no_wrong_passphrase(
    path: Path, reopen: Callable[..., Vault], at: int
) -> None:
    reopen().write("a", "1")
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)
    with pytest.raises(KeychainError, match="damaged") as caught:
        reopen()
    assert not isinstance(caught.value, WrongPassphraseError)


@pytest.mark.parametrize("keep", [0, 1, 40, 90, -1])
def test_a_file_cut_short_is_damage(path: Path, reopen: Callable[..., Vault], keep: int) -> None:
    reopen().write("a", "1" * 500)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(KeychainError, match="damaged"):
        reopen()


def test_a_damaged_file_is_never_overwritten(path: Path, reopen: Callable[..., Vault]) -> None:
    vault = reopen()
    vault.write("a", "1")
    path.write_bytes(b"damaged")
    with pytest.raises(KeychainError, match="damaged"):
        vault.write("a", "2")
    with pytest.raises(KeychainError, match="damaged"):
        vault.delete("a")
    assert path.read_bytes() == b"damaged"


def test_a_file_that_asks_for_absurd_work_is_refused_at_once(path: Path) -> None:
    from bankview.keychain.vault import _MARK, _sum

    path.parent.mkdir()
    body = _MARK + bytes([60]) + bytes(16 + 12 + 40)
    path.write_bytes(body + _sum(body))
    with pytest.raises(KeychainError, match="damaged"):
        Vault(path, PASSPHRASE, limit=5)


def test_a_folder_in_its_place_is_an_error_of_ours(
    path: Path, reopen: Callable[..., Vault]
) -> None:
    path.mkdir(parents=True)
    with pytest.raises(KeychainError, match="could not be read"):
        reopen()


def test_a_home_that_is_a_file_is_an_error_of_ours(
    path: Path, reopen: Callable[..., Vault]
) -> None:
    vault = reopen()
    path.parent.write_text("in the way")
    with pytest.raises(KeychainError, match="could not be"):
        vault.write("a", "1")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_leaves_the_old_file(path: Path, reopen: Callable[..., Vault]) -> None:
    vault = reopen()
    vault.write("a", "1")
    path.with_name("secrets.vault.new").symlink_to("/dev/full")
    with pytest.raises(KeychainError, match="No space left"):
        vault.write("a", "2")
    assert reopen().read("a") == "1"


def test_what_a_killed_writer_left_is_no_hindrance(
    path: Path, reopen: Callable[..., Vault]
) -> None:
    reopen().write("a", "1")
    path.with_name("secrets.vault.new").write_bytes(b"half")
    reopen().write("a", "2")
    assert reopen().read("a") == "2"
    assert not path.with_name("secrets.vault.new").exists()


def test_a_lock_that_is_never_freed_ends_the_wait(path: Path, reopen: Callable[..., Vault]) -> None:
    reopen().write("a", "1")
    hasty = Vault(path, PASSPHRASE, limit=0.05, cost=CHEAP)
    with locked(path.with_name("secrets.vault.lock"), 5), pytest.raises(KeychainSilentError):
        hasty.write("a", "2")
    assert hasty.read("a") == "1"


def test_eight_threads_lose_nothing(reopen: Callable[..., Vault]) -> None:
    vault = reopen()

    def work(number: int) -> None:
        for turn in range(5):
            vault.write(f"{number}/{turn}", f"{number}{turn}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    found = [vault.read(f"{number}/{turn}") for number in range(8) for turn in range(5)]
    assert found == [f"{number}{turn}" for number in range(8) for turn in range(5)]


WRITER = """
import sys
from pathlib import Path
from bankview.keychain.vault import Vault
vault = Vault(Path(sys.argv[1]), "from another process", limit=60, cost=4)
print("ready", flush=True)
sys.stdin.readline()
for turn in range(30):
    vault.write(f"{sys.argv[2]}/{turn}", sys.argv[2] * 50)
"""


def test_two_processes_lose_nothing(path: Path) -> None:
    with ExitStack() as started:
        writers = [
            started.enter_context(
                Process(
                    [sys.executable, "-c", WRITER, str(path), name],
                    env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for name in "ab"
        ]
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
        for writer in writers:
            writer.communicate("go\n", timeout=120)
            assert writer.returncode == 0
    vault = Vault(path, "from another process", limit=5)
    assert {vault.read(f"{name}/{turn}") for name in "ab" for turn in range(30)} == {
        "a" * 50,
        "b" * 50,
    }


def test_the_real_work_of_scrypt_is_done_once_and_opens_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What other tests make cheap is dear here.
    monkeypatch.setattr(vault, "COST", REAL)
    open_keychain("passphrase", vault=path, passphrase=PASSPHRASE).write("a", "1")
    assert path.read_bytes()[17] == 17
    chain = open_keychain("passphrase", vault=path, passphrase=PASSPHRASE)
    assert (chain.place, chain.label, chain.read("a")) == ("passphrase", "passphrase vault", "1")


def test_a_vault_of_long_ago_opens_still(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(OLD)
    assert Vault(path, "sesam", limit=5).read("token/bank") == "ø"


def test_an_unknown_place_is_refused() -> None:
    with pytest.raises(UsageError, match="keychain, passphrase or memory"):
        open_keychain("drawer")
