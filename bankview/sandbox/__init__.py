"""A real authorization server and bank on loopback, for the demo and the tests."""
