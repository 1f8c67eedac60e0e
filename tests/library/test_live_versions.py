"""A folder without a film whose version.yaml names a source is a live version, if it may be."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from installation.film import Credit, PartialDate
from installation.library import scan
from installation.library.watch import Watch
from tests.fakes import FakeClock


def add_live(film_folder: Path, yaml: str, name: str = "2026 Live") -> Path:
    folder = film_folder / name
    folder.mkdir(exist_ok=True)
    (folder / "version.yaml").write_text(yaml)
    return folder


def test_a_source_makes_a_live_version_with_its_credit(film_folder: Path) -> None:
    folder = add_live(film_folder, "model: Now\nfit: cover\nsource: RTSP://u:secret@cam/a\n")
    library = scan(film_folder, order="date", protocols=("rtsp",))
    (version,) = library.versions
    assert version.is_live
    assert version.source == "rtsp://u:secret@cam/a"
    assert version.credit == Credit("Now", PartialDate(2026), source="version.yaml")
    assert (version.path, version.duration) == (folder / "version.yaml", Fraction(0))
    assert version.wishes.fit == "cover"
    assert library.notices == ()
    assert "secret" not in repr(version)


def test_it_hangs_among_the_others_by_its_date(
    film_folder: Path, add_version: Callable[..., Path]
) -> None:
    for name in ("2024 A", "2027 C"):
        add_version(name)
    add_live(film_folder, "source: http://cam/a\n")
    library = scan(film_folder, order="date", protocols=("http",))
    assert [version.name for version in library.versions] == ["2024 A", "2026 Live", "2027 C"]


@pytest.mark.parametrize(
    ("yaml", "message"),
    [
        (
            "model: Now\nsource: rtsp://cam/a\n",
            "2026 Live/version.yaml:2:9: source: the protocol rtsp is not allowed on this wall; "
            "the curator can add rtsp to playback.allow_protocols",
        ),
        (
            "source: file:///etc/passwd\n",
            "2026 Live/version.yaml:1:9: source: file is no protocol of a live source; "
            "those are http, https, rtsp, rtp, udp",
        ),
        ("source: cam\n", '2026 Live/version.yaml:1:9: source: "cam" is no address; write rtsp://'),
    ],
)
def test_a_source_that_may_not_be_opened_is_rejected_with_its_line(
    film_folder: Path, yaml: str, message: str
) -> None:
    add_live(film_folder, yaml)
    library = scan(film_folder, order="date", protocols=("http", "udp"))
    assert not library.versions
    assert library.rejected[0].message.startswith(message)


def test_a_film_beside_a_source_is_shown_and_the_source_is_told_of(
    film_folder: Path, add_version: Callable[..., Path]
) -> None:
    add_version("2026 Live")
    add_live(film_folder, "source: http://cam/a\n")
    library = scan(film_folder, order="date", protocols=("http",))
    assert not library.versions[0].is_live
    said = "a film lies beside it and is shown; take one of them away"
    assert library.notices == (f"2026 Live/version.yaml:1:9: source: {said}",)


@pytest.mark.parametrize("file", ["film.mp4.part", "film.mp4"])
def test_a_film_that_is_not_whole_yet_is_waited_for(film_folder: Path, file: str) -> None:
    folder = add_live(film_folder, "source: http://cam/a\n")
    (folder / file).write_bytes(b"")
    library = scan(film_folder, order="date", protocols=("http",))
    assert not library.versions
    assert "copied completely" in library.rejected[0].message


def test_a_slip_of_the_pen_is_told_beside_the_missing_film(film_folder: Path) -> None:
    add_live(film_folder, "sorce: http://cam/a\n")
    library = scan(film_folder, order="date", protocols=("http",))
    assert "holds no video file" in library.rejected[0].message
    assert library.notices == (
        '2026 Live/version.yaml:1:1: sorce: unknown setting; did you mean "source"?',
    )


def test_what_is_said_of_its_time_is_told_to_mean_nothing(film_folder: Path) -> None:
    add_live(film_folder, "source: http://cam/a\noffset: 2\n")
    library = scan(film_folder, order="date", protocols=("http",))
    assert len(library.versions) == 1
    assert "a live version comes as it comes" in library.notices[0]


def test_a_live_version_comes_and_goes_with_its_folder(film_folder: Path, clock: FakeClock) -> None:
    from installation.library.scan import look_into

    watch = Watch(
        film_folder,
        clock=clock,
        on_change=lambda *_: None,
        settle_s=1,
        look=lambda folder, _: look_into(folder, film_folder, protocols=("http",)),
    )
    folder = add_live(film_folder, "source: http://cam/a\n")
    watch.scan_once(clock.now_ns())
    clock.jump(2)
    assert [v.source for v in watch.scan_once(clock.now_ns()).versions] == ["http://cam/a"]
    add_live(film_folder, "source: http://cam/other\n")
    watch.scan_once(clock.now_ns())
    clock.jump(2)
    assert [v.source for v in watch.scan_once(clock.now_ns()).versions] == ["http://cam/other"]
    (folder / "version.yaml").unlink()
    folder.rmdir()
    assert watch.scan_once(clock.now_ns()).versions == ()
    watch.stop()
    assert watch.join(5)
