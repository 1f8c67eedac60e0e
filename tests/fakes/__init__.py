"""Stand-ins that tests steer by hand, offered as fixtures in `tests/conftest.py`."""

from tests.fakes.clock import FakeClock
from tests.fakes.look import FakeLook
from tests.fakes.machine import FakeMachine
from tests.fakes.reader import FakeReader

__all__ = ["FakeClock", "FakeLook", "FakeMachine", "FakeReader"]
