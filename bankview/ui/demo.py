"""The demo bank: the sandbox as a child process, with a home that is thrown away."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bankview.errors import BankUnavailableError


class Demo:
    """A temporary folder with a home and a bank in it; `stop` ends the bank, `remove` removes both."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="bankview-demo-"))
        self._process: subprocess.Popen[str] | None = None
        self._over = False

    @property
    def home(self) -> Path:
        """The home that is thrown away."""
        return self.folder / "home"

    @property
    def profile(self) -> Path:
        """The demo bank's profile, once it is ready."""
        return self.folder / "sandbox" / "profiles" / "sparebank1-household.toml"

    def start(self) -> Path:
        """Start the bank and return its profile when it listens; for a worker, as it takes a second.

        Raises:
            BankUnavailableError: it ended before it was ready.
        """
        command = (
            [sys.executable]
            if getattr(sys, "frozen", False)
            else [sys.executable, "-m", "bankview"]
        )
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [*command, "sandbox", "--dir", str(self.folder / "sandbox")],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        if self._over:
            self.stop()
        assert self._process.stdout
        for line in self._process.stdout:
            if line.startswith("ready "):
                return self.profile
        raise BankUnavailableError("the demo bank", "it ended before it was ready")

    def stop(self) -> None:
        """End the bank; a start that is under way ends too."""
        self._over = True
        if self._process:
            self._process.terminate()
            try:
                self._process.wait(2)
            except subprocess.TimeoutExpired:
                self._process.kill()

    def remove(self) -> None:
        """Remove the folder, once nobody writes to it any more."""
        shutil.rmtree(self.folder, ignore_errors=True)
