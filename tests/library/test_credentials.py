"""Content Credentials give a credit what version.yaml leaves open, and can do no harm."""

from __future__ import annotations

import logging
import os
import random
import signal
import struct
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from installation.app import scan_film, watch_of
from installation.config import load_config
from installation.film import Credit, PartialDate
from installation.library import KnownFilms, Library, confinement, scan
from installation.library.boxes import MANIFEST_BOX, has_manifest
from installation.library.credentials import (
    Credentials,
    credentials_as_json,
    credentials_from_json,
)
from installation.library.credentials_apart import credentials_apart
from installation.library.probe_apart import Limits
from installation.library.scan import read_apart
from tests.signing import Studio, created, manifest, open_studio

AddVersion = Callable[..., Path]
SORA = created(softwareAgent={"name": "Sora", "version": "2"}, when="2024-12-09T10:00:00Z")
SIGNED = "Content Credentials signed by Kiss Studio, signer not verified"
TOLD = Credentials("Sora 2", PartialDate(2024, 12, 9), "Kiss Studio")
posix = pytest.mark.skipif(os.name == "nt", reason="has neither these limits nor these signals")
linux = pytest.mark.skipif(sys.platform != "linux", reason="as Linux tells it")


@pytest.fixture(scope="module")
def studio() -> Studio:
    return open_studio()


@pytest.fixture(scope="module")
def sora(clip: bytes, studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A small film that is signed: made with Sora 2 on 9 December 2024."""
    folder = tmp_path_factory.mktemp("signed")
    (folder / "film.mp4").write_bytes(clip)
    return studio.sign(folder / "film.mp4", folder / "sora.mp4", manifest(SORA)).read_bytes()


@pytest.fixture(scope="module")
def nameless(clip: bytes, studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """One whose manifest tells the day, and no model."""
    folder = tmp_path_factory.mktemp("signed")
    (folder / "film.mp4").write_bytes(clip)
    made = manifest(created(when="2025-06-01T00:00:00Z"), generator="Google C2PA Core")
    return studio.sign(folder / "film.mp4", folder / "veo.mp4", made).read_bytes()


@pytest.fixture
def film(sora: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(sora)
    return path


def _changed(film: bytes) -> bytes:
    """With another last byte of its sound."""
    start = film.index(b"mdat") - 4
    (size,) = struct.unpack_from(">I", film, start)
    last = start + size - 1
    return film[:last] + bytes([film[last] ^ 1]) + film[last + 1 :]


# The credit


@pytest.mark.parametrize(
    ("yaml", "credit"),
    [
        (None, Credit("Sora 2", PartialDate(2024, 12, 9), source=SIGNED)),
        (
            "title: Der Kuss\n",
            Credit(
                "Sora 2", PartialDate(2024, 12, 9), title="Der Kuss",
                source=f"version.yaml; model and date from {SIGNED}",
            ),
        ),
        (
            "model: Sora Turbo\n",
            Credit(
                "Sora Turbo", PartialDate(2024, 12, 9),
                source=f"version.yaml; date from {SIGNED}",
            ),
        ),
        (
            "date: 2023\n",
            Credit("Sora 2", PartialDate(2023), source=f"version.yaml; model from {SIGNED}"),
        ),
        ("model: A\ndate: 2023\n", Credit("A", PartialDate(2023), source="version.yaml")),
    ],
)  # fmt: skip
def test_model_and_date_come_from_them_where_version_yaml_is_silent(
    film_folder: Path, add_version: AddVersion, sora: bytes, yaml: str | None, credit: Credit
) -> None:
    folder = add_version("2020 An old name", film=sora)
    if yaml is not None:
        (folder / "version.yaml").write_text(yaml)
    library = scan(film_folder, order="date")
    assert library.notices == ()
    assert [version.credit for version in library.versions] == [credit]


def test_what_they_do_not_tell_comes_from_the_folder_name(
    film_folder: Path, add_version: AddVersion, nameless: bytes
) -> None:
    add_version("2020 Veo 3", film=nameless)
    (version,) = scan(film_folder, order="date").versions
    assert version.credit == Credit(
        "Veo 3", PartialDate(2025, 6, 1), source=f"folder name; date from {SIGNED}"
    )


def test_a_mistake_in_version_yaml_leaves_them_in_use(
    film_folder: Path, add_version: AddVersion, sora: bytes
) -> None:
    (add_version("2020 A", film=sora) / "version.yaml").write_text("modell: B\n")
    library = scan(film_folder, order="date")
    assert library.versions[0].credit.source == SIGNED
    assert "modell: unknown setting" in library.notices[0]


def test_those_of_a_changed_film_are_said_and_not_used(
    film_folder: Path, add_version: AddVersion, sora: bytes
) -> None:
    folder = add_version("2020 Pika", film=_changed(sora))
    library = scan(film_folder, order="date")
    assert library.versions[0].credit == Credit("Pika", PartialDate(2020))
    assert library.notices == (
        "2020 Pika/film.mp4: was changed after its Content Credentials were signed, so they are "
        "not used; ask for the file as it was made, or say model and date in version.yaml",
    )
    (folder / "version.yaml").write_text("model: Pika\ndate: 2020\n")
    assert scan(film_folder, order="date").notices == ()


def test_check_says_where_each_credit_came_from(
    film_folder: Path, add_version: AddVersion, sora: bytes, nameless: bytes, tmp_path: Path
) -> None:
    add_version("2020 One", film=sora)
    add_version("2021 Two", film=nameless)
    add_version("2022 Three")
    add_version("2023 Four", film=_changed(sora))
    (tmp_path / "wall.yaml").write_text("film: {title: The Kiss, versions: The Kiss}\n")
    done = subprocess.run(
        [sys.executable, "-m", "installation", "check", str(tmp_path / "wall.yaml")],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert f"    Sora 2, 2024-12-09 (from {SIGNED}); 64x64" in done.stdout
    assert f"    Two, 2025-06-01 (from folder name; date from {SIGNED}); 64x64" in done.stdout
    assert "    Three, 2022 (from folder name); 64x64" in done.stdout
    assert "    Four, 2023 (from folder name); 64x64" in done.stdout
    assert done.stderr.startswith("2023 Four/film.mp4: was changed after its Content Credentials")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)


# Hostile ones


def test_they_are_read_as_the_process_tells_them(film: Path) -> None:
    assert credentials_apart(film, "mov") == TOLD


@pytest.mark.parametrize("seed", range(6))
def test_random_bytes_for_a_manifest_are_said_and_the_film_is_shown(
    film_folder: Path, add_version: AddVersion, sora: bytes, seed: int
) -> None:
    at = sora.index(MANIFEST_BOX)
    (size,) = struct.unpack_from(">I", sora, at - 8)
    chance = random.Random(seed)
    wild = bytearray(sora)
    if seed % 2:  # all of it
        wild[at + 16 : at - 8 + size] = chance.randbytes(size - 24)
    else:  # some of it
        for _ in range(20):
            wild[chance.randrange(at + 16, at - 8 + size)] = chance.randrange(256)
    add_version("2020 Pika", film=bytes(wild))
    library = scan(film_folder, order="date")
    assert library.versions[0].credit == Credit("Pika", PartialDate(2020))
    # a manifest that is not recognised as one is none
    assert [notice.partition(":")[0] for notice in library.notices] in ([], ["2020 Pika/film.mp4"])


@pytest.mark.parametrize("size", [0, 1, 7, 8, 24, 30, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_box_of_any_size_does_no_harm(film: Path, size: int) -> None:
    content = bytearray(film.read_bytes())
    struct.pack_into(">I", content, content.index(MANIFEST_BOX) - 8, size)
    film.write_bytes(content)
    told = credentials_apart(film, "mov")
    assert told is None or told.problem in ("changed", "damaged")


@pytest.mark.parametrize("size", [0, 1, 7, 8, 30, 0xFFFFFFFF])
def test_a_film_with_a_box_of_any_size_is_shown_or_refused_in_a_sentence(
    film_folder: Path, add_version: AddVersion, sora: bytes, size: int
) -> None:
    content = bytearray(sora)
    struct.pack_into(">I", content, content.index(MANIFEST_BOX) - 8, size)
    add_version("2020 Pika", film=bytes(content))
    library = scan(film_folder, order="date")
    assert len(library.versions) + len(library.rejected) == 1


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], Path]:
    """`program(code)` is one to ask that does this when it is confined."""

    def write(code: str) -> Path:
        path = tmp_path / "program.py"
        path.write_text(
            "import json, os, sys\n"
            "from importlib.util import module_from_spec, spec_from_file_location\n"
            f"spec = spec_from_file_location('confinement', {confinement.__file__!r})\n"
            "confinement = module_from_spec(spec)\n"
            "spec.loader.exec_module(confinement)\n"
            "confinement.confine(**json.loads(sys.argv[1])['limits'])\n" + textwrap.dedent(code)
        )
        return path

    return write


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(f"os.kill(os.getpid(), {signal.SIGSEGV.value})", marks=posix),
        pytest.param(f"os.kill(os.getpid(), {signal.SIGABRT.value})", marks=posix),
        pytest.param("eaten = [bytes(1 << 24) for _ in range(1000)]", marks=linux),
        "import time; time.sleep(60)",
        "raise KeyError('ours')",
        "while True: print('credentials ' * 10000)",
        "print('[' * 10000)",
        "print('{}')",
        "print(json.dumps({'credentials': {'model': 'A'}}))",
    ],
)
def test_a_process_that_fails_loses_the_credentials_alone(
    film_folder: Path,
    add_version: AddVersion,
    sora: bytes,
    program: Callable[[str], Path],
    code: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    add_version("2020 Pika", film=sora)
    limits = Limits(wall_s=2, memory_bytes=1 << 28)
    asked = program(code)
    library = scan(
        film_folder,
        order="date",
        read_credentials=lambda *film: credentials_apart(*film, limits=limits, program=asked),
    )
    assert library.versions[0].credit == Credit("Pika", PartialDate(2020))
    assert library.versions[0].frame_count == 10
    assert library.notices == (
        "2020 Pika/film.mp4: carries Content Credentials that cannot be read; copy it again, or "
        "say model and date in version.yaml",
    )
    assert "reading Content Credentials failed" in caplog.text


def test_nobody_need_wait_for_it(film: Path, program: Callable[[str], Path]) -> None:
    asked, stop = program("import time; time.sleep(60)"), threading.Event()
    with ThreadPoolExecutor(2) as pool:
        reads = [
            pool.submit(credentials_apart, film, "mov", program=asked, stop=stop) for _ in range(2)
        ]
        stop.set()
        for read in reads:
            with pytest.raises(CancelledError):
                read.result(timeout=20)


@pytest.mark.parametrize("file", ["film.mkv", "film.avi", "film.mp4"])
def test_a_film_without_them_starts_no_process(
    tmp_path: Path, make_clip: Callable[..., Path], file: str, program: Callable[[str], Path]
) -> None:
    film = make_clip(tmp_path / file)
    container = {".mkv": "matroska", ".avi": "avi", ".mp4": "mov"}[film.suffix]
    asked = program("raise KeyError('asked')")
    assert credentials_apart(film, container, program=asked) is None


def test_a_manifest_is_found_behind_a_box_of_64_bits(film: Path, clip: bytes) -> None:
    long = struct.pack(">I4sQ", 1, b"free", 24) + bytes(8)
    box = struct.pack(">I4sQ", 1, b"uuid", 32) + MANIFEST_BOX
    other = struct.pack(">I4s", 24, b"uuid") + MANIFEST_BOX[::-1]
    film.write_bytes(clip + long + other + box)
    assert has_manifest(film, "mov")
    film.write_bytes(clip + long + other)
    assert not has_manifest(film, "mov")


# What is remembered


def test_a_known_film_s_are_not_read_again(
    film_folder: Path, add_version: AddVersion, sora: bytes, tmp_path: Path
) -> None:
    add_version("2020 A", film=sora)
    add_version("2021 B")
    known = KnownFilms(film_folder, tmp_path / "cache")
    first = scan(film_folder, order="date", known=known)
    known.keep()
    assert first.versions[1].credit.source == SIGNED
    asked: list[Path] = []
    again = scan(
        film_folder,
        order="date",
        known=KnownFilms(film_folder, tmp_path / "cache"),
        read_credentials=lambda path, _: asked.append(path),
    )
    assert (again, asked) == (first, [])


def test_a_scan_that_must_not_wait_takes_those_that_are_known(
    film_folder: Path, add_version: AddVersion, sora: bytes, tmp_path: Path
) -> None:
    add_version("2020 A", film=sora)
    known = KnownFilms(film_folder, tmp_path / "cache")
    credits = [
        scan(film_folder, order="date", known=known, read_credentials=read).versions[0].credit
        for read in (None, read_apart, None)
    ]
    assert [credit.source for credit in credits] == ["folder name", SIGNED, SIGNED]


def test_those_of_another_file_in_its_place_are_read_anew(
    film_folder: Path, add_version: AddVersion, sora: bytes, nameless: bytes, tmp_path: Path
) -> None:
    add_version("2020 A", film=sora)
    known = KnownFilms(film_folder, tmp_path / "cache")
    scan(film_folder, order="date", known=known)
    add_version("2020 A", film=nameless)
    (version,) = scan(film_folder, order="date", known=known).versions
    assert version.credit.source == f"folder name; date from {SIGNED}"


def test_a_reading_that_failed_is_tried_again(film: Path, tmp_path: Path) -> None:
    known = KnownFilms(tmp_path, tmp_path / "cache")
    known._seen[str(film)] = {"file": [*_identity(film)], "facts": None}
    failed = Credentials(problem="unreadable")
    assert known.credentials(film, lambda: failed) == failed
    assert known.credentials(film, lambda: TOLD) == TOLD
    assert known.credentials(film, None) == TOLD


def _identity(film: Path) -> tuple[int, ...]:
    found = film.stat()
    return found.st_size, found.st_mtime_ns, found.st_ino


@pytest.mark.parametrize("told", [None, TOLD, Credentials(), Credentials(problem="changed")])
def test_they_come_back_as_they_were_written(told: Credentials | None) -> None:
    assert credentials_from_json(credentials_as_json(told)) == told


@pytest.mark.parametrize(
    "wrong",
    [
        {"model": "a\nb"}, {"model": "\x1b[2J"}, {"model": "x" * 81}, {"model": None},
        {"signer": 1}, {"date": "2024-13"}, {"date": 2024}, {"is_verified": 1},
        {"problem": "none"}, {"problem": None},
    ],
)  # fmt: skip
def test_what_was_not_written_by_us_is_refused(wrong: dict[str, Any]) -> None:
    written = credentials_as_json(TOLD)
    assert written is not None
    with pytest.raises(ValueError, match=r".+"):
        credentials_from_json(written | wrong)


def test_importing_the_library_does_not_load_the_native_code() -> None:
    code = "import sys, installation.app; print('c2pa' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_nothing_is_logged_about_a_film_that_is_well(
    film: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    credentials_apart(film, "mov")
    assert caplog.text == ""


def test_a_wall_that_started_without_them_learns_them_from_its_watch(
    film_folder: Path, add_version: AddVersion, sora: bytes, tmp_path: Path
) -> None:
    os.utime(add_version("2020 A", film=sora) / "film.mp4", (0, 0))
    os.utime(film_folder / "2020 A", (0, 0))
    (tmp_path / "wall.yaml").write_text("film: {title: The Kiss, versions: The Kiss}\n")
    config = load_config(tmp_path / "wall.yaml")
    known = KnownFilms(film_folder, tmp_path / "cache")
    told: list[Library] = []
    at_start = scan_film(config, known, read_credentials=None)
    watch = watch_of(config, known)(lambda library, _: told.append(library))
    try:
        watch.scan_once(0)
    finally:
        watch.join()
    assert [version.credit.source for version in at_start.versions] == ["folder name"]
    assert [version.credit.source for version in told[-1].versions] == [SIGNED]
    assert at_start.versions[0].is_same_film(told[-1].versions[0])  # only the caption changes
    again = scan_film(config, KnownFilms(film_folder, tmp_path / "cache"), read_credentials=None)
    assert again.versions == told[-1].versions
