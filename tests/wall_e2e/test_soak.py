"""The short form of the soak: half an hour of changes and harm, in little over a minute."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_a_wall_is_the_same_after_half_an_hour_of_changes_and_harm(tmp_path: Path) -> None:
    told = tmp_path / "soak.json"
    command = [sys.executable, "scripts/soak.py", "--seconds", "75", "--json", str(told)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(told.read_text())
    assert all(found["verdicts"].values())
    assert len(found["samples"]) > 100
