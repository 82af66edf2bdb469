"""The dialects there are: every file of this folder whose name does not begin with an underscore."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bankview.banks._bank import Dialect


@cache
def dialects() -> Mapping[str, Dialect]:
    """Return every dialect by its name."""
    folder = str(Path(__file__).parent)
    names = [module.name for module in pkgutil.iter_modules([folder]) if module.name[0] != "_"]
    found: list[Dialect] = [
        importlib.import_module(f"bankview.banks.{name}").DIALECT for name in sorted(names)
    ]
    return {dialect.name: dialect for dialect in found}
