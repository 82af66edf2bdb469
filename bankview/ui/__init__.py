"""The window, one of two front ends."""
