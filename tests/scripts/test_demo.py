"""The demo without a display: the picture is the film's, and every failure is one sentence."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

FOREVER = "import time; time.sleep(100)"
A_MOMENT = "import time; time.sleep(0.5)"
NOTHING = ""


@pytest.fixture
def demo(load: Callable[[str], ModuleType]) -> ModuleType:
    return load("demo")


@pytest.fixture
def play_unseen(demo: ModuleType) -> Callable[[str, str], str]:
    """Of a wall and a camera that are a line of Python each."""

    def play(wall: str, camera: str) -> str:
        words = demo.play_unseen(
            [sys.executable, "-c", wall], [sys.executable, "-c", camera], dict(os.environ)
        )
        assert isinstance(words, str)
        return words

    return play


def test_all_is_well_when_the_picture_is_taken_and_the_wall_ends(
    play_unseen: Callable[[str, str], str],
) -> None:
    assert play_unseen(A_MOMENT, NOTHING) == ""


def test_a_wall_that_fails_after_its_picture_is_no_success(
    play_unseen: Callable[[str, str], str],
) -> None:
    assert "exit code 70" in play_unseen(f"{A_MOMENT}; raise SystemExit(70)", NOTHING)


def test_a_wall_that_ends_early_is_not_waited_for(play_unseen: Callable[[str, str], str]) -> None:
    words = play_unseen("raise SystemExit(3)", FOREVER)
    assert words == "The wall ended before its picture was taken, with exit code 3."


def test_a_picture_that_fails_is_one_sentence_and_ends_the_wall(
    play_unseen: Callable[[str, str], str],
) -> None:
    words = play_unseen(FOREVER, "open('/no/such/folder/demo.png')")
    assert words.startswith("No picture of the wall could be taken: FileNotFoundError")
    assert "\n" not in words


def test_a_wall_that_never_ends_is_ended(
    demo: ModuleType, play_unseen: Callable[[str, str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "ENDING_S", 0.1)
    assert "did not end by itself" in play_unseen(FOREVER, NOTHING)


def test_the_wall_draws_on_the_virtual_screen_whatever_was_inherited(
    demo: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    environment = demo.environment_of(":7")
    assert (environment["DISPLAY"], environment["QT_QPA_PLATFORM"]) == (":7", "xcb")


# -- the picture


class Screen:
    """Stands for mss and for time's passing: black for so many looks, then lit."""

    def __init__(self, black_looks: float) -> None:
        self.black_looks = black_looks
        self.waited: list[float] = []
        self.taken: list[str] = []
        self.monitors = [object()]
        self.tools = SimpleNamespace(to_png=lambda *_, output: self.taken.append(output))

    def MSS(self) -> contextlib.AbstractContextManager[Screen]:  # noqa: N802
        return contextlib.nullcontext(self)

    def grab(self, _: object) -> SimpleNamespace:
        self.black_looks -= 1
        return SimpleNamespace(rgb=bytes(11) + bytes([self.black_looks < 0]), size=(2, 2))

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)

    def monotonic(self) -> float:
        return sum(self.waited)


def take_picture(demo: ModuleType, monkeypatch: pytest.MonkeyPatch, screen: Screen) -> None:
    for name, stand_in in (("mss", screen), ("mss.tools", screen.tools), ("time", screen)):
        monkeypatch.setitem(sys.modules, name, stand_in)
    monkeypatch.setattr(sys, "argv", ["-c", "demo.png", "12.4", "60"])
    exec(demo._CAPTURE, {})


def test_the_picture_is_counted_from_the_walls_first_however_slow_it_starts(
    demo: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Screen(black_looks=100)
    take_picture(demo, monkeypatch, screen)
    assert screen.waited == [*[0.05] * 100, 12.4]
    assert screen.taken == ["demo.png"]


def test_a_wall_that_stays_black_gives_no_picture(
    demo: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Screen(black_looks=float("inf"))
    with pytest.raises(SystemExit, match="showed nothing within 60 seconds"):
        take_picture(demo, monkeypatch, screen)
    assert screen.taken == []


# -- what the command line makes of it


class Stage:
    """Stands for set-up, screen and wall: notes what it was asked for."""

    def __init__(self) -> None:
        self.screen = ""
        self.play: list[str] = []
        self.trouble = ""

    @contextlib.contextmanager
    def virtual_screen(self, size: str) -> Iterator[str]:
        self.screen = size
        yield ":7"

    def play_unseen(self, play: list[str], *_: object) -> str:
        self.play = play
        return self.trouble


@pytest.fixture
def stage(demo: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Stage:
    stage = Stage()
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(demo, "set_up", lambda **_: Path("python"))
    monkeypatch.setattr(demo, "PICTURE", tmp_path / "demo.png")
    monkeypatch.setattr(demo, "virtual_screen", stage.virtual_screen)
    monkeypatch.setattr(demo, "play_unseen", stage.play_unseen)
    monkeypatch.setattr(demo.subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=0))
    monkeypatch.setattr(sys, "argv", ["demo.py"])
    return stage


def test_without_a_display_the_wall_fills_a_virtual_screen(
    demo: ModuleType, stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    assert demo.main() == 0
    assert stage.screen == "1920x1080x24"
    assert stage.play[-2:] == ["--loops", "1"]
    assert "--windowed" not in stage.play
    assert str(demo.PICTURE) in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "size"), [(["--windowed"], "1280x720"), (["--windowed", "640x360"], "640x360")]
)
def test_a_window_without_a_display_is_as_large_as_its_virtual_screen(
    demo: ModuleType,
    stage: Stage,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    size: str,
) -> None:
    monkeypatch.setattr(sys, "argv", ["demo.py", *words])
    assert demo.main() == 0
    assert stage.screen == f"{size}x24"
    assert stage.play[stage.play.index("--windowed") + 1] == size


def test_trouble_is_said_and_no_old_picture_is_left_as_a_success(
    demo: ModuleType, stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    demo.PICTURE.touch()
    stage.trouble = "The wall ended early."
    assert demo.main() == 1
    told = capsys.readouterr()
    assert told.err == "The wall ended early.\n"
    assert "visitor" not in told.out
    assert not demo.PICTURE.exists()


@pytest.mark.usefixtures("stage")
def test_a_size_that_is_none_is_refused_before_anything_is_set_up(
    demo: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["demo.py", "--windowed", "large"])
    with pytest.raises(SystemExit, match="2"):
        demo.main()
    assert '"large" is not a size; write 1280x720' in capsys.readouterr().err
