"""Pictures of the wall, each made by the command in a process of its own, without a display."""

from __future__ import annotations

from pathlib import Path
from subprocess import CompletedProcess

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from installation.decode import AvReader, ReaderFacts, ReaderFault
from installation.preview import preview
from tests.clips import make_clip
from tests.test_cli import installation
from tests.wall_e2e.finder import find_tiles


def light(png: Path) -> NDArray[np.uint8]:
    """A picture's brightness, (height, width)."""
    with av.open(str(png)) as container:
        frame = next(container.decode(video=0))
        picture: NDArray[np.uint8] = frame.to_ndarray(format="rgb24").mean(axis=2).astype(np.uint8)
        return picture


@pytest.fixture
def wall(tmp_path: Path) -> Path:
    for version, rate in enumerate((24, 30, 12)):
        name = f"202{version} at {rate}"
        make_clip(
            tmp_path / "film" / name / "clip.mp4",
            frames=rate * 2, rate=rate, version=version, gop=rate,
        )  # fmt: skip
    config = tmp_path / "wall.yaml"
    config.write_text("film: {title: The Kiss, versions: film}\n")
    return config


def drawn(wall: Path, *options: str, size: str = "1280x720", **env: str) -> CompletedProcess[str]:
    output = wall.parent / "wall.png"
    return installation("preview", wall, "--size", size, "-o", output, *options, **env)


def codes(wall: Path) -> set[tuple[int, int]]:
    """(picture, version) in every tile of the PNG."""
    return set(find_tiles(light(wall.parent / "wall.png")).values())


@pytest.mark.parametrize("frame", [0, 1, 7, 30, 47])
def test_every_tile_shows_the_picture_of_that_film_frame(wall: Path, frame: int) -> None:
    done = drawn(wall, "--at", f"00:00:{frame // 24:02}:{frame % 24:02}")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout.startswith(str(wall.parent / "wall.png"))
    assert len(done.stdout.splitlines()) == 1
    assert codes(wall) == {(frame, 0), (frame * 30 // 24, 1), (frame * 12 // 24, 2)}
    assert light(wall.parent / "wall.png").shape == (720, 1280)
    assert [path.name for path in wall.parent.glob(".*")] == []


def test_the_picture_is_at_its_full_brightness_from_the_first_film_frame(wall: Path) -> None:
    wall.write_text(wall.read_text() + "wall: {fade_in_ms: 10000}\n")
    assert drawn(wall).returncode == 0
    assert light(wall.parent / "wall.png").max() > 200


def test_a_display_is_not_asked_for(wall: Path) -> None:
    done = drawn(wall, DISPLAY=":77", QT_QPA_PLATFORM="xcb", QT_SCALE_FACTOR="2")
    assert done.returncode == 0, done.stderr
    assert light(wall.parent / "wall.png").shape == (720, 1280)


def test_a_live_version_is_a_plain_tile_with_its_caption(wall: Path) -> None:
    live = wall.parent / "film" / "2023 Live"
    live.mkdir()
    (live / "version.yaml").write_text("source: rtsp://127.0.0.1:9/none\n")
    wall.write_text(wall.read_text() + "playback: {allow_protocols: [rtsp]}\n")
    done = drawn(wall, "--at", "00:00:00:05")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(find_tiles(light(wall.parent / "wall.png"))) == 3
    lower_right = light(wall.parent / "wall.png")[370:650, 650:1170]
    assert lower_right.max() == 0
    assert light(wall.parent / "wall.png")[660:, 640:].max() > 100  # its caption


def test_captions_stand_under_their_pictures(wall: Path) -> None:
    def text_px() -> int:
        picture = light(wall.parent / "wall.png")
        for tile in find_tiles(picture):
            picture[tile.y_px : tile.y_px + tile.height_px, tile.x_px :][:, : tile.width_px] = 0
        return int((picture > 100).sum())

    assert drawn(wall).returncode == 0
    assert text_px() > 200
    wall.write_text(wall.read_text() + "wall: {captions: none}\n")
    assert drawn(wall).returncode == 0
    assert text_px() == 0


@pytest.mark.parametrize(
    ("own", "count"),
    [
        ("kind: grid", 4),
        ("kind: spotlight, gap: 2%", 4),
        ("kind: custom, tiles: [[0, 0, 1, .3], [0, .35, 1, .3], [0, .7, 1, .3]]", 5),
    ],
)
def test_the_contact_sheet_shows_every_layout(wall: Path, own: str, count: int) -> None:
    wall.write_text(wall.read_text() + f"wall: {{layout: {{{own}}}, captions: none}}\n")
    done = drawn(wall, "--layouts", "--at", "00:00:01:00", size="1920x1080")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    picture = light(wall.parent / "wall.png")
    picture[picture == picture[0, 0]] = 0  # the sheet between the walls
    assert sorted(find_tiles(picture).values()) == sorted([(24, 0), (30, 1), (12, 2)] * count)


def test_a_version_that_ended_holds_or_goes_black(wall: Path) -> None:
    make_clip(wall.parent / "film" / "2024 short" / "clip.mp4", frames=12, version=4)
    assert drawn(wall, "--at", "00:00:01:12").returncode == 0
    assert (11, 4) in codes(wall)
    wall.write_text("film: {versions: film, when_short: black}\n")
    assert drawn(wall, "--at", "00:00:01:12").returncode == 0
    assert len(codes(wall)) == 3


def test_what_the_curator_says_of_a_version_is_seen(wall: Path) -> None:
    wall.write_text(
        "film: {versions: film}\n"
        "versions: {2021 at 30: {hidden: true}, 2022 at 12: {offset: 0.5}}\n"
    )
    assert drawn(wall, "--at", "00:00:01:00").returncode == 0
    assert codes(wall) == {(24, 0), (6, 2)}


def test_a_broken_version_is_a_sentence_and_the_others_are_drawn(wall: Path) -> None:
    (wall.parent / "film" / "2024 broken").mkdir()
    (wall.parent / "film" / "2024 broken" / "clip.mp4").write_bytes(
        b"\0\0\0\x18ftypmp42" + b"?" * 99
    )
    done = drawn(wall)
    assert done.returncode == 0
    assert done.stderr.startswith("not shown: 2024 broken/clip.mp4: ")
    assert len(done.stderr.splitlines()) == 1
    assert len(codes(wall)) == 3


def test_a_version_that_cannot_be_read_is_off_air_and_the_others_are_drawn(
    wall: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_or_fail(reader: AvReader) -> ReaderFacts:
        if "at 30" in str(reader._pictures._path):
            raise ReaderFault("cannot be opened: it is gone")
        return opens(reader)

    opens = AvReader.open
    monkeypatch.setattr(AvReader, "open", open_or_fail)
    said: list[str] = []
    output = wall.parent / "wall.png"
    preview(wall, output, at="00:00:01:00", size=(1280, 720), layouts=False, say=said.append)
    assert said == ["off air: 2021 at 30/clip.mp4: cannot be opened: it is gone"]
    assert codes(wall) == {(24, 0), (12, 2)}


def test_an_empty_folder_is_a_slate_with_the_title(tmp_path: Path) -> None:
    (tmp_path / "film").mkdir()
    config = tmp_path / "wall.yaml"
    config.write_text("film: {title: The Kiss, versions: film}\n")
    assert drawn(config).returncode == 0
    assert light(tmp_path / "wall.png").max() > 100


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--at", "5s"), '--at: "5s" is not a timecode; write hours:minutes:seconds:frames'),
        (
            ("--at", "00:00:02:00"),
            "--at: 00:00:02:00 lies beyond the film's end; its last frame is 00:00:01:23",
        ),
        (("--at", "00:00:00:24"), '--at: "00:00:00:24" is not a timecode: at this rate frames'),
        (("--size", "99999x10"), "--size: a picture of 99999x10 cannot be drawn"),
        (("-o", "wall.jpg"), "wall.jpg: is no name for a PNG; end it in .png"),
        (("-o", "nowhere/wall.png"), "nowhere: there is no such folder"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_1(
    wall: Path, options: tuple[str, ...], sentence: str
) -> None:
    done = drawn(wall, *options)
    assert done.returncode == 1
    assert done.stderr.startswith(sentence)
    assert len(done.stderr.splitlines()) == 1
    assert not (wall.parent / "wall.png").exists()


def test_a_mistake_in_the_yaml_is_told_as_everywhere(wall: Path) -> None:
    wall.write_text("film: {versions: film}\nwall: {layout: {kind: custom, tiles: []}}\n")
    done = drawn(wall)
    assert done.returncode == 1
    assert done.stderr.startswith("wall.yaml:2:")


def red_px(wall: Path) -> NDArray[np.intp]:
    """Where the subtitles are, which these tests have red: (row, column) pairs."""
    with av.open(str(wall.parent / "wall.png")) as container:
        picture = next(container.decode(video=0)).to_ndarray(format="rgb24").astype(int)
    is_red = (picture[..., 0] > 140) & (picture[..., 1] < 90) & (picture[..., 2] < 90)
    return np.argwhere(is_red)


def with_subtitles(wall: Path, settings: str) -> None:
    wall.write_text(f"film: {{versions: film}}\nsubtitles: {{color: '#ff0000', {settings}}}\n")


CUE = "1\n00:00:00,500 --> 00:00:01,000\n<i>nie</i> & לא\n"


def test_the_strip_is_there_and_says_what_is_said_then(wall: Path) -> None:
    (wall.parent / "film" / "film.de.srt").write_text(CUE)
    with_subtitles(wall, "language: de")
    assert drawn(wall, "--at", "00:00:00:12").returncode == 0
    tiles = find_tiles(light(wall.parent / "wall.png"))
    rows = red_px(wall)[:, 0]
    assert len(rows) > 100
    assert rows.min() > max(tile.y_px + tile.height_px for tile in tiles)
    with_subtitles(wall, "language: de, position: top")
    assert drawn(wall, "--at", "00:00:00:12").returncode == 0
    tiles = find_tiles(light(wall.parent / "wall.png"))
    assert red_px(wall)[:, 0].max() < min(tile.y_px for tile in tiles)


def test_where_nothing_is_said_then_a_sample_shows_what_it_looks_like(wall: Path) -> None:
    (wall.parent / "film" / "film.de.srt").write_text(CUE)
    with_subtitles(wall, "language: de")
    done = drawn(wall)
    assert done.stdout.endswith("; nothing is said then, so it shows sample subtitles\n")
    assert len(red_px(wall)) > 100
    wall.write_text("film: {versions: film}\n")
    drawn(wall)
    assert len(red_px(wall)) == 0


def test_in_a_tile_they_stand_in_the_picture_above_its_caption(wall: Path) -> None:
    for name in ("2020 at 24", "2021 at 30"):
        (wall.parent / "film" / name / "de.srt").write_text(CUE)
    with_subtitles(wall, "language: de, per: tile")
    wall.write_text(wall.read_text() + "wall: {captions: {position: bottom-left, size: 20px}}\n")
    assert drawn(wall, "--at", "00:00:00:12").returncode == 0
    tiles = list(find_tiles(light(wall.parent / "wall.png")))
    red = red_px(wall)
    for said, tile in zip((True, True, False), tiles, strict=True):
        across = (red[:, 1] >= tile.x_px) & (red[:, 1] < tile.x_px + tile.width_px)
        down = (red[:, 0] >= tile.y_px) & (red[:, 0] < tile.y_px + tile.height_px)
        rows = red[across & down][:, 0]
        assert bool(len(rows)) == said
        if said:
            foot = tile.y_px + tile.height_px
            assert foot - tile.height_px / 2 < rows.min()
            assert rows.max() < foot - 2 * 1.35 * 20


def test_letters_that_no_font_has_are_told(wall: Path) -> None:
    nowhere = "\U00012000"  # cuneiform
    (wall.parent / "film" / "film.de.srt").write_text(CUE.replace("nie", f"nie {nowhere}"))
    with_subtitles(wall, "language: de")
    done = drawn(wall)
    assert done.stderr == (
        f'film.de.srt: no font of this machine has "{nowhere}"; install a font that has them,'
        " such as Noto Sans, or name one in subtitles.font\n"
    )
