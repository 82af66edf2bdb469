"""The command line: every job of the app without a display, one small file a command."""
