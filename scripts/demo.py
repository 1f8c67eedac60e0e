#!/usr/bin/env python3
"""Does all the set-up and shows the wall with the sample film: `python3 scripts/demo.py`.

`--windowed` shows it in a window. With no display at all it plays one loop on a virtual screen
and leaves demo.png, the wall as a visitor would see it.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

from bootstrap import ROOT, set_up

MEDIA = ROOT / "media" / "the-kiss"
CONFIG = ROOT / "configs" / "the-kiss.yaml"
PICTURE = ROOT / "demo.png"
SCREEN = "1920x1080x24"
PICTURE_AT_S = 13.2  # into the film of 20 seconds: the kiss

_CAPTURE = """
import sys, time
import mss, mss.tools
time.sleep(float(sys.argv[2]))
with mss.MSS() as screen:
    shot = screen.grab(screen.monitors[0])
    mss.tools.to_png(shot.rgb, shot.size, output=sys.argv[1])
"""


def main() -> int:
    """Set up, make the sample film where it is missing, play."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--windowed", nargs="?", const="1280x720", metavar="WIDTHxHEIGHT")
    windowed = parser.parse_args().windowed
    has_display = sys.platform != "linux" or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    python = set_up(needs_screen=not has_display)
    installation = [str(python), "-m", "installation"]
    made = subprocess.run([*installation, "sample", str(MEDIA)], cwd=ROOT)
    if made.returncode:
        return made.returncode
    play = [*installation, "play", str(CONFIG)]
    if has_display:
        window = ["--windowed", windowed] if windowed else []
        return subprocess.run([*play, *window], cwd=ROOT).returncode
    print("No display here: playing one loop on a virtual screen ...", flush=True)
    with virtual_screen() as display:
        environment = {**os.environ, "DISPLAY": display}
        wall = subprocess.Popen([*play, "--loops", "1"], cwd=ROOT, env=environment)
        capture = [str(python), "-c", _CAPTURE, str(PICTURE), str(PICTURE_AT_S)]
        subprocess.run(capture, env=environment, check=True)
        code = wall.wait()
    print(f"The wall as a visitor sees it: {PICTURE}")
    return code


@contextlib.contextmanager
def virtual_screen(size: str = SCREEN) -> Iterator[str]:
    """An X server without a monitor; yields its display's name."""
    read_end, write_end = os.pipe()
    command = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", size, "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write_end], stderr=subprocess.DEVNULL)
    os.close(write_end)
    with os.fdopen(read_end) as ready:
        number = ready.readline().strip()
    if not number:
        sys.exit("Xvfb did not start; try: Xvfb :99")
    try:
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
