"""Which threads run Python."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import installation
from tests.clips import make_clip

START = """
import sys
from pathlib import Path
from types import ModuleType
from installation import app
before, look = set(), app.scan_film
def scan_film(*args, **settings):
    before.update(sys.modules)
    return look(*args, **settings)
def show(*args):
    print(sorted(set(sys.modules) - before))
    return 0
app.scan_film = scan_film
qt = sys.modules["installation.show"] = ModuleType("installation.show")
qt.__getattr__ = lambda name: show if name == "show" else lambda *args: None
app.play(Path(sys.argv[1]), windowed=None, loops=1, report=None, started_ns=0, say=print)
"""


def test_no_python_runs_on_the_thread_that_draws() -> None:
    """It would wait for the GUI thread's turn at Python, which waits for it to close a window."""
    sources = Path(installation.__file__).parent.rglob("*.py")
    assert [s.name for s in sources if "DirectConnection" in s.read_text("utf-8")] == []


def test_what_goes_on_while_qt_is_imported_imports_nothing(tmp_path: Path) -> None:
    """PySide6 looks through `sys.modules` meanwhile, and a start ends where that grows."""
    make_clip(tmp_path / "film" / "Sora" / "film.mp4", frames=24)
    config = tmp_path / "wall.yaml"
    (tmp_path / "cache").mkdir()  # where mezzanines are looked for
    config.write_text("film: {versions: film}\nconform: {cache: cache}\n")
    command = [sys.executable, "-c", START, str(config)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"
