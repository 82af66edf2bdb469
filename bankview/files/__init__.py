"""Statement files that banks let people download, read as domain values: CSV, OFX, QIF, camt.053 and MT940."""
