"""The curator's `conform` section: what it may say, and what is told of anything else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.config import Amount, Config

FILM = "film: {versions: x}\n"


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ("50 GB", 50_000_000_000),
        ("50gb", 50_000_000_000),
        ("1.5 GiB", 3 << 29),
        ("200MB", 200_000_000),
        ("2 TB", 2_000_000_000_000),
        ("20%", 200),
        ("12.5 %", 125),
    ],
)
def test_an_amount_is_bytes_or_a_share_of_the_disk(written: str, size: int) -> None:
    assert Amount.parse(written).bytes_of(1000) == size


@pytest.mark.parametrize(
    "written",
    ["", "50", 50, "GB", "50 G", "50 KB", "-1 GB", "0 GB", "0%", "101%", "1e3 GB", "1.2.3 GB",
     "9" * 400 + " GB", True, None, [], "inf GB"],
    ids=str,
)  # fmt: skip
def test_other_things_are_no_amounts(written: object) -> None:
    with pytest.raises(ValueError, match=r"; write "):
        Amount.parse(written)


@given(
    st.decimals(0, 100, places=3).filter(bool).map(lambda number: f"{number:f}"),
    st.sampled_from(["%", "MB", "GB", "GiB", " TB"]),
)
def test_an_amount_is_written_so_that_it_reads_the_same(number: str, unit: str) -> None:
    amount = Amount.parse(number + unit)
    assert Amount.parse(str(amount)) == amount


def test_without_a_word_the_wall_conforms_as_it_sees_fit(load: Callable[[str], Config]) -> None:
    for text in (FILM, FILM + "conform:\n"):
        conform = load(text).conform
        assert (conform.mode, conform.cache, str(conform.limit)) == ("auto", None, "20%")


def test_the_cache_is_relative_to_the_file(load: Callable[[str], Config], tmp_path: Path) -> None:
    config = load(FILM + "conform: {mode: always, cache: ../mezzanines, limit: 50 GB}\n")
    assert config.conform.cache == tmp_path.parent / "mezzanines"
    assert load(FILM + "conform: {cache: /srv/mezzanines}\n").conform.cache == Path(
        "/srv/mezzanines"
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "conform: {mode: alway}",
            '2:17: conform.mode: "alway" is not one of the choices; did you mean "always"?',
        ),
        (
            "conform: {limit: 50}",
            '2:18: conform.limit: "50" is not an amount of storage; write 50 GB or 20%',
        ),
        (
            "conform: {limit: 120%}",
            '2:18: conform.limit: "120%" is more than the whole; write at most 100%',
        ),
        (
            "conform: {limt: 5 GB}",
            '2:11: conform.limt: unknown setting; did you mean "limit"?',
        ),
        (
            'conform: {cache: "a\\tb"}',
            "2:18: conform.cache: holds a character that no folder's name has; write the name anew",
        ),
        (
            "conform: {limit: }",
            "2:17: conform.limit: has no value; write one, or leave the line out",
        ),
    ],
)
def test_each_mistake_is_one_sentence(
    mistakes: Callable[[str], list[str]], text: str, sentence: str
) -> None:
    assert mistakes(FILM + text) == [f"wall.yaml:{sentence}"]
