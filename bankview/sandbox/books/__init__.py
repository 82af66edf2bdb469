"""The bank's own books: its customers, their accounts and every row, invented and exact to the øre."""
