"""A file of ours is there whole, old or new, whatever comes between."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from installation.whole import set_aside, write_whole


def test_the_new_one_takes_the_old_ones_place_and_leaves_nothing_beside(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    for content in (b"old", b"new"):
        write_whole(file, content)
        assert file.read_bytes() == content
    assert [*tmp_path.iterdir()] == [file]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_where_it_cannot_be_written_the_old_one_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    file = tmp_path / "state.json"
    write_whole(file, b"old")

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, fails)
    with pytest.raises(OSError, match="No space"):
        write_whole(file, b"new")
    assert file.read_bytes() == b"old"
    assert [*tmp_path.iterdir()] == [file]


def test_it_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)

        def noted(*given: object, name: str = name, real: object = real) -> None:
            steps.append(name)
            real(*given)  # type: ignore[operator]

        monkeypatch.setattr(os, name, noted)
    write_whole(tmp_path / "state.json", b"new")
    assert steps[:2] == ["fsync", "replace"]


def test_what_lies_under_the_temporary_name_is_not_followed(tmp_path: Path) -> None:
    precious, file = tmp_path / "precious", tmp_path / "receipt.txt"
    precious.write_bytes(b"precious")
    (tmp_path / ".new").symlink_to(precious)
    write_whole(file, b"receipt", ".new")
    assert precious.read_bytes() == b"precious"
    assert file.read_bytes() == b"receipt"
    assert not file.is_symlink()


def test_what_is_damaged_is_set_aside_in_place_of_what_was_before(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    for content in (b"first", b"second"):
        file.write_bytes(content)
        assert set_aside(file) == tmp_path / "state.json.damaged"
        assert not file.exists()
    assert (tmp_path / "state.json.damaged").read_bytes() == b"second"
    assert set_aside(file) is None
