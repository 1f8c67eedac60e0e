"""Every good version is found, and each thing that is wrong is said in one sentence."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from fractions import Fraction
from pathlib import Path

import pytest

from installation.errors import InstallationError
from installation.film import Credit, PartialDate, Picture, Version
from installation.library import Library, scan

AddVersion = Callable[..., Path]
MakeClip = Callable[..., Path]
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")


def _names(library: Library) -> list[str]:
    return [version.name for version in library.versions]


def test_a_folder_with_one_video_is_a_version(add_version: AddVersion, film_folder: Path) -> None:
    film = add_version("2024-03-11 Runway Gen-2") / "film.mp4"
    library = scan(film_folder, order="date")
    found = film.stat()
    assert library == Library(
        versions=(
            Version(
                name="2024-03-11 Runway Gen-2",
                path=(film_folder / "2024-03-11 Runway Gen-2" / "film.mp4").resolve(),
                credit=Credit("Runway Gen-2", PartialDate(2024, 3, 11)),
                picture=Picture(64, 64),
                rate=Fraction(24),
                duration=Fraction(10, 24),
                frame_count=10,
                container="mov",
                codec="h264",
                pixel_format="yuv420p",
                edition=(found.st_size, found.st_mtime_ns, found.st_ino),
            ),
        )
    )


def test_versions_come_by_date_then_name(add_version: AddVersion, film_folder: Path) -> None:
    for name in ("Undated", "2024-03-11 B", "2024 Z", "2024-03-11 a", "2023-12 C"):
        add_version(name)
    found: list[str] = []
    library = scan(
        film_folder, order="date", on_found=lambda version, _: found.append(version.name)
    )
    assert _names(library) == ["2023-12 C", "2024 Z", "2024-03-11 a", "2024-03-11 B", "Undated"]
    assert sorted(found) == sorted(_names(library))


def test_the_config_can_fix_another_order(add_version: AddVersion, film_folder: Path) -> None:
    for name in ("2022 A", "2023 B", "2024 C", "2025 D"):
        add_version(name)
    library = scan(film_folder, order=("2024 C", "2023 BB", "2022 A"))
    assert _names(library) == ["2024 C", "2022 A", "2023 B", "2025 D"]
    assert library.notices == ('film.order: there is no folder "2023 BB"; did you mean "2023 B"?',)


def test_names_in_the_order_count_the_same_however_accents_are_stored(
    add_version: AddVersion, film_folder: Path
) -> None:
    add_version("2022 Lumie\u0300re")
    add_version("2021 Sora")
    library = scan(film_folder, order=("2022 Lumi\u00e8re",))
    assert _names(library) == ["2022 Lumi\u00e8re", "2021 Sora"]
    assert library.notices == ()


def test_what_no_person_put_there_is_passed_over_in_silence(
    add_version: AddVersion, film_folder: Path
) -> None:
    version = add_version("2024 Sora")
    for name in ("._film.mp4", ".film.mp4", "film2.mp4.part", "~$film.mp4", ".DS_Store"):
        (version / name).write_bytes(b"clutter")
    for name in (".hidden", ".incoming", "@eaDir"):
        add_version(name)
    (film_folder / "README.md").write_text("how to")
    library = scan(film_folder, order="date")
    assert _names(library) == ["2024 Sora"]
    assert not library.rejected
    assert not library.notices


def test_other_files_may_lie_beside_the_video(add_version: AddVersion, film_folder: Path) -> None:
    version = add_version("2024 Sora")
    for name in ("version.yaml", "notes.txt", "poster.gif", "film.srt", "sound.wav"):
        (version / name).write_text("title: Kiss")
    (version / "frames").mkdir()
    library = scan(film_folder, order="date")
    assert library.versions[0].path.name == "film.mp4"
    assert library.versions[0].credit.title == "Kiss"


def test_a_video_is_found_by_its_content_where_its_name_says_nothing(
    add_version: AddVersion, film_folder: Path
) -> None:
    version = add_version("2024 Sora", file="kiss_final_v2")
    (version / "notes.txt").write_text("final")
    assert _names(scan(film_folder, order="date")) == ["2024 Sora"]


def test_a_video_beside_the_folders_is_pointed_out(film_folder: Path, clip: bytes) -> None:
    (film_folder / "my film.mp4").write_bytes(clip)
    library = scan(film_folder, order="date")
    assert not library.versions
    assert not library.rejected
    assert library.notices == (
        "my film.mp4: lies beside the versions and is not shown; put it in a folder of its own, "
        'named like "2024-03-11 Runway Gen-2"',
    )


def test_no_versions_at_all_is_an_empty_library(film_folder: Path) -> None:
    assert scan(film_folder, order="date") == Library(())


def test_a_film_folder_that_is_not_there_is_an_error(film_folder: Path) -> None:
    with pytest.raises(InstallationError, match="there is no such folder; make it, or mend"):
        scan(film_folder / "not there", order="date")
    (film_folder / "file").touch()
    with pytest.raises(InstallationError, match="is a file, not a folder"):
        scan(film_folder / "file", order="date")


@pytest.mark.parametrize(
    "name",
    [
        *(
            "2024 with some spaces",
            "2024 'quotes' \"too\"",
            "2024 👩‍🎨💋",
            "2024 Поцелуй",
            "2024 吻",
        ),
        *("2024 הנשיקה", "-rf", "%s{model}", "concat:x|y", "http:", "2024 #1?", "a" * 200),
    ],
)
def test_a_version_may_have_any_name(add_version: AddVersion, film_folder: Path, name: str) -> None:
    if os.name == "nt" and set(name) & set('":|?'):
        name = "2024 plain"
    add_version(name, file=f"{name}.mp4")
    library = scan(film_folder, order="date")
    assert _names(library) == [name]
    assert library.versions[0].credit.model in (name.removeprefix("2024 "), name)


@posix
def test_a_message_stays_on_one_line_whatever_the_name(film_folder: Path) -> None:
    for name in (b"new\nline", b"turned \xe2\x80\xaetxet", b"bytes \xff\xfe", b"bell \x07"):
        os.mkdir(os.path.join(os.fsencode(film_folder), name))  # noqa: PTH102, PTH118
    messages = [r.message for r in scan(film_folder, order="date").rejected]
    assert messages == [
        "bell \\x07: holds no video file; put the version's video into it",
        "bytes ??: holds no video file; put the version's video into it",
        "new\\nline: holds no video file; put the version's video into it",
        "turned \\u202etxet: holds no video file; put the version's video into it",
    ]


@posix
def test_each_bad_version_gets_one_sentence_and_the_others_play(
    add_version: AddVersion,
    film_folder: Path,
    make_clip: MakeClip,
    clip: bytes,
    faststart_clip: bytes,
) -> None:
    add_version("2021 good")
    (film_folder / "a empty").mkdir()
    add_version("b text", b"I am a film, honestly.\n")
    add_version("c cut, index in front", faststart_clip[:-150])
    add_version("d cut, index behind", clip[: len(clip) // 2])
    add_version("e zero bytes", b"")
    (film_folder / "f audio").mkdir()
    make_clip(film_folder / "f audio" / "film.mp4", has_picture=False)
    add_version("g two")
    add_version("g two", file="film (1).mp4")
    (film_folder / "h loop").symlink_to(film_folder / "h loop")
    (film_folder / "i pipe").mkdir()
    os.mkfifo(film_folder / "i pipe" / "film.mp4")
    add_version("j playlist", b"#EXTM3U\nfilm.mp4\n")
    add_version("k still copying", clip, file="film.mp4.part")
    (film_folder / "l link").mkdir()
    (film_folder / "l link" / "film.mp4").symlink_to("film.mp4")
    shutil.copytree(film_folder / "2021 good", film_folder / "2022 typo")
    (film_folder / "2022 typo" / "version.yaml").write_text("modell: Sora\n")
    add_version("2023 good")

    library = scan(film_folder, order="date")

    assert _names(library) == ["2021 good", "2022 typo", "2023 good"]
    again = "wait until it is copied completely, or copy it again"
    half = len(clip) // 2
    expected = {
        "a empty": "a empty: holds no video file; put the version's video into it",
        "b text": "b text/film.mp4: is a text file, not a film; put a video file here",
        "c cut, index in front": "c cut, index in front/film.mp4: ends early: "
        f"{len(faststart_clip) - 150} of {len(faststart_clip)} bytes are there; {again}",
        "d cut, index behind": f"d cut, index behind/film.mp4: ends early: {half} of ",
        "e zero bytes": f"e zero bytes/film.mp4: is empty (0 bytes); {again}",
        "f audio": "f audio/film.mp4: holds sound but no film; export it again with its picture",
        "g two": 'g two: holds 2 video files ("film (1).mp4", "film.mp4"); leave only the one to '
        "be shown, and give each version a folder of its own",
        "h loop": "h loop: is a link that leads in a circle; put the file itself here",
        "i pipe": "i pipe/film.mp4: is a pipe between programs, not a file; put a video file here",
        "j playlist": "j playlist/film.mp4: is a playlist, not a film, and nothing it names is "
        "opened; put the video file itself here",
        "k still copying": 'k still copying: holds no complete video file: "film.mp4.part" is not '
        f"finished; {again}",
        "l link": "l link/film.mp4: is a link that leads in a circle; put the file itself here",
    }
    messages = {rejection.name: rejection.message for rejection in library.rejected}
    assert messages.keys() == expected.keys()
    for name, message in expected.items():
        assert messages[name].startswith(message)
        assert len(messages[name].splitlines()) == 1
    assert library.notices == (
        '2022 typo/version.yaml:1:1: modell: unknown setting; did you mean "model"?',
    )


def test_a_folder_within_the_folder_is_named_with_both_ways_out(
    film_folder: Path, clip: bytes
) -> None:
    """An archive unpacked, or the folder above the film's taken for it."""
    inner = film_folder / "2025 Sora" / "Sora final"
    inner.mkdir(parents=True)
    (inner / "kiss.mp4").write_bytes(clip)
    (film_folder / "2025 Sora" / "~ notes").mkdir()
    (said,) = scan(film_folder, order="date").rejected
    assert said.message == (
        '2025 Sora: holds no video file itself, but "Sora final" in it does; move the video up; or,'
        " where the folders in it are the versions, name it in film.versions"
    )


@posix
def test_what_may_not_be_read_is_said_and_the_others_play(
    open_folder: Path, clip: bytes, without_privileges: Callable[[], AbstractContextManager[None]]
) -> None:
    for name in ("2022 good", "2023 locked file", "2024 locked folder"):
        (open_folder / name).mkdir()
        (open_folder / name / "film.mp4").write_bytes(clip)
    (open_folder / "2023 locked file" / "film.mp4").chmod(0)
    (open_folder / "2024 locked folder").chmod(0)
    with without_privileges():
        library = scan(open_folder, order="date")
    (open_folder / "2024 locked folder").chmod(0o755)
    assert _names(library) == ["2022 good"]
    assert [rejection.message for rejection in library.rejected] == [
        "2023 locked file/film.mp4: may not be read; give everyone permission to read it",
        "2024 locked folder: cannot be read (Permission denied); give everyone permission to "
        "open it",
    ]
