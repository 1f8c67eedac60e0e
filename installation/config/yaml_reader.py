"""Reads YAML that people wrote: safely, and remembering where each key and value stands.

Plain mappings, lists and scalars only: no anchors, aliases or tags, nothing that runs or imports.
Scalars follow YAML 1.2: a timecode, a date or `yes` stay the text that was written.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.events import CollectionEndEvent, CollectionStartEvent, Event
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.reader import ReaderError

from installation.config.spelling import printable, shortened
from installation.errors import ConfigError

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
Keys = tuple[str | int, ...]
_BARE = re.compile(r"\s*(#[^\s,}\]]+)")
"""A value that starts with # and lacks its quotes; a comment has a space after its #."""
_HALF_CHARACTER = re.compile(r"[\ud800-\udfff]")
_NULL = re.compile(r"(~|null|Null|NULL|)")
_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")


@dataclass
class Document:
    """A YAML file as plain data, with the line and column (from 1) of every key and value."""

    path: Path
    raw: bytes = b""
    lines: list[str] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)
    values: dict[Keys, tuple[int, int]] = field(default_factory=dict)
    keys: dict[Keys, tuple[int, int]] = field(default_factory=dict)
    mistakes: list[tuple[int, int, str]] = field(default_factory=list)

    def message(self, place: tuple[int, int], sentence: str) -> str:
        """`the-kiss.yaml:14:3: sentence`."""
        return f"{self.path.name}:{place[0]}:{place[1]}: {printable(sentence)}"

    def written(self, keys: Keys) -> Any:
        """What was written there; None for nothing."""
        if keys not in self.values:
            return None
        value: Any = self.data
        for key in keys:
            value = value[key]
        return value

    def comment(self, place: tuple[int, int]) -> str:
        """A value that was taken for a comment: `#1a1a1a` without its quotes."""
        match = _BARE.match(self.line(place[0]), place[1] - 1)
        return match[1] if match else ""

    def line(self, number: int) -> str:
        """As it was written."""
        return self.lines[number - 1] if number <= len(self.lines) else ""

    def place(self, keys: Keys) -> tuple[int, int]:
        """Where a value stands, or the nearest one above it."""
        while keys not in self.values and keys:
            keys = keys[:-1]
        return self.values.get(keys, (1, 1))


def read_document(path: Path, raw: bytes | None = None) -> Document:
    """The file's data and places; `raw` is read in its place. Raises ConfigError where there is no
    data to speak of.

    Mistakes that leave the rest readable (a key written twice, an alias) are in `mistakes`.
    """
    raw = _read(path) if raw is None else raw
    text = _text_of(raw, path)
    document = Document(path, raw, text.splitlines())
    try:
        _refuse_aliases(text, document)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise ConfigError([document.message(*_syntax(error, place, document))]) from error
    except ReaderError as error:
        before = text[: error.position].splitlines() or [""]
        place = (len(before), len(before[-1]) + 1)
        sentence = f"holds a character, U+{error.character:04X}, that YAML does not; delete it"
        raise ConfigError([document.message(place, sentence)]) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise ConfigError([f"{path.name}: is not YAML that can be read"]) from error
    if root is None:
        raise ConfigError([f"{path.name}: is empty; write at least a setting into it"])
    if not isinstance(root, MappingNode):
        sentence = 'is not a list of settings; write "name: value" lines'
        raise ConfigError([document.message(_mark(root), sentence)])
    data = _build(root, (), document)
    document.data = data if isinstance(data, dict) else {}
    return document


def _refuse_aliases(text: str, document: Document) -> None:
    """Aliases and depth can make a small file cost much, so they go before anything is built."""
    said = "anchors (&) and aliases (*) are not used here; repeat the value, or put it in quotes"
    found, depth = [], 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if getattr(event, "anchor", None) is not None:
            found.append(document.message(_mark(event), said))
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > MAX_DEPTH:  # at once: going on costs more the deeper it is
            raise ConfigError(
                [
                    document.message(
                        _mark(event), "is nested too deeply; settings are five deep at most"
                    )
                ]
            )
    if found:
        raise ConfigError(found)


def _read(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise ConfigError([f"{path}: is no ordinary file; name a YAML file"])
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ConfigError([f"{path}: there is no such file; check the name"]) from None
    except IsADirectoryError:
        raise ConfigError([f"{path}: is a folder; name the YAML file in it"]) from None
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from error


def _text_of(raw: bytes, path: Path) -> str:
    if len(raw) > MAX_BYTES:
        raise ConfigError([f"{path.name}: is larger than {MAX_BYTES // 1024} KiB; is it YAML?"])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError([f"{path.name}: is not UTF-8 text; save it as UTF-8"]) from None
    if "\0" in text:
        raise ConfigError([f"{path.name}: is not text; is it a YAML file?"])
    return text


def _syntax(
    error: yaml.MarkedYAMLError, place: tuple[int, int], document: Document
) -> tuple[tuple[int, int], str]:
    """The place of what is no YAML, and the sentence about it."""
    if "\t" in document.line(place[0]):
        return place, "a tab stands here; indent with spaces"
    for mark in (error.context_mark, error.problem_mark):  # where a { opened, and where it failed
        line = mark.line + 1 if mark is not None else place[0]
        bare = re.search(rf"[:,[{{-]{_BARE.pattern}", document.line(line))
        if bare is not None:
            sentence = f'# starts a comment; put a value in quotes: "{bare[1]}"'
            return (line, bare.start(1) + 1), sentence
    problem = error.problem or error.context or "is not YAML"
    if "undefined alias" in problem:
        return place, "a * starts an alias, which is not used here; put the value in quotes"
    if "mapping values are not allowed" in problem:
        remedy = "check the indentation, or put text in quotes"
        return place, f"a colon stands where none can be; {remedy}"
    return place, f"this is not YAML: {problem}; check brackets and quotes, or put text in quotes"


def _mark(at: Node | Event) -> tuple[int, int]:
    mark = at.start_mark
    return (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)


def _build(node: Node, at: Keys, document: Document) -> Any:
    document.values[at] = _mark(node)
    if isinstance(node, ScalarNode):
        return _scalar(node, document)
    if node.tag not in ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"):
        document.mistakes.append((*_mark(node), _tagged(node)))
    if isinstance(node, SequenceNode):
        return [_build(n, (*at, i), document) for i, n in enumerate(node.value)]
    assert isinstance(node, MappingNode)
    data: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, ScalarNode):
            document.mistakes.append(
                (*_mark(key_node), "a name must be plain text; write name: value")
            )
            continue
        key = unicodedata.normalize("NFC", _text(key_node, document))
        if key in data:
            document.mistakes.append((*_mark(key_node), _written_twice(key_node, node)))
            continue
        place = (*at, key)
        document.keys[place] = _mark(key_node)
        data[key] = _build(value_node, place, document)
    return data


def _written_twice(again: ScalarNode, mapping: MappingNode) -> str:
    said = f'"{shortened(again.value)}" is written twice'
    same = any(key.value == again.value for key, _ in mapping.value if key is not again)
    return f"{said}; keep one" if same else f"{said}, its accents coded in two ways; keep one"


def _tagged(node: Node) -> str:
    return f"the tag {shortened(node.tag)} is not used here; delete it, or put the value in quotes"


def _text(node: ScalarNode, document: Document) -> str:
    """What was written. JSON's escapes, two for a character, are joined; a half is a mistake."""
    written: str = node.value
    if not _HALF_CHARACTER.search(written):
        return written
    joined = written.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if "\ufffd" in joined:
        sentence = "holds half of a character; write the character itself"
        document.mistakes.append((*_mark(node), sentence))
    return joined


def _scalar(node: ScalarNode, document: Document) -> Any:
    text = _text(node, document)
    if node.tag.startswith("!") or node.tag.startswith("tag:yaml.org,2002:python"):
        document.mistakes.append((*_mark(node), _tagged(node)))
        return text
    if node.style is not None:  # quoted or a block: text as it is
        return text
    if _NULL.fullmatch(text):
        return None
    if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text.lower() == "true"
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    return text
