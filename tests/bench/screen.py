"""When a program's window is painted: read from the virtual screen's own memory, so that no program is asked."""

from __future__ import annotations

import mmap
import os
import struct
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

#: Every n-th line of the screen is looked at; a change of fewer lines than this is a caret or a spinner.
STEP, LARGE = 12, 4
#: Seconds between two looks, and without a change or work after which a program has nothing more to show.
LOOK, QUIET = 0.001, 1.2
PATIENCE = 300.0
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Shown:
    """Seconds from exec to the first and to the last large change of the screen, and memory in MiB."""

    first: float
    last: float
    peak: float


class Screen:
    """The frame buffer that Xvfb keeps in a file (`-fbdir`), in the format of xwd."""

    def __init__(self, file: Path) -> None:
        with file.open("rb") as opened:
            self._map = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        head = struct.unpack(">25I", self._map[:100])
        self._begin, self._line, self._height = head[0] + head[19] * 12, head[12], head[5]

    def lines(self) -> list[bytes]:
        """Return every STEP-th line as it stands."""
        places = range(self._begin, self._begin + self._height * self._line, STEP * self._line)
        return [self._map[place : place + self._line] for place in places]

    @contextmanager
    def watching(self, command: Sequence[str], env: Mapping[str, str]) -> Iterator[Watch]:
        """Start a program, wait until it has shown all, yield what was seen, and end it."""
        before, begun = self.lines(), time.perf_counter()
        with subprocess.Popen(
            command, env=dict(env), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            watch = Watch(self, process, before)
            try:
                watch.settle(begun)
                yield watch
            finally:
                process.terminate()
                try:
                    process.wait(timeout=10)
                except subprocess.TimeoutExpired:
                    process.kill()


class Watch:
    """A running program and what it showed."""

    def __init__(
        self, screen: Screen, process: subprocess.Popen[bytes], before: list[bytes]
    ) -> None:
        self._screen, self._process, self._before = screen, process, before

    def settle(self, begun: float) -> Shown:
        """Wait until nothing changes and nothing is computed any more; return what was seen since `begun`."""
        first, last, spent = 0.0, 0.0, self.seconds()
        looked = time.perf_counter()
        while (now := time.perf_counter()) - begun < PATIENCE:
            lines = self._screen.lines()
            if sum(map(bytes.__ne__, lines, self._before)) >= LARGE:
                self._before, last = lines, time.perf_counter() - begun
                first = first or last
            if now - looked > QUIET:
                worked, spent, looked = self.seconds() - spent, self.seconds(), now
                if first and now - begun - last > QUIET and worked < 0.1 * QUIET:
                    break
            time.sleep(LOOK)
        self.shown = Shown(first, last, self.peak())
        return self.shown

    def after(self, *command: str) -> Shown:
        """Run a command that does something to the program; return what was shown since it began."""
        self._before, begun = self._screen.lines(), time.perf_counter()
        subprocess.run(command, check=True)
        return self.settle(begun)

    def seconds(self) -> float:
        """Return the processor time that the program has used."""
        fields = (
            Path(f"/proc/{self._process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        )
        return (int(fields[11]) + int(fields[12])) / TICKS

    def peak(self) -> float:
        """Return the most memory that it ever held, in MiB."""
        for line in Path(f"/proc/{self._process.pid}/status").read_text("ascii").splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
        raise AssertionError("the program has ended")
