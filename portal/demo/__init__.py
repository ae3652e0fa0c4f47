"""The demo bank: invented people and an invented half year, so that a newcomer meets a bank at work.

Everything goes in through the doors that real customers and staff use. Nothing here runs unless `PORTAL_DEMO` is set.
"""
