"""Credits come from version.yaml, else from the folder's name, and a mistake loses neither."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.film import Credit, PartialDate, Wishes
from installation.library.credits import credit_for, credit_from_name


@pytest.mark.parametrize(
    ("name", "model", "date"),
    [
        ("2024-03-11 Runway Gen-2", "Runway Gen-2", PartialDate(2024, 3, 11)),
        ("2024-03 Sora", "Sora", PartialDate(2024, 3)),
        ("2023 Deforum", "Deforum", PartialDate(2023)),
        ("2024_03_11_Runway_Gen-2", "Runway Gen-2", PartialDate(2024, 3, 11)),
        ("2024.03.11 – Kling", "Kling", PartialDate(2024, 3, 11)),
        ("2024-3-1 Pika", "Pika", PartialDate(2024, 3, 1)),
        ("20240311 Sora", "Sora", PartialDate(2024, 3, 11)),
        ("2024-03-4D Model", "4D Model", PartialDate(2024, 3)),
        ("2024 3 models at once", "3 models at once", PartialDate(2024)),
        ("2022 雪 Поцелуй 💋", "雪 Поцелуй 💋", PartialDate(2022)),
        ("2024-03-11", "2024-03-11", PartialDate(2024, 3, 11)),
        ("2024\nSora", "Sora", PartialDate(2024)),
        # no date, or none that can be trusted: the name as it is
        ("Runway Gen-2", "Runway Gen-2", None),
        ("2024-13-01 Sora", "2024-13-01 Sora", None),
        ("2024-02-30 Sora", "2024-02-30 Sora", None),
        ("11-03-2024 Sora", "11-03-2024 Sora", None),
        ("1080p", "1080p", None),
        ("0042 test", "0042 test", None),
    ],
)
def test_a_folder_name_tells_model_and_date(
    name: str, model: str, date: PartialDate | None
) -> None:
    assert credit_from_name(name) == Credit(model=model, date=date)


@given(st.dates().filter(lambda d: d.year >= 1888), st.sampled_from(["-", "_", ".", ""]))
def test_every_day_can_be_written_in_a_folder_name(day: object, separator: str) -> None:
    name = f"{str(day).replace('-', separator)} Sora"
    assert credit_from_name(name) == Credit("Sora", PartialDate.parse(str(day)))


@given(st.text(min_size=1))
def test_no_name_is_too_strange_for_a_caption(name: str) -> None:
    assert len(credit_from_name(name).model.splitlines()) <= 1


def _version(folder: Path, yaml: str) -> Path:
    version = folder / "2024-03 Sora"
    version.mkdir()
    (version / "version.yaml").write_text(yaml, encoding="utf-8")
    return version


def test_version_yaml_tells_everything(film_folder: Path) -> None:
    yaml = (
        "model: Runway Gen-2\ndate: 2024-03-11\ntitle: Der Kuss\n"
        "tools: ComfyUI\nnote: |\n  first pass\n"
    )
    credit, notices, *_ = credit_for(_version(film_folder, yaml), film_folder)
    assert notices == ()
    assert credit == Credit(
        model="Runway Gen-2",
        date=PartialDate(2024, 3, 11),
        title="Der Kuss",
        tools="ComfyUI",
        note="first pass",
        source="version.yaml",
    )


def test_what_version_yaml_leaves_out_comes_from_the_folder_name(film_folder: Path) -> None:
    credit, _, *_ = credit_for(_version(film_folder, "title: Kiss\nnote:\n"), film_folder)
    assert (credit.model, credit.date, credit.title) == ("Sora", PartialDate(2024, 3), "Kiss")


def test_version_yaml_says_how_its_version_is_played(film_folder: Path) -> None:
    yaml = "in: 1.5\nspeed: fit\ncues: {kiss: 11.05}\nhidden: true\n"
    credited = credit_for(_version(film_folder, yaml), film_folder)
    assert credited.notices == ()
    assert credited.wishes == Wishes(
        start=Fraction(3, 2), speed="fit", cues=(("kiss", Fraction(221, 20)),), hidden=True
    )


@pytest.mark.parametrize("date", ["2024", "2024-03", '"2024-03-11"'])
def test_version_yaml_may_know_only_part_of_the_date(film_folder: Path, date: str) -> None:
    credit, notices, *_ = credit_for(_version(film_folder, f"date: {date}\n"), film_folder)
    assert (notices, str(credit.date)) == ((), date.strip('"'))


@pytest.mark.parametrize(
    ("yaml", "place"),
    [
        ("model: Sora 2\ndate: 2024-13\n", "2024-03 Sora/version.yaml:2:7: "),
        (
            "modell: Sora 2\n",
            '2024-03 Sora/version.yaml:1:1: modell: unknown setting; did you mean "model"?',
        ),
        ("model: [\n", "2024-03 Sora/version.yaml:"),
        ("", "2024-03 Sora/version.yaml: is empty"),
    ],
)
def test_a_mistake_in_version_yaml_is_told_and_the_folder_name_counts(
    film_folder: Path, yaml: str, place: str
) -> None:
    credit, notices, *_ = credit_for(_version(film_folder, yaml), film_folder)
    assert len(notices) == 1
    assert notices[0].startswith(place)
    assert credit == Credit("Sora", PartialDate(2024, 3))


@pytest.mark.parametrize("name", ["version.yml", "Version.YAML", "version.yaml.txt"])
def test_a_version_yaml_under_another_name_is_pointed_out(film_folder: Path, name: str) -> None:
    version = film_folder / "2024-03 Sora"
    version.mkdir()
    (version / name).write_text("model: Sora 2\n")
    credit, notices, *_ = credit_for(version, film_folder)
    if credit.source == "folder name":  # but for file systems where capitals do not count
        assert 'rename it to "version.yaml"' in notices[0]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.parametrize("kind", ["pipe", "way out", "loop"])
def test_a_version_yaml_that_is_no_file_of_its_own_is_not_read(
    film_folder: Path, tmp_path: Path, kind: str
) -> None:
    version = film_folder / "2024-03 Sora"
    version.mkdir()
    file = version / "version.yaml"
    if kind == "pipe":
        os.mkfifo(file)  # reading from it would wait for ever
    elif kind == "way out":
        (tmp_path / "secret.yaml").write_text("model: secret\n")
        file.symlink_to(tmp_path / "secret.yaml")
    else:
        file.symlink_to(file)
    credit, notices, *_ = credit_for(version, film_folder)
    assert credit.model == "Sora"
    assert notices[0].startswith("2024-03 Sora/version.yaml: is a ")


def test_reading_a_version_yaml_imports_nothing(tmp_path: Path) -> None:
    """It is read while Qt is imported, which does not bear that anybody else imports."""
    film = tmp_path / "film" / "2026 Live"
    film.mkdir(parents=True)
    (film / "version.yaml").write_text("model: x\ndate: 2026\nsource: rtsp://cam/a\n")
    (tmp_path / "wall.yaml").write_text("film: {versions: film}\n")
    program = (
        "import sys; from pathlib import Path\n"
        "from installation.app import load_config, scan\n"
        "load_config(Path('wall.yaml')); before = set(sys.modules)\n"
        "found = scan(Path('film'), order='date', protocols=['rtsp'], read_credentials=None)\n"
        "assert len(found.versions) == 1; print(sorted(set(sys.modules) - before))"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert told.stdout == "[]\n"
