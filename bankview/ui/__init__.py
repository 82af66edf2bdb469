"""The window, one of two front ends."""

from __future__ import annotations

import builtins

import PySide6.QtCore  # noqa: F401 - it changes how modules are imported

# PySide reads the source of every module that is imported from now on, in search of a wish for snake_case names that
# nobody here has; that takes a fifth of the start, and the sources stay in memory.
builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)

#: What the desktop knows the app by.
APP_ID = "io.github.bankview.Bankview"
