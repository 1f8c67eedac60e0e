"""Which threads run Python."""

from __future__ import annotations

from pathlib import Path

import installation


def test_no_python_runs_on_the_thread_that_draws() -> None:
    """It would wait for the GUI thread's turn at Python, which waits for it to close a window."""
    sources = Path(installation.__file__).parent.rglob("*.py")
    assert [s.name for s in sources if "DirectConnection" in s.read_text("utf-8")] == []
