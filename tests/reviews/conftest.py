from tests.identity.conftest import approver, customer, monday_morning, on_desk, photo_folder, reviewer

__all__ = ["approver", "customer", "monday_morning", "on_desk", "photo_folder", "reviewer"]
