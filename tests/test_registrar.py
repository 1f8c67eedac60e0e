"""The registrar's page: true to the log, whole in itself, and no place for a folder's name to play
tricks.
"""

from __future__ import annotations

import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from installation.config import load_config
from installation.errors import InstallationError
from installation.film import CalendarClock
from installation.kiosk.register import enter
from installation.library import scan
from installation.library.digest import digest
from installation.library.fixity import FixityRecords
from installation.particulars import of_version
from installation.registrar import report
from tests.clips import make_clip
from tests.kiosk.test_history import Story

HOSTILE = "2022 <script>alert(1)</script> & sons"
POINTS_ELSEWHERE = ("src", "href", "srcset", "action", "data", "poster")


class Page(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.images: list[str] = []
        self.words: list[str] = []
        self._stack: list[str] = []
        self.feed(text)
        self.close()
        assert self._stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "img", "rect"):
            self._stack.append(tag)
        told = dict(attrs)
        self.links += [told[name] or "" for name in POINTS_ELSEWHERE if name in told]
        if tag == "img":
            self.images.append(told["alt"] or "")

    def handle_endtag(self, tag: str) -> None:
        if tag != "rect":
            assert self._stack.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._stack and self._stack[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    for number, name in enumerate(("2021 Ann", HOSTILE.replace("/", "-"))):
        make_clip(tmp_path / "film" / name / "film.mp4", frames=24, version=number)
    path = tmp_path / "wall.yaml"
    path.write_text("film: {title: The Kiss, versions: film}\nlog: {folder: log}\n")
    return path


@pytest.fixture
def story(config: Path) -> Story:
    """A wall that played ten minutes, and crashed once."""
    story = Story(config.parent / "log")
    versions = scan(config.parent / "film", order="date", read_credentials=None).versions
    enter(story.folder, [{**of_version(version), "since_s": 1} for version in versions])
    story.start("1-1", -2, *(version.name for version in versions))
    story.tell("1-1", 300, "played", loops=100, pictures=1_234_567, tiles=2_469_134)
    story.start("2-2", 308, *(version.name for version in versions))
    story.tell("2-2", 600, "played", loops=20, pictures=33, tiles=66)
    story.tell("2-2", 600, "ended", why="Esc was pressed")
    return story


def written(config: Path, since: str | None = None, until: str | None = None) -> Page:
    output = config.parent / "report.html"
    told = report(config, output, since, until, lambda sentence: pytest.fail(sentence))
    assert told.startswith(str(output))
    return Page(output.read_text("utf-8"))


def test_the_page_says_what_the_log_says(config: Path, story: Story) -> None:
    text = written(config).text
    assert "The Kiss" in text
    assert "1,234,600 pictures, 0 mismatches" in text
    assert "Loops shown to their end 120 in 2 runs of the program" in text
    assert "it was started again, and the wall was dark meanwhile. 10.0 s" in text
    assert "The wall was ended (Esc was pressed), and it has not played since." in text
    assert "all could be read" in text


def test_the_page_needs_nothing_beside_it(config: Path, story: Story) -> None:
    page = written(config)
    assert len(page.links) == len(page.images) == 2
    assert all(link.startswith("data:image/jpeg;base64,") for link in page.links)
    assert not {"script", "link", "iframe", "object"} & set(page.tags)
    assert "url(" not in (config.parent / "report.html").read_text()


def test_each_version_is_there_with_what_is_known_of_it(config: Path, story: Story) -> None:
    film = config.parent / "film" / "2021 Ann" / "film.mp4"
    settings = load_config(config)
    FixityRecords(settings.film.versions, CalendarClock()).sha256_of(film, digest)
    text = written(config).text
    assert hashlib.sha256(film.read_bytes()).hexdigest() in text
    assert "the file has the same size and time still" in text
    assert "h264, yuv420p, in mov" in text
    assert "320 × 180 px" in text
    assert "00:00:01:00 at the film's rate, 24 pictures" in text
    assert "not recorded yet" in text, "of the other one"


def test_a_film_that_is_gone_or_another_is_told_as_it_was(config: Path, story: Story) -> None:
    film = config.parent / "film" / "2021 Ann" / "film.mp4"
    records = FixityRecords(load_config(config).film.versions, CalendarClock())
    sha256 = records.sha256_of(film, digest)
    make_clip(film, frames=30, version=7)
    page = written(config)
    assert sha256 in page.text
    assert len(page.images) == 1, "there is no still of the one that was shown"
    film.unlink()
    film.parent.rmdir()
    text = written(config).text
    assert sha256 in text
    assert "the file is not there any more" in text


def test_a_folders_name_is_text_and_nothing_else(config: Path, story: Story) -> None:
    page = written(config)
    assert "script" not in page.tags
    assert HOSTILE.replace("/", "-") in page.text


def test_lines_that_cannot_be_read_are_counted(config: Path, story: Story) -> None:
    with (story.folder / "play-000001.jsonl").open("ab") as file:
        file.write(b'{"at": "2026-11-2\nrubbish\n')
    text = written(config).text
    assert "2 could not be read, as after a power cut, and were passed over" in text


def test_a_part_of_the_time_is_told_alone(config: Path, story: Story) -> None:
    text = written(config, "2026-11-21T12:05:04+00:00", "2026-11-21T12:10:00+00:00").text
    assert "33 pictures, 0 mismatches" in text


def test_hours_are_the_measure_where_there_are_some(config: Path, story: Story) -> None:
    with config.open("a") as file:
        file.write("schedule: {timezone: UTC, hours: {sat: '12:00-12:20'}}\n")
    text = written(config, "2026-11-21T12:00:00+00:00", "2026-11-21T13:00:00+00:00").text
    assert "49.166 % of its opening hours: 9 min 50 s of 20 min" in text


@pytest.mark.parametrize(
    ("since", "until", "mistake"),
    [
        ("yesterday", None, '--since: "yesterday" is no day; write it such as 2026-11-01'),
        (None, "1.11.2026", '--until: "1.11.2026" is no day; write it such as 2026-11-01'),
        ("2026-11-21", "2026-11-20", "--since: there is nothing between these two"),
    ],
)
def test_a_day_that_is_none_is_told(
    config: Path, story: Story, since: str | None, until: str | None, mistake: str
) -> None:
    with pytest.raises(InstallationError, match=re.escape(mistake)):
        report(config, config.parent / "report.html", since, until, print)


def test_a_wall_that_never_played_has_no_report(config: Path) -> None:
    with pytest.raises(InstallationError, match="there is no play log yet"):
        report(config, config.parent / "report.html", None, None, print)
    assert not (config.parent / "report.html").exists()


def test_a_page_that_cannot_be_written_is_told(config: Path, story: Story) -> None:
    with pytest.raises(InstallationError, match="cannot be written"):
        report(config, config.parent / "nowhere" / "report.html", None, None, print)
