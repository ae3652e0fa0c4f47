"""ISO 20022 as this room speaks it: pacs.008 out; pacs.002, pacs.004 and camt.053 in. No database."""
