#!/usr/bin/env python3
"""Does all the set-up and shows the wall with the sample film: `python3 scripts/demo.py`.

`--windowed` shows it in a window. With no display at all it plays one loop on a virtual screen
and leaves demo.png, the wall as a visitor would see it.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator

from bootstrap import ROOT, set_up

MEDIA = ROOT / "media" / "the-kiss"
CONFIG = ROOT / "configs" / "the-kiss.yaml"
PICTURE = ROOT / "demo.png"
SCREEN = "1920x1080"
PICTURE_AT_S = 12.4  # into the film of 20 seconds: the kiss lasts from 12.0 to 12.7
FIRST_PICTURE_S = 60  # how long the wall may take to show its first one
ENDING_S = 60  # and to end after its picture is taken

# Counts from the first picture that the wall shows: until its curtain rises all is black.
_CAPTURE = """
import sys, time
import mss, mss.tools
path, picture_at_s, patience_s = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
with mss.MSS() as screen:
    begun = time.monotonic()
    while not screen.grab(screen.monitors[0]).rgb.strip(b"\\0"):
        if time.monotonic() - begun > patience_s:
            sys.exit(f"the wall showed nothing within {patience_s:g} seconds")
        time.sleep(0.05)
    time.sleep(picture_at_s)
    shot = screen.grab(screen.monitors[0])
    mss.tools.to_png(shot.rgb, shot.size, output=path)
"""


def main() -> int:
    """Set up, make the sample film where it is missing, play."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--windowed", nargs="?", const="1280x720", type=window_size, metavar="WIDTHxHEIGHT"
    )
    windowed: str | None = parser.parse_args().windowed
    has_display = sys.platform != "linux" or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    python = str(set_up(needs_screen=not has_display))
    installation = [python, "-m", "installation"]
    made = subprocess.run([*installation, "sample", str(MEDIA)], cwd=ROOT)
    if made.returncode:
        return made.returncode
    window = ["--windowed", windowed] if windowed else []
    play = [*installation, "play", str(CONFIG), *window]
    if has_display:
        return subprocess.run(play, cwd=ROOT).returncode
    print("No display here: playing one loop on a virtual screen ...", flush=True)
    PICTURE.unlink(missing_ok=True)
    with virtual_screen(f"{windowed or SCREEN}x24") as display:
        capture = [python, "-c", _CAPTURE, str(PICTURE), str(PICTURE_AT_S), str(FIRST_PICTURE_S)]
        trouble = play_unseen([*play, "--loops", "1"], capture, environment_of(display))
    if trouble:
        print(trouble, file=sys.stderr)
        return 1
    print(f"The wall as a visitor sees it: {PICTURE}")
    return 0


def window_size(text: str) -> str:
    """WIDTHxHEIGHT as it is; a mistake is said before anything is set up."""
    if not re.fullmatch(r"\d{2,4}x\d{2,4}", text):
        raise argparse.ArgumentTypeError(f'"{text}" is not a size; write 1280x720')
    return text


def play_unseen(play: list[str], capture: list[str], environment: dict[str, str]) -> str:
    """Play and take the picture meanwhile; what went wrong in a sentence, "" if nothing did."""
    wall = subprocess.Popen(play, cwd=ROOT, env=environment)
    camera = subprocess.Popen(capture, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        while camera.poll() is None and wall.poll() is None:
            time.sleep(0.1)
        if camera.poll() is None:
            return f"The wall ended before its picture was taken, with exit code {wall.returncode}."
        if camera.returncode:
            assert camera.stderr is not None
            said = camera.stderr.read().strip().splitlines() or ["it did not say why"]
            return f"No picture of the wall could be taken: {said[-1]}"
        code = wall.wait(ENDING_S)
        return f"The wall ended with exit code {code}, after its picture was taken." if code else ""
    except subprocess.TimeoutExpired:
        return f"The wall did not end by itself within {ENDING_S} seconds of its picture."
    finally:
        for process in (wall, camera):
            process.kill()
            process.communicate()  # and close its pipe


def environment_of(display: str) -> dict[str, str]:
    """For programs that show their windows on this X display, whatever they would do otherwise."""
    return {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}


@contextlib.contextmanager
def virtual_screen(size: str = f"{SCREEN}x24") -> Iterator[str]:
    """An X server without a monitor; yields its display's name."""
    read_end, write_end = os.pipe()
    command = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", size, "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write_end], stderr=subprocess.DEVNULL)
    os.close(write_end)
    with os.fdopen(read_end) as ready:
        number = ready.readline().strip()
    if not number:
        sys.exit(f"The virtual screen did not start; try it by hand: Xvfb :99 -screen 0 {size}")
    try:
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
