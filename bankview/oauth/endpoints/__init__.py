"""The server's endpoints beside authorization and token, one file each."""
