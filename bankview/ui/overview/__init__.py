"""The overview: what one has, what came and went, what needs the person, and what is new."""
