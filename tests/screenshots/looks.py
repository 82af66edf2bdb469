"""In which combinations of scheme, size, scale and language each window is taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bankview import language
from bankview.ui.colours import SCHEMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bankview.ui.colours import Scheme

USUAL, SMALL, LARGE = (1280, 800), (900, 600), (2560, 1440)
#: In per cent; each but the first needs a process of its own.
SCALES = (100, 150, 200)
LANGUAGES = (*language.LANGUAGES, language.PSEUDO)
_DARKER: tuple[Scheme, ...] = ("light", "dark")


@dataclass(frozen=True)
class Look:
    """One combination. `main_only` leaves out what does not grow with the window."""

    scheme: Scheme = "light"
    size: tuple[int, int] = USUAL
    scale: int = 100
    language: str = "en"
    masked: bool = False
    main_only: bool = False

    @property
    def name(self) -> str:
        """What stands below the picture."""
        said = [self.scheme, f"{self.size[0]}×{self.size[1]}", f"{self.scale} %", self.language]
        return " · ".join((*said, *(["hidden amounts"] if self.masked else [])))

    @property
    def file(self) -> str:
        """The picture's name, without its window's."""
        said = (self.scheme, f"{self.size[0]}x{self.size[1]}", f"{self.scale}", self.language)
        return "-".join((*said, *(["masked"] if self.masked else []))).replace(" ", "-")


def looks(scale: int) -> Iterator[Look]:
    """Return the combinations of a scale, those of one language together."""
    if scale != SCALES[0]:
        yield Look(scale=scale)
        return
    yield from (Look(scheme) for scheme in SCHEMES)
    yield from (Look(scheme, size, main_only=True) for size in (SMALL, LARGE) for scheme in _DARKER)
    yield Look(masked=True)
    for tag in LANGUAGES[1:]:
        yield Look(language=tag)
        yield Look(language=tag, size=SMALL, main_only=True)
