from tests.factories.desk import administrator, approver, manager, monday_morning, risk, teller

__all__ = ["administrator", "approver", "manager", "monday_morning", "risk", "teller"]
