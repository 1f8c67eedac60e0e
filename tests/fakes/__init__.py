"""Stand-ins that tests steer by hand, offered as fixtures in `tests/conftest.py`."""

from tests.fakes.clock import FakeClock

__all__ = ["FakeClock"]
