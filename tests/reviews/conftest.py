from tests.identity.conftest import approver, customer, on_desk, photo_folder, reviewer

__all__ = ["approver", "customer", "on_desk", "photo_folder", "reviewer"]
