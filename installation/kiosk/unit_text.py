"""How systemd reads what is written in a unit: what must be quoted, and how."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

Lines = Iterable[tuple[str, str]]


def quoted(word: str) -> str:
    """A word that is read back just so, in commands, environments and lists of paths."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'


def plain(text: str) -> str:
    """For what is no list: a description."""
    return " ".join(text.replace("%", "%%").split())


def command(words: Sequence[str], prefix: str = ":") -> str:
    """For ExecStart: the colon leaves dollar signs as they are."""
    program, *arguments = words
    if set(program) & set("\"'\\"):  # systemd takes no program of such a name
        program, arguments = "/usr/bin/env", list(words)
    return prefix + " ".join(quoted(word) for word in (program, *arguments))


def paths(folders: Iterable[Path]) -> str:
    """For ReadWritePaths and the like; one that is not there is no mistake."""
    return " ".join(quoted(f"-{folder}") for folder in folders)


def unit(comment: str, **sections: Lines) -> str:
    """A whole unit file."""
    text = "".join(f"# {line}\n" for line in comment.splitlines())
    for name, lines in sections.items():
        text += f"\n[{name}]\n" + "".join(
            f"# {value}\n" if key == "#" else f"{key}={value}\n" for key, value in lines
        )
    return text
