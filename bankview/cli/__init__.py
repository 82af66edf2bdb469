"""The command line, one of two front ends."""
