"""One home opened as one value: folders, keychain, ledger and banks."""

from __future__ import annotations

import json
import secrets
import weakref
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, Self

from bankview import keychain, log
from bankview.domain.secret import Secret
from bankview.errors import (
    HomeLockedError,
    KeychainLossError,
    LedgerBusyError,
    LedgerDamagedError,
    LedgerKeyError,
    UsageError,
    WrongPassphraseError,
)
from bankview.file_lock import HeldError, locked
from bankview.keychain.sealed import Sealed
from bankview.oauth.pause import Pause
from bankview.settings import HomeFile, Settings, load, read_home_file, write_home_file
from bankview.store import backup, connections, database
from bankview.sync.clocks import Clocks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from bankview.banks import Bank
    from bankview.keychain import Keychain
    from bankview.oauth.discovery_cache import DiscoveryCache
    from bankview.paths import Paths
    from bankview.store.database import Database

LEDGER_KEY = "ledger-key"
#: Seconds to wait for a lock.
PATIENCE = 30.0


def keys_name(bank_id: str) -> str:
    """Return the keychain's name for a bank's private keys."""
    return f"keys/{bank_id}"


def utc_now() -> datetime:
    """Return this instant, aware, in UTC."""
    return datetime.now(UTC)


class Stops(Protocol):
    """What can be cut short from any thread."""

    def stop(self) -> None:
        """End what goes on at once."""


class Home:
    """An open home. `open` and `recover` make one; `database` gives each thread its own connection."""

    def __init__(
        self, paths: Paths, secrets_: Keychain, key: bytes | None, now: Callable[[], datetime]
    ) -> None:
        self.paths, self.secrets, self.now = paths, secrets_, now
        #: What was repaired when the ledger was opened, to be said once.
        self.damage: LedgerDamagedError | None = None
        #: Shown to the person until `recovery_key_kept`; empty in memory.
        self.fresh_recovery_key = ""
        #: Renewed tokens that the keychain would not take; kept here until it does.
        self.unsaved: dict[str, str] = {}
        #: How late the clocks of authorization servers are; on the disk where the ledger is.
        self.clocks = Clocks(paths.clocks if key else None, self._at)
        self._key = Secret(key.hex()) if key else None
        self._memory = f"home-{secrets.token_hex(8)}"
        self._anchor: Database | None = None
        self._adopted: dict[str, Bank] = {}
        self._watched: weakref.WeakSet[Stops] = weakref.WeakSet()

    @cached_property
    def discovery(self) -> DiscoveryCache:
        """What authorization servers publish; on the disk where the ledger is."""
        from bankview.oauth.discovery_cache import DiscoveryCache  # noqa: PLC0415 - it loads all of HTTP

        return DiscoveryCache(self.paths.discovery if self._key else None, self._at)

    def _at(self) -> datetime:
        return self.now()

    @classmethod
    def open(
        cls,
        paths: Paths,
        place: str | None = None,
        *,
        passphrase: Callable[[], str | None] = lambda: None,
        now: Callable[[], datetime] = utc_now,
    ) -> Self:
        """Open the home, or make it: a new key goes to the keychain before the ledger is created with it.

        Args:
            paths: its folders.
            place: where secrets live; None = what the home says, else the keychain.
            passphrase: asked for once where the place is a vault.
            now: the clock, UTC.

        Raises:
            KeychainError: no usable keychain, locked, silent, or a wrong passphrase.
            LedgerKeyError: the ledger is there and its key is not; nothing was created or moved.
            StoreError: the ledger cannot be opened.
            UsageError: memory was asked for and the home already holds a ledger.
        """
        if place == "memory":
            return cls._in_memory(paths, now)
        try:
            return cls._on_disk(paths, place, passphrase, now)
        except HeldError as error:
            raise LedgerBusyError from error
        except OSError as error:
            raise database.refused(error, "the home cannot be used") from error

    @classmethod
    def _on_disk(
        cls,
        paths: Paths,
        place: str | None,
        passphrase: Callable[[], str | None],
        now: Callable[[], datetime],
    ) -> Self:
        paths.create()
        with locked(paths.locks / "home.lock", PATIENCE):
            said = read_home_file(paths.home_file)
            place = place or (said.place if said else "keychain")
            if said and place == said.leaving:
                raise LedgerKeyError
            said = said or HomeFile(secrets.token_hex(8), place)
            chain = _chain(paths, place, said.namespace, passphrase)
            key = _read_key(chain)
            if key is None:
                if paths.ledger.exists():
                    raise LedgerKeyError
                key = keychain.new_key()
                chain.write(LEDGER_KEY, key.hex())
            home = cls(paths, chain, key, now)
            home._open_ledger(said, place)
        return home

    @classmethod
    def recover(
        cls,
        paths: Paths,
        recovery_key: str,
        place: str | None = None,
        *,
        passphrase: Callable[[], str | None] = lambda: None,
        now: Callable[[], datetime] = utc_now,
    ) -> Self:
        """Open a home whose keychain lost the key, with the recovery key; the key goes to the keychain anew.

        Raises:
            WrongPassphraseError: the recovery key does not fit.
            LedgerKeyError: this home has no ledger that a recovery key could open.
        """
        said = read_home_file(paths.home_file)
        if said is None or not said.recovery or not paths.ledger.exists():
            raise LedgerKeyError
        key = keychain.unwrap(said.recovery, recovery_key)
        with suppress(LedgerDamagedError):
            database.open_ledger(paths.ledger, key).close()
        place = place or said.place
        with locked(paths.locks / "home.lock", PATIENCE):
            chain = _chain(paths, place, said.namespace, passphrase)
            chain.write(LEDGER_KEY, key.hex())
            home = cls(paths, chain, key, now)
            home._open_ledger(said, place)
        return home

    @classmethod
    def _in_memory(cls, paths: Paths, now: Callable[[], datetime]) -> Self:
        if paths.ledger.exists():
            raise UsageError(
                "This home holds a ledger; --secrets memory needs an empty one. Choose another --home."
            )
        home = cls(paths, keychain.open_keychain("memory"), None, now)
        # A database in memory lives as long as somebody has it open.
        home._anchor = database.open_memory(home._memory)
        return home

    def _open_ledger(self, said: HomeFile, place: str) -> None:
        key, path = self._raw_key(), self.paths.ledger
        # Copies without a ledger are what a repair leaves that was cut short, or a file that somebody lost.
        sound = False
        with suppress(LedgerDamagedError):
            if path.exists():
                database.open_ledger(path, key, check=True).close()
                sound = True
        if not sound:
            repaired = backup.recover(path, key, self.paths.backups, self.now())
            database.open_ledger(path, key, create=not path.exists()).close()
            self.damage = repaired if repaired.aside or repaired.restored else None
        self._said = replace(said, place=place)
        if not self._said.recovery_kept:
            self.fresh_recovery_key = keychain.new_recovery_key()
            wrapped = keychain.wrap(key, self.fresh_recovery_key)
            self._said = replace(self._said, recovery=wrapped)
        write_home_file(self.paths.home_file, self._said)

    def recovery_key_kept(self) -> None:
        """Remember that the person has the recovery key; it is not shown again."""
        self.fresh_recovery_key = ""
        if self._key:
            self._said = replace(self._said, recovery_kept=True)
            write_home_file(self.paths.home_file, self._said)

    @property
    def settings(self) -> Settings:
        """The person's settings as they stand in the file."""
        return load(self.paths.settings)

    def banks(self) -> tuple[Bank, ...]:
        """Return every bank that can be connected: shipped, the person's own, and those adopted in memory."""
        from bankview import banks  # noqa: PLC0415 - the rows are on screen before this is imported

        return (*banks.all_banks(self.paths.banks), *self._adopted.values())

    def bank(self, bank_id: str) -> Bank:
        """Return one bank.

        Raises:
            UsageError: there is none of that id.
        """
        bank = self.find_bank(bank_id)
        if bank is None:
            raise UsageError(f"No bank is called {bank_id}. `bankview banks` lists them.")
        pensions = self.settings.pensions
        return replace(bank, dialect=bank.dialect.with_pensions()) if pensions else bank

    def find_bank(self, bank_id: str) -> Bank | None:
        """Return one bank as its profile has it; None where there is none of that id (any more)."""
        from bankview import banks  # noqa: PLC0415 - the rows are on screen before this is imported

        return self._adopted.get(bank_id) or banks.find_bank(bank_id, self.paths.banks)

    def adopt(self, profile: Path, *, demo: bool = False) -> Bank:
        """Take a profile file into the home, so that later commands need no file; in memory it stays in memory.

        Raises:
            ProfileError: the profile is wrong; it says where and what to write instead.
        """
        from bankview import banks  # noqa: PLC0415 - the rows are on screen before this is imported

        if self._key:
            folder = self.paths.banks
            return banks.adopt_profile(profile, folder, in_use=self._in_use, keep=self._keep_keys)
        bank = replace(banks.read_profile(profile), demo=demo)
        self._keep_keys(bank.id, banks.profile_keys(profile))
        self._adopted[bank.id] = bank
        return bank

    def _keep_keys(self, bank_id: str, keys: Mapping[str, str]) -> None:
        self.secrets.write(keys_name(bank_id), json.dumps(dict(keys)))

    def keys(self, bank: Bank) -> dict[str, str]:
        """Return a bank's private keys, PEM texts by "table.key"; empty where its profile names none.

        Raises:
            UsageError: the keychain has them no more.
        """
        if not bank.keys:
            return {}
        found: dict[str, str] = json.loads(self.secrets.read(keys_name(bank.id)) or "{}")
        log.REDACTION.hide(*found.values())
        if not found.keys() >= set(bank.keys):
            raise UsageError(
                f"The private key of {bank.name} is no longer kept. Connect it with its profile file again."
            )
        return found

    def forget_keys(self, bank_id: str) -> None:
        """Remove a bank's private keys, unless it is connected still."""
        if not self._in_use(bank_id):
            self.secrets.delete(keys_name(bank_id))

    def _in_use(self, bank_id: str) -> bool:
        with closing(self.database()) as db:
            return any(
                connection.bank_id == bank_id and connection.is_fetched
                for connection in connections.connections(db)
            )

    def open_place(self, place: str, passphrase: str = "") -> Keychain:
        """Open a place in which this home's secrets lie, or may lie.

        Raises:
            KeychainError: it cannot be opened, or the passphrase does not fit.
        """
        return _chain(self.paths, place, self._said.namespace, lambda: passphrase)

    @property
    def leaving(self) -> str:
        """The place in which copies of secrets are left that are not used any more; mostly none."""
        return self._said.leaving if self._key else ""

    def leave(self, place: str) -> None:
        """Remember that copies of secrets may lie in a place that is not used; "" for none."""
        self._said = replace(self._said, leaving=place)
        write_home_file(self.paths.home_file, self._said)

    def settle_in(self, chain: Keychain) -> None:
        """Use another place from now on, which holds all secrets; their copies are left behind in the old one."""
        said = replace(self._said, place=chain.place, leaving=self.secrets.place)
        write_home_file(self.paths.home_file, said)
        self._said, self.secrets = said, chain

    @property
    def has_moved(self) -> bool:
        """Whether another process has moved the secrets to another place."""
        said = read_home_file(self.paths.home_file) if self._key else None
        return said is not None and said.place != self.secrets.place

    @property
    def sealed(self) -> bool:
        """Whether the key is not in memory."""
        return isinstance(self.secrets, Sealed)

    def seal(self) -> None:
        """Drop the key, and what is known of other secrets, until `unseal`; nothing can be read or written till then.

        Renewed tokens that are kept nowhere else stay in `unsaved`.

        Raises:
            UsageError: no passphrase would open it again.
        """
        if self.secrets.place != "passphrase":
            raise UsageError("Only a home with a passphrase can be locked.")
        self.secrets.close()
        self.secrets, self._key = Sealed(), Secret()
        log.REDACTION.forget()

    def unseal(self, passphrase: str) -> None:
        """Open a sealed home again.

        Raises:
            WrongPassphraseError: it does not fit.
            KeychainError: the vault is damaged or cannot be read.
            LedgerKeyError: the vault has no key.
        """
        chain = self.open_place("passphrase", passphrase)
        key = _read_key(chain)
        if key is None:
            raise LedgerKeyError
        self._key, self.secrets = Secret(key.hex()), chain

    def database(self) -> Database:
        """Return a new connection to the ledger for the calling thread, who closes it.

        Raises:
            HomeLockedError: the home is sealed.
            StoreError: the ledger cannot be opened.
        """
        if self._key is None:
            return database.open_memory(self._memory)
        return database.open_ledger(self.paths.ledger, self._raw_key())

    def lock(self, name: str) -> AbstractContextManager[None]:
        """Return a lock that only one thread of one process can hold; freed when its holder dies.

        Entering it raises HeldError where somebody else keeps it.
        """
        self.paths.locks.mkdir(mode=0o700, parents=True, exist_ok=True)
        return locked(self.paths.locks / f"{name}.lock", PATIENCE)

    def wait(self, seconds: float) -> None:
        """Wait a while, as a bank wants it between two calls.

        Raises:
            Interrupted: `stop` was called meanwhile.
        """
        pause = Pause()
        self.watch(pause)
        pause(seconds)

    def watch(self, what: Stops) -> None:
        """Remember a sender or a sign-in, so that `stop` can cut it short."""
        self._watched.add(what)

    def stop(self) -> None:
        """Cut every exchange and sign-in in flight, from any thread; later ones on the same senders do not start."""
        for what in list(self._watched):
            what.stop()

    def close(self) -> None:
        """Cut what is in flight and close the keychain."""
        self.stop()
        if self._anchor:
            self._anchor.close()
        self.secrets.close()

    def _raw_key(self) -> bytes:
        assert self._key is not None
        if not self._key:
            raise HomeLockedError
        return bytes.fromhex(self._key.reveal())


def _chain(
    paths: Paths, place: str, namespace: str, passphrase: Callable[[], str | None]
) -> Keychain:
    if place != "passphrase":
        return keychain.open_keychain(place, namespace=namespace)
    given = passphrase()
    if not given:
        raise WrongPassphraseError("no passphrase was given")
    return keychain.open_keychain(place, vault=paths.vault, passphrase=given, namespace=namespace)


def _read_key(chain: Keychain) -> bytes | None:
    text = chain.read(LEDGER_KEY)
    if text is None:
        return None
    log.REDACTION.hide(text)
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise KeychainLossError(LEDGER_KEY) from None
