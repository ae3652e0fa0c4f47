from tests.access.conftest import _nobody_tried_before, clock

__all__ = ["_nobody_tried_before", "clock"]
