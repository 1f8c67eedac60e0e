"""Reads YAML that people wrote: safely, and remembering where each key and value stands.

Plain mappings, lists and scalars only: no anchors, aliases or tags, nothing that runs or imports.
Scalars follow YAML 1.2: a timecode, a date or `yes` stay the text that was written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.events import CollectionEndEvent, CollectionStartEvent, Event
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from installation.errors import ConfigError

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
Keys = tuple[str | int, ...]
_NULL = re.compile(r"(~|null|Null|NULL|)")
_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")


@dataclass
class Document:
    """A YAML file as plain data, with the line and column (from 1) of every key and value."""

    path: Path
    data: dict[str, Any] = field(default_factory=dict)
    values: dict[Keys, tuple[int, int]] = field(default_factory=dict)
    keys: dict[Keys, tuple[int, int]] = field(default_factory=dict)
    mistakes: list[tuple[int, int, str]] = field(default_factory=list)

    def message(self, place: tuple[int, int], sentence: str) -> str:
        """`the-kiss.yaml:14:3: sentence`."""
        return f"{self.path.name}:{place[0]}:{place[1]}: {sentence}"

    def place(self, keys: Keys) -> tuple[int, int]:
        """Where a value stands, or the nearest one above it."""
        while keys not in self.values and keys:
            keys = keys[:-1]
        return self.values.get(keys, (1, 1))


def read_document(path: Path) -> Document:
    """The file's data and places. Raises ConfigError where there is no data to speak of.

    Mistakes that leave the rest readable (a key written twice, an alias) are in `mistakes`.
    """
    text = _read_text(path)
    document = Document(path)
    try:
        _refuse_aliases(text, document)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise ConfigError([document.message(place, _syntax(error, text, place))]) from error
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
            raise ConfigError([document.message(_mark(event), "is nested too deeply")])
    if found:
        raise ConfigError(found)


def _read_text(path: Path) -> str:
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise ConfigError([f"{path}: is no ordinary file; name a YAML file"])
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ConfigError([f"{path}: there is no such file; check the name"]) from None
    except IsADirectoryError:
        raise ConfigError([f"{path}: is a folder; name the YAML file in it"]) from None
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from error
    if len(raw) > MAX_BYTES:
        raise ConfigError([f"{path.name}: is larger than {MAX_BYTES // 1024} KiB; is it YAML?"])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError([f"{path.name}: is not UTF-8 text; save it as UTF-8"]) from None
    if "\0" in text:
        raise ConfigError([f"{path.name}: is not text; is it a YAML file?"])
    return text


def _syntax(error: yaml.MarkedYAMLError, text: str, place: tuple[int, int]) -> str:
    lines = text.splitlines()
    line = lines[place[0] - 1] if place[0] <= len(lines) else ""
    if "\t" in line:
        return "a tab stands here; indent with spaces"
    problem = error.problem or error.context or "is not YAML"
    if "undefined alias" in problem:
        return "a * starts an alias, which is not used here; put the value in quotes"
    if "mapping values are not allowed" in problem:
        return "a colon stands where none can be; check the indentation, or put text in quotes"
    return f"this is not YAML: {problem}"


def _mark(at: Node | Event) -> tuple[int, int]:
    mark = at.start_mark
    return (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)


def _build(node: Node, at: Keys, document: Document) -> Any:
    document.values[at] = _mark(node)
    if isinstance(node, ScalarNode):
        return _scalar(node, document)
    if node.tag not in ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"):
        document.mistakes.append((*_mark(node), f"the tag {node.tag} is not used here"))
    if isinstance(node, SequenceNode):
        return [_build(n, (*at, i), document) for i, n in enumerate(node.value)]
    assert isinstance(node, MappingNode)
    data: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, ScalarNode):
            document.mistakes.append((*_mark(key_node), "a name must be plain text"))
            continue
        key = key_node.value
        if key in data:
            document.mistakes.append((*_mark(key_node), f'"{key}" is written twice; keep one'))
        place = (*at, key)
        document.keys[place] = _mark(key_node)
        data[key] = _build(value_node, place, document)
    return data


def _scalar(node: ScalarNode, document: Document) -> Any:
    text: str = node.value
    if node.tag.startswith("!") or node.tag.startswith("tag:yaml.org,2002:python"):
        document.mistakes.append((*_mark(node), f"the tag {node.tag} is not used here"))
        return text
    if node.style is not None:  # quoted or a block: text as it is
        return text
    if _NULL.fullmatch(text):
        return None
    if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text.lower() == "true"
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
