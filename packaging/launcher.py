"""Where the frozen app starts."""

from __future__ import annotations

import sys

from bankview.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
