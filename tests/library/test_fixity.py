"""Originals are recorded as they come, and whatever happens to them later is told in words."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from installation.errors import InstallationError, VersionRejected
from installation.library.digest import Digest, digest
from installation.library.digest_apart import digest_apart
from installation.library.fixity import FixityRecords
from installation.library.fixity_check import Finding, Verdict, check
from tests.fakes import FakeClock

DAY_NS = 24 * 3600 * 1_000_000_000
AddVersion = Callable[..., Path]


def never(path: Path) -> Digest:
    raise AssertionError(f"{path} was read again")


@pytest.fixture
def calendar() -> FakeClock:
    """The morning of 1 October 2026."""
    return FakeClock(int(datetime(2026, 10, 1, 9, tzinfo=UTC).timestamp()) * 1_000_000_000)


@pytest.fixture
def records(film_folder: Path, tmp_path: Path, calendar: FakeClock) -> FixityRecords:
    return FixityRecords(film_folder, calendar, tmp_path / "data")


def checked(records: FixityRecords, *, accept: bool = False) -> dict[str, Finding]:
    return {finding.name: finding for finding in check(records, digest, accept=accept)}


def verdicts(records: FixityRecords) -> dict[str, Verdict]:
    return {name: finding.verdict for name, finding in checked(records).items()}


def rot(film: Path) -> None:
    """Change one byte as a failing disk does: nobody writes, no time changes."""
    before = film.stat()
    data = bytearray(film.read_bytes())
    data[len(data) // 2] ^= 1
    film.write_bytes(data)
    os.utime(film, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_it_is_the_sum_that_every_tool_tells(add_version: AddVersion, clip: bytes) -> None:
    film = add_version("2023 One") / "film.mp4"
    told = digest(film)
    assert told.sha256 == hashlib.sha256(clip).hexdigest()
    assert told.edition == (len(clip), film.stat().st_mtime_ns, film.stat().st_ino)
    assert digest_apart(film) == told


def test_a_file_that_cannot_be_read_is_told_from_the_other_process(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        digest_apart(tmp_path / "nothing.mp4")
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(OSError, match="pipe"):
        digest_apart(tmp_path / "pipe.mp4")


def test_an_original_is_recorded_when_it_is_first_read_and_not_read_twice(
    add_version: AddVersion, records: FixityRecords, clip: bytes
) -> None:
    film = add_version("2023 One") / "film.mp4"
    sha256 = records.sha256_of(film, digest)
    assert sha256 == hashlib.sha256(clip).hexdigest()
    assert records.sha256_of(film, never) == sha256
    record = records.record("2023 One/film.mp4")
    assert record is not None
    assert record.accepted.sha256 == sha256
    assert record.since == datetime(2026, 10, 1, 9, tzinfo=UTC)


def test_records_outlive_the_program_and_are_not_beside_the_films(
    add_version: AddVersion, records: FixityRecords, film_folder: Path, tmp_path: Path
) -> None:
    film = add_version("2023 One") / "film.mp4"
    before = sorted(film_folder.rglob("*"))
    sha256 = records.sha256_of(film, digest)
    assert sorted(film_folder.rglob("*")) == before
    again = FixityRecords(film_folder, FakeClock(), tmp_path / "data")
    assert again.sha256_of(film, never) == sha256
    assert list(again.records()) == ["2023 One/film.mp4"]


def test_all_is_new_once_and_then_unchanged(
    add_version: AddVersion, records: FixityRecords
) -> None:
    add_version("2023 One")
    add_version("2024 Two", file="zwei.mp4")
    assert set(verdicts(records).values()) == {Verdict.NEW}
    assert verdicts(records) == {
        "2023 One/film.mp4": Verdict.UNCHANGED,
        "2024 Two/zwei.mp4": Verdict.UNCHANGED,
    }


def test_silent_damage_is_told_from_a_new_delivery(
    add_version: AddVersion, records: FixityRecords, clip: bytes, calendar: FakeClock
) -> None:
    rotten = add_version("2023 One") / "film.mp4"
    delivered = add_version("2024 Two") / "film.mp4"
    checked(records)
    calendar.jump_ns(30 * DAY_NS)
    rot(rotten)
    delivered.write_bytes(clip + b"more")
    os.utime(delivered, ns=(calendar.now_ns(), calendar.now_ns()))
    found = checked(records)
    damaged, replaced = found["2023 One/film.mp4"], found["2024 Two/film.mp4"]
    assert damaged.verdict is Verdict.DAMAGED
    assert "2026-10-01, though its size and time are the same" in damaged.sentence
    assert replaced.verdict is Verdict.REPLACED
    assert "--accept" in replaced.sentence
    assert "--accept" not in damaged.sentence
    assert verdicts(records)["2023 One/film.mp4"] is Verdict.DAMAGED, "asking mends nothing"


def test_it_is_the_time_that_tells_damage_from_a_delivery(
    add_version: AddVersion, records: FixityRecords, clip: bytes
) -> None:
    delivered = add_version("2023 One") / "film.mp4"
    cut = add_version("2024 Two") / "film.mp4"
    checked(records)
    rot(delivered)
    os.utime(delivered, ns=(1, 1))
    before = cut.stat().st_mtime_ns
    cut.write_bytes(clip[:-10])
    os.utime(cut, ns=(before, before))
    found = checked(records)
    assert found["2023 One/film.mp4"].verdict is Verdict.REPLACED
    assert found["2024 Two/film.mp4"].verdict is Verdict.DAMAGED
    assert "though its time is the same" in found["2024 Two/film.mp4"].sentence


def test_damage_that_no_film_opens_with_is_found_as_well(
    add_version: AddVersion, records: FixityRecords
) -> None:
    film = add_version("2023 One", file="film") / "film"  # known by what is in it, not by its name
    checked(records)
    before = film.stat()
    film.write_bytes(bytes(before.st_size))
    os.utime(film, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert verdicts(records) == {"2023 One/film": Verdict.DAMAGED}


def test_the_same_bytes_with_another_time_are_unchanged(
    add_version: AddVersion, records: FixityRecords
) -> None:
    film = add_version("2023 One") / "film.mp4"
    checked(records)
    os.utime(film, ns=(1, 1))
    assert verdicts(records) == {"2023 One/film.mp4": Verdict.UNCHANGED}
    assert records.sha256_of(film, never), "and is known unread from now on"


def test_what_is_accepted_is_what_is_meant_from_then_on(
    add_version: AddVersion, records: FixityRecords, clip: bytes, calendar: FakeClock
) -> None:
    film = add_version("2023 One") / "film.mp4"
    gone = add_version("2024 Two") / "film.mp4"
    checked(records)
    film.write_bytes(clip + b"more")
    gone.write_bytes(b"")
    gone.unlink()
    assert verdicts(records) == {
        "2023 One/film.mp4": Verdict.REPLACED,
        "2024 Two/film.mp4": Verdict.GONE,
    }
    calendar.jump_ns(DAY_NS)
    assert {f.verdict for f in checked(records, accept=True).values()} == {Verdict.ACCEPTED}
    assert verdicts(records) == {"2023 One/film.mp4": Verdict.UNCHANGED}
    record = records.record("2023 One/film.mp4")
    assert record is not None
    assert record.since.day == 2


def test_a_replacement_at_intake_is_known_but_not_accepted(
    add_version: AddVersion, records: FixityRecords, clip: bytes
) -> None:
    film = add_version("2023 One") / "film.mp4"
    first = records.sha256_of(film, digest)
    film.write_bytes(clip + b"more")
    second = records.sha256_of(film, digest)
    assert second == hashlib.sha256(clip + b"more").hexdigest() != first
    assert records.sha256_of(film, never) == second
    assert verdicts(records) == {"2023 One/film.mp4": Verdict.REPLACED}


def test_a_renamed_folder_keeps_its_record(
    add_version: AddVersion, records: FixityRecords, calendar: FakeClock
) -> None:
    folder = add_version("2023 One")
    checked(records)
    folder.rename(folder.with_name("2023-05 One"))
    calendar.jump_ns(DAY_NS)
    found = checked(records)["2023-05 One/film.mp4"]
    assert found.verdict is Verdict.MOVED
    assert found.sentence == "was 2023 One/film.mp4; as recorded on 2026-10-01"
    assert verdicts(records) == {"2023-05 One/film.mp4": Verdict.UNCHANGED}


def test_names_that_are_no_text_are_recorded_too(
    film_folder: Path, records: FixityRecords, clip: bytes
) -> None:
    folder = film_folder / os.fsdecode(b"2023 \xff")
    folder.mkdir()
    (folder / "film.mp4").write_bytes(clip)
    assert set(verdicts(records).values()) == {Verdict.NEW}
    assert set(verdicts(records).values()) == {Verdict.UNCHANGED}


def test_only_films_are_originals(
    add_version: AddVersion, records: FixityRecords, clip: bytes, tmp_path: Path
) -> None:
    folder = add_version("2023 One")
    for name in ("version.yaml", "receipt.txt", "notes.txt", ".hidden.mp4", "film.mp4.part"):
        (folder / name).write_text("no film")
    elsewhere = tmp_path / "elsewhere.mp4"
    elsewhere.write_bytes(clip)
    (folder / "link.mp4").symlink_to(elsewhere)
    assert list(verdicts(records)) == ["2023 One/film.mp4"]
    with pytest.raises(VersionRejected):
        records.sha256_of(folder / "link.mp4", digest)


def test_a_film_that_nobody_may_read_is_told_with_its_remedy(
    add_version: AddVersion, records: FixityRecords
) -> None:
    add_version("2023 One")
    checked(records)

    def refuse(path: Path) -> Digest:
        raise PermissionError(13, "Permission denied")

    (found,) = check(records, refuse)
    assert found.verdict is Verdict.UNREADABLE
    assert found.sentence == (
        "cannot be read (Permission denied); give everyone permission to open it"
    )


def test_a_film_that_changes_while_it_is_read_is_not_recorded(
    add_version: AddVersion, records: FixityRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = add_version("2023 One") / "film.mp4"
    whole = hashlib.file_digest

    def slowly(*args: object, **named: object) -> object:
        result = whole(*args, **named)  # type: ignore[arg-type]
        film.write_bytes(film.read_bytes() + b"more")
        return result

    monkeypatch.setattr(hashlib, "file_digest", slowly)
    found = checked(records)["2023 One/film.mp4"]
    assert found.verdict is Verdict.UNREADABLE
    assert "ask again when it is copied completely" in found.sentence
    assert records.records() == {}


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 10**5, '{"format": 1, "name": "x"}', "\0"])
def test_a_damaged_record_is_complained_of_set_aside_and_made_anew(
    add_version: AddVersion, records: FixityRecords, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    film = add_version("2023 One") / "film.mp4"
    records.sha256_of(film, digest)
    (note,) = records.folder.iterdir()
    note.write_text(text)
    assert records.sha256_of(film, digest)
    assert "a fixity record is of no use" in caplog.text
    assert note.with_name(f"{note.name}.damaged").read_text() == text
    assert [*records.records()] == ["2023 One/film.mp4"]


def test_a_record_of_another_release_stays_where_it_is(
    add_version: AddVersion, records: FixityRecords
) -> None:
    film = add_version("2023 One") / "film.mp4"
    records.sha256_of(film, digest)
    (note,) = records.folder.iterdir()
    note.write_text('{"format": 99}')
    assert records.records() == {}
    assert [*records.folder.iterdir()] == [note]


def test_where_nothing_can_be_recorded_the_wall_goes_on(
    add_version: AddVersion, film_folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "data").write_text("in the way")
    records = FixityRecords(film_folder, FakeClock(), tmp_path / "data")
    assert records.sha256_of(add_version("2023 One") / "film.mp4", digest)
    assert "cannot be recorded" in caplog.text
    with pytest.raises(OSError, match="Not a directory"):
        checked(records)


def test_without_a_film_folder_there_is_nothing_to_check(tmp_path: Path) -> None:
    records = FixityRecords(tmp_path / "nowhere", FakeClock(), tmp_path / "data")
    with pytest.raises(InstallationError, match="there is no such folder"):
        checked(records)
