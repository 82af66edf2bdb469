"""The parts of the page of charts: each reads what its chart shows, and shows it."""
