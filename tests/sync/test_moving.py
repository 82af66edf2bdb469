"""Secrets move between keychain and vault: whatever interrupts it, each of them is still there afterwards."""

from __future__ import annotations

import os
import signal
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

import pytest

from bankview.domain.connection import Connection
from bankview.domain.secret import Secret
from bankview.errors import (
    HomeLockedError,
    KeychainError,
    LedgerKeyError,
    UsageError,
    WrongPassphraseError,
)
from bankview.keychain import open_keychain, system, vault
from bankview.oauth.token import Token
from bankview.paths import Paths
from bankview.settings import read_home_file
from bankview.store import connections
from bankview.sync import home as homes
from bankview.sync import kept, moving
from bankview.sync.home import LEDGER_KEY, Home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

WORD = "open sesame"
OTHER = {"keychain": "passphrase", "passphrase": "keychain"}
SECRETS = {"token/toy": "a token", "answers/toy": '{"client_id": "me"}', "keys/toy": "{}"}

#: Where a process may die while it moves secrets, and how often it comes by there.
POINTS: tuple[tuple[Any, str, int], ...] = (
    (homes, "write_home_file", 1),
    (vault.Vault, "write", 2),
    (system.System, "write", 2),
    (moving, "_compare", 1),
    (homes, "write_home_file", 2),
    (system.System, "delete", 2),
)

pytestmark = pytest.mark.keyring


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let scrypt do the least work: nobody guesses here."""
    monkeypatch.setitem(vault.Vault.__init__.__kwdefaults__, "cost", 4)  # type: ignore[arg-type]


@pytest.fixture
def real_session() -> None:
    """Skip where there is no throw-away session with a real Secret Service."""
    if os.environ.get("BANKVIEW_REAL_KEYRING") != "1":
        pytest.skip("needs the session that tests/session.sh makes")


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths.of(tmp_path / "home")


@pytest.fixture(params=sorted(OTHER))
def home(request: pytest.FixtureRequest, real_session: None, paths: Paths) -> Iterator[Home]:
    """A home with a bank and its secrets, in each of the two places."""
    made = opened(paths, request.param)
    with closing(made.database()) as db:
        connections.save_connection(db, Connection("toy", "toy", "Toy bank"))
    for name, value in SECRETS.items():
        made.secrets.write(name, value)
    yield made
    made.close()


def opened(paths: Paths, place: str | None = None) -> Home:
    return Home.open(paths, place, passphrase=lambda: WORD)


def copies(home: Home, place: str) -> list[str]:
    """Return the names of the secrets that a place holds."""
    if place == "passphrase":
        # One that is damaged or under another passphrase would be an error here.
        return [name for name in (LEDGER_KEY, *SECRETS) if home.paths.vault.exists()]
    chain = home.open_place(place)
    return [name for name in (LEDGER_KEY, *SECRETS) if chain.read(name) is not None]


def test_every_secret_moves_and_no_copy_is_left(home: Home, paths: Paths) -> None:
    before = home.secrets.place
    moving.move(home, OTHER[before], WORD)
    assert {name: home.secrets.read(name) for name in SECRETS} == SECRETS
    assert not copies(home, before)
    again = opened(paths)
    assert again.secrets.place == OTHER[before]
    assert {name: again.secrets.read(name) for name in SECRETS} == SECRETS
    assert not again.leaving


def test_there_and_back_again(home: Home, paths: Paths) -> None:
    before = home.secrets.place
    moving.move(home, OTHER[before], WORD)
    moving.move(home, before, WORD)
    assert {name: opened(paths).secrets.read(name) for name in SECRETS} == SECRETS
    assert not copies(home, OTHER[before])


@pytest.mark.parametrize("point", POINTS, ids=lambda point: f"{point[1]} {point[2]}")
def test_a_process_that_dies_on_the_way_loses_nothing(
    home: Home, paths: Paths, point: tuple[Any, str, int]
) -> None:
    before = home.secrets.place
    die_at(*point, lambda: moving.move(home, OTHER[before], WORD))
    again = opened(paths)
    moving.finish(again)
    assert {name: again.secrets.read(name) for name in SECRETS} == SECRETS
    assert not copies(again, OTHER[again.secrets.place])
    with closing(again.database()) as db:
        assert connections.connection(db, "toy")


def die_at(owner: Any, name: str, count: int, work: Callable[[], None]) -> None:
    """Do the work in a child that is killed after the `count`-th call; one that never comes by there ends whole."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    with suppress(BaseException):
        function, left = getattr(owner, name), [count]

        def deadly(*arguments: Any) -> Any:
            left[0] -= 1
            result = function(*arguments)
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        setattr(owner, name, deadly)
        work()
    os._exit(0)


def test_a_place_that_does_not_keep_what_it_took_is_not_used(
    home: Home, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = home.secrets.place
    kind = vault.Vault if before == "keychain" else system.System
    write = kind.write
    monkeypatch.setattr(kind, "write", lambda self, name, value: write(self, name, value[:3]))
    with pytest.raises(KeychainError):
        moving.move(home, OTHER[before], WORD)
    monkeypatch.undo()
    assert home.secrets.place == before
    again = opened(paths)
    assert {name: again.secrets.read(name) for name in SECRETS} == SECRETS


def test_copies_that_do_not_go_at_once_go_at_the_next_start(
    home: Home,
    paths: Paths,
    monkeypatch: pytest.MonkeyPatch,
    expect_warning: Callable[[str], None],
) -> None:
    if home.secrets.place != "keychain":
        pytest.skip("a file goes at once")

    def refuse(*_: object) -> None:
        raise KeychainError("it does not let go")

    monkeypatch.setattr(system.System, "delete", refuse)
    expect_warning("copies of keys are still in the keychain")
    moving.move(home, "passphrase", WORD)
    monkeypatch.undo()
    assert copies(home, "keychain")
    again = opened(paths)
    with pytest.raises(LedgerKeyError):
        opened(paths, "keychain")
    moving.finish(again)
    assert not copies(again, "keychain")


def test_another_process_that_looks_in_the_old_place_is_not_told_to_sign_in(
    home: Home, paths: Paths
) -> None:
    other = opened(paths)
    moving.move(home, OTHER[home.secrets.place], WORD)
    with pytest.raises(KeychainError, match="moved to another place"):
        kept.load_token(other, "toy")


def test_memory_is_no_place_to_move_from(tmp_path: Path) -> None:
    home = Home.open(Paths.of(tmp_path), "memory")
    with pytest.raises(UsageError):
        moving.move(home, "passphrase", WORD)


def test_a_sealed_home_gives_nothing_away_until_its_passphrase_is_there(
    home: Home, paths: Paths
) -> None:
    if home.secrets.place == "keychain":
        with pytest.raises(UsageError):
            home.seal()
        return
    key = home._raw_key().hex()
    home.seal()
    for work in (home.database, lambda: home.secrets.read("token/toy"), home._raw_key):
        with pytest.raises(HomeLockedError):
            work()
    assert key not in repr(vars(home))
    with pytest.raises(WrongPassphraseError):
        home.unseal("another")
    assert home.sealed
    home.unseal(WORD)
    assert home.secrets.read("token/toy") == "a token"
    home.database().close()


def test_a_token_that_comes_while_the_home_is_sealed_is_kept_until_it_is_open(
    home: Home, expect_warning: Callable[[str], None]
) -> None:
    if home.secrets.place == "keychain":
        pytest.skip("the keychain has a lock of its own")
    home.seal()
    expect_warning("the keychain did not take")
    token = Token(Secret("renewed"))
    kept.save_token(home, "toy", token)
    home.unseal(WORD)
    kept.save_unsaved(home)
    assert home.secrets.read("token/toy") == token.to_json()


def test_the_home_file_says_which_place_counts(home: Home, paths: Paths) -> None:
    place = OTHER[home.secrets.place]
    moving.move(home, place, WORD)
    said = read_home_file(paths.home_file)
    assert said is not None
    assert (said.place, said.leaving) == (place, "")
    assert open_keychain(place, vault=paths.vault, passphrase=WORD, namespace=said.namespace).read(
        LEDGER_KEY
    )
