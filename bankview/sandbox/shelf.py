"""What an invented bank keeps of one kind, each by its id, in a file that a restart finds again."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from bankview.sandbox.files import write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Kept(Protocol):
    """A dataclass with an id."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def id(self) -> str:
        """What it is kept by."""


T = TypeVar("T", bound=Kept)


class Shelf(Generic[T]):
    """Writes the file with each change; `made` makes one of what was written."""

    def __init__(self, path: Path, made: Callable[..., T]) -> None:
        self._path, self._lock = path, threading.Lock()
        kept = json.loads(path.read_bytes()) if path.exists() else []
        self._all = {one["id"]: made(**one) for one in kept}

    def __iter__(self) -> Iterator[T]:
        """Yield what there is now."""
        return iter([*self._all.values()])

    def __getitem__(self, id_: str) -> T:
        """Return what an id names, which is there."""
        return self._all[id_]

    def get(self, id_: str) -> T | None:
        """Return what an id names."""
        return self._all.get(id_)

    def put(self, one: T) -> None:
        """Keep one, in the place of what had its id."""
        with self._lock:
            self._all[one.id] = one
            self._save()

    def remove(self, one: T) -> None:
        """Forget one."""
        with self._lock:
            del self._all[one.id]
            self._save()

    def _save(self) -> None:
        write(self._path, json.dumps([asdict(each) for each in self._all.values()]).encode())
