"""Qt models: pages in, roles out."""
