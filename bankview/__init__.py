"""Every bank account you own in one window."""

__version__ = "0.1.0"
