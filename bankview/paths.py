"""Where everything lies: the person's folders and the files that ship with the app."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

APP = "bankview"


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders of one home. Nothing is created until `create` is called."""

    data: Path
    config: Path
    state: Path
    cache: Path

    @classmethod
    def of(cls, home: Path | str | None) -> Paths:
        """Return the folders under `home`, or the platform's own where none is given."""
        if home:
            root = Path(home).expanduser().absolute()
            return cls(root, root, root, root / "cache")
        import platformdirs  # noqa: PLC0415 - a named home needs it not

        return cls(
            Path(platformdirs.user_data_dir(APP, appauthor=False)),
            Path(platformdirs.user_config_dir(APP, appauthor=False)),
            Path(platformdirs.user_state_dir(APP, appauthor=False)),
            Path(platformdirs.user_cache_dir(APP, appauthor=False)),
        )

    @property
    def discovery(self) -> Path:
        """What authorization servers publish for everybody, kept for a day."""
        return self.cache / "discovery"

    @property
    def clocks(self) -> Path:
        """How far the servers' clocks are from this computer's."""
        return self.cache / "clocks.json"

    def create(self) -> None:
        """Create the folders, closed to other users."""
        for folder in (self.data, self.config, self.state, self.banks, self.backups, self.locks):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def ledger(self) -> Path:
        """The encrypted database."""
        return self.data / "ledger.db"

    @property
    def backups(self) -> Path:
        """The daily copies of the ledger."""
        return self.data / "backups"

    @property
    def vault(self) -> Path:
        """The passphrase vault, where the person chose one."""
        return self.data / "secrets.vault"

    @property
    def home_file(self) -> Path:
        """What place holds what; without secrets."""
        return self.data / "home.json"

    @property
    def banks(self) -> Path:
        """The person's own bank profiles."""
        return self.config / "banks"

    @property
    def settings(self) -> Path:
        """The person's settings."""
        return self.config / "settings.json"

    @property
    def window(self) -> Path:
        """Window geometry, and nothing else."""
        return self.config / "window.ini"

    @property
    def log(self) -> Path:
        """The log file."""
        return self.state / "bankview.log"

    @property
    def locks(self) -> Path:
        """Lock files: one refresh at a time, one window a home."""
        return self.state / "locks"


def resource(name: str) -> Path:
    """Return a shipped file or folder; works from a source tree, a wheel and a frozen app."""
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen:
        return Path(frozen, "bankview", "_resources", name)
    here = Path(__file__).parent
    installed = here / "_resources"
    return (installed if installed.is_dir() else here.parent / "resources") / name
