"""A file as it is read: once, from its beginning to its end, in pieces that fit into memory whatever its size."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO

from bankview.errors import FileDamagedError, FileUnreadableError, Interrupted
from bankview.language import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: Bytes that are read at a time, those by which a file's kind and columns are told, and characters of a line at most.
PIECE, HEAD, LINE = 1 << 16, 1 << 18, 1 << 20


class Source:
    """A file to be imported; each of its readings begins anew.

    Args:
        path: the file.
        tell: called with the bytes read and the bytes there are.
        stop: asked between pieces.
    """

    def __init__(
        self,
        path: Path,
        tell: Callable[[int, int], object] = lambda _, __: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self.path, self._tell, self._stop = path, tell, stop
        try:
            self.size = path.stat().st_size
            with path.open("rb") as file:
                self.head = file.read(HEAD)
        except OSError as error:
            raise FileUnreadableError(path.name, error.strerror or "") from error

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return self.path.name

    def open(self) -> BinaryIO:
        """Return the file's bytes; the caller closes them. Reading raises Interrupted once somebody asked to stop."""
        return io.BufferedReader(_Counted(self.path, self._read), PIECE)

    def lines(self, encoding: str) -> Iterator[str]:
        """Yield the file's lines with their ends.

        Raises:
            FileDamagedError: bytes that are no text in this encoding, or a line beyond all measure.
        """
        number = 1
        with io.TextIOWrapper(self.open(), encoding, newline="") as text:
            try:
                while line := text.readline(LINE):
                    if len(line) == LINE:
                        raise FileDamagedError(self.name, number, tr("the line has no end"))
                    yield line
                    number += 1
            except UnicodeError:
                raise FileDamagedError(self.name, number, tr("it is not text")) from None

    def _read(self, count: int) -> None:
        if self._stop():
            raise Interrupted
        self._tell(count, self.size)


class _Counted(io.RawIOBase):
    """A file that tells how much of it was read."""

    def __init__(self, path: Path, tell: Callable[[int], None]) -> None:
        self._file, self._told, self._count = path.open("rb", buffering=0), tell, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        got = self._file.readinto(buffer) or 0
        self._count += got
        self._told(self._count)
        return got

    def close(self) -> None:
        self._file.close()
        super().close()
