"""Replaces a file as a whole: either the new one is there, complete, or the old one is untouched."""

from __future__ import annotations

import errno
import os
import secrets
import stat
import time
from contextlib import suppress
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from bankview.errors import TargetBusyError, TargetError
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable

#: What Windows says while another program has the file open (access denied, sharing and lock violation).
_BUSY = {5, 32, 33}
_BINARY = getattr(os, "O_BINARY", 0)
#: Seconds between tries: a virus scanner lets go within them, a spreadsheet does not.
_WAITS = (0.1, 0.2, 0.4, 0.8, 1.0)
#: Seconds after which nobody is writing a half file any more.
_STALE = 3600


def save(
    path: Path,
    produce: Callable[[BinaryIO], int],
    *,
    replace: Callable[[Path, Path], None] = os.replace,
    wait: Callable[[float], None] = time.sleep,
) -> int:
    """Write what `produce` writes to `path`, and return what it returns.

    The content goes to a file beside it, to the disk, and only then into its place; readable by the person alone. A
    link keeps pointing to its file. Where `path` is a device or a pipe it is written to as it is.

    Args:
        path: the file.
        produce: writes the content.
        replace: moves a file over another.
        wait: sleeps for some seconds.

    Raises:
        TargetBusyError: another program has the file open.
        TargetError: no such folder, no permission, no room; what was there before is untouched.
    """
    if "\0" in str(path):
        raise TargetError("", tr("this cannot be a file's name"))
    try:
        return _save(path, produce, replace, wait)
    except OSError as error:
        raise TargetError(path, _why(error)) from error


def _save(
    path: Path,
    produce: Callable[[BinaryIO], int],
    replace: Callable[[Path, Path], None],
    wait: Callable[[float], None],
) -> int:
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "")
    if target.exists() and not stat.S_ISREG(target.stat().st_mode):
        with target.open("wb") as out:
            return produce(out)
    _clear(target)
    fresh = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
        with os.fdopen(handle, "wb") as out:
            count = produce(out)
            out.flush()
            os.fsync(out.fileno())
        _move(fresh, target, replace, wait)
    except BaseException:
        with suppress(OSError):
            fresh.unlink()
        raise
    _sync_folder(target.parent)
    return count


def _clear(target: Path) -> None:
    """Remove what a save of this file left that was killed long ago; a younger one may be another process's."""
    with suppress(OSError):
        for half in target.parent.glob(f".{escape(target.name[:100])}.*.part"):
            if half.stat().st_mtime < time.time() - _STALE:
                half.unlink()


def _move(
    fresh: Path,
    target: Path,
    replace: Callable[[Path, Path], None],
    wait: Callable[[float], None],
) -> None:
    for pause in (*_WAITS, None):
        try:
            return replace(fresh, target)
        except OSError as error:
            if getattr(error, "winerror", None) not in _BUSY:
                raise
            if pause is None:
                raise TargetBusyError(target, tr("another program has it open")) from error
            wait(pause)
    return None


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power cut, where folders can be opened at all."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _why(error: OSError) -> str:
    reasons = {
        errno.ENOSPC: tr("the disk is full"),
        errno.EDQUOT: tr("the disk is full"),
        errno.ENOENT: tr("there is no such folder"),
        errno.ENOTDIR: tr("there is no such folder"),
        errno.EISDIR: tr("this is a folder"),
        errno.EACCES: tr("you may not write there"),
        errno.EPERM: tr("you may not write there"),
        errno.EROFS: tr("the disk is write-protected"),
        errno.ENAMETOOLONG: tr("the name is too long"),
    }
    return reasons.get(error.errno or 0, error.strerror or tr("the system refused"))
