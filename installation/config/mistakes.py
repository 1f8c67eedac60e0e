"""What pydantic found wrong, said to a curator: where it stands, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from installation.config.layouts import LAYOUTS
from installation.config.spelling import nearest, shortened
from installation.config.yaml_reader import Document, Keys

_LAYOUT = ("wall", "layout")
_SECTION_KINDS = ("dict_type", "model_type", "model_attributes_type")
_RANGE_KINDS = ("greater_than", "greater_than_equal", "less_than", "less_than_equal")
_RECTANGLE = "[x, y, width, height]"


class Mistake(NamedTuple):
    """One sentence, and the line and column (from 1) it is about."""

    line: int
    column: int
    sentence: str


def mistakes_in(
    error: ValidationError, document: Document, model: type[BaseModel]
) -> Iterator[Mistake]:
    """One mistake for each place, though a union fails once for each of its branches."""
    by_place: dict[Keys, list[ErrorDetails]] = {}
    for details in error.errors(include_url=False):
        by_place.setdefault(_keys(details, document), []).append(details)
    for keys, group in by_place.items():
        goes_deeper = any(len(p) > len(keys) and p[: len(keys)] == keys for p in by_place)
        if not (goes_deeper and all(map(_is_of_another_kind, group))):
            yield _Place(keys, document, model).mistake(sorted(group, key=_rank))


def _keys(details: ErrorDetails, document: Document) -> Keys:
    """The error's place without the names of union branches that pydantic puts between."""
    keys: Keys = ()
    loc = details["loc"]
    for index, part in enumerate(loc):
        if loc[:index] == _LAYOUT:
            continue  # the kind, though a setting may be called so by mistake
        longer = (*keys, part)
        is_unwritten = index == len(loc) - 1 and details["type"] in ("missing", "extra_forbidden")
        if longer in document.values or is_unwritten:
            keys = longer
    if details["type"] == "union_tag_invalid":
        return (*keys, "kind")
    item = details.get("ctx", {}).get("item")
    return keys if item is None else (*keys, item)


def _is_of_another_kind(details: ErrorDetails) -> bool:
    """True for the branch of a union that was not meant."""
    is_word = isinstance(details.get("input"), str)
    kind = details["type"]
    return kind in (*_SECTION_KINDS, "tuple_type") or (kind == "literal_error" and not is_word)


def _rank(details: ErrorDetails) -> int:
    """First what is nearest to being right: a number that is too large, then a word misspelt."""
    kinds = ("told", *_RANGE_KINDS, "literal_error")
    return kinds.index(details["type"]) if details["type"] in kinds else len(kinds)


class _Place:
    """A place in the file, and what the model knows of it."""

    def __init__(self, keys: Keys, document: Document, model: type[BaseModel]) -> None:
        self._keys = keys
        self._document = document
        self._model = model

    def mistake(self, group: list[ErrorDetails]) -> Mistake:
        details = group[0]
        place = self._document.place(self._keys)
        if details["type"] == "extra_forbidden" or "[key]" in details["loc"]:
            place = self._document.keys.get(self._keys, place)
        sentence = self._sentence(group)
        written = self._document.written(self._keys)
        if isinstance(written, str):
            sentence = sentence.replace(written, shortened(written))
        name = ".".join(shortened(str(key)) for key in self._keys)
        return Mistake(*place, f"{name}: {sentence}" if name else sentence)

    def _sentence(self, group: list[ErrorDetails]) -> str:
        details, kind = group[0], group[0]["type"]
        if kind == "extra_forbidden":
            return f"unknown setting{self._known_settings()}"
        if kind == "missing" and isinstance(self._keys[-1], str):
            return "is missing; write it, for it has no default"
        if kind != "missing" and self._keys and self._document.written(self._keys) is None:
            return self._without_value(details)
        if kind == "told":
            return str(details["ctx"]["sentence"])
        sentence = self._in_plain_words(details, {other["type"] for other in group})
        if sentence.endswith("?"):
            return sentence
        return sentence + "".join(map(self._or_else, group[1:]))

    def _without_value(self, details: ErrorDetails) -> str:
        comment = self._document.comment(self._document.place(self._keys))
        if comment:
            return f'has no value, for # starts a comment; put it in quotes: "{shortened(comment)}"'
        if details["type"] == "told":
            return str(details["ctx"]["sentence"])
        is_setting = self._keys[-1] in self._settings(self._keys[:-1])  # and no item of a list
        can_go = is_setting and not self._settings(self._keys[:-1])[self._keys[-1]].is_required()
        return f"has no value; write one{', or leave the line out' * can_go}"

    def _in_plain_words(self, details: ErrorDetails, kinds: set[str]) -> str:
        context, kind = details.get("ctx", {}), details["type"]
        is_tag = kind == "union_tag_invalid"
        written = self._document.written(self._keys) if is_tag else details.get("input")
        shown = _shown(written)
        if kind == "value_error":
            return str(context["error"])
        if kind in ("literal_error", "enum", "union_tag_invalid"):
            choices = _choices(details)
            close = nearest(str(written), choices)
            hint = f'did you mean "{close}"?' if close else f"write {', '.join(choices)}"
            return f"{shown} is not one of the choices; {hint}"
        if kind in _RANGE_KINDS:
            return f"{shown} is out of range; write {self._range()}"
        if kind.startswith(("int_", "float_", "finite_")):
            whole = "whole " * kind.startswith("int_")
            return f"{shown} is not a {whole}number; write {self._range()}"
        if kind == "string_pattern_mismatch":
            return f'{shown} is not a colour; write one such as "#1a1a1a", in quotes'
        if kind.startswith("bool_"):
            return f"{shown} is neither; write true or false"
        if kind == "string_type":
            return f"{shown} is not text; put it in quotes"
        if {"tuple_type", "dict_type"} <= kinds:
            return f"{shown} is no list; write a list of {_RECTANGLE}, or one for each folder"
        if kind in _SECTION_KINDS:
            return f'{shown} stands where settings belong; write "name: value" lines below it'
        if kind in ("tuple_type", "too_short", "too_long", "missing", "list_type"):
            return f"is not a list of the right length; write {_RECTANGLE}"
        if kind.startswith("path"):
            return f"{shown} is not a folder's name; write it in quotes"
        return details["msg"][0].lower() + details["msg"][1:]

    def _or_else(self, details: ErrorDetails) -> str:
        """What else could stand there, from another branch of a union."""
        kind = details["type"]
        if kind == "literal_error":
            return f", or {', '.join(_choices(details))}"
        if kind.startswith("int_"):
            return f", or {self._range()}"
        return {"tuple_type": ", or a list of names", "string_type": ", or a name in quotes"}.get(
            kind, ""
        )

    def _range(self) -> str:
        ends: list[Any] = []
        for end in range(len(self._keys)):  # the setting itself, or the list that this is in
            field = self._settings(self._keys[:end]).get(self._keys[end])
            ends = list(_ends(field)) if field is not None else ends
        lowest = [end.ge for end in ends if hasattr(end, "ge")]
        highest = [end.le for end in ends if hasattr(end, "le")]
        return f"{lowest[0]} to {highest[0]}" if lowest and highest else "another number"

    def _known_settings(self) -> str:
        known = [str(name) for name in self._settings(self._keys[:-1])]
        close = nearest(str(self._keys[-1]), known, likeness=0.5)
        if close:
            return f'; did you mean "{close}"?'
        return f"; known here: {', '.join(known)}" if known else ""

    def _settings(self, keys: Keys) -> Mapping[str | int, FieldInfo]:
        """The settings of the section there; none where there is no section."""
        return _by_name(self._section(keys))

    def _section(self, keys: Keys) -> Any:
        """The model of the section there; of something else, what little is known."""
        current: Any = self._model
        for index, key in enumerate(keys):
            if keys[: index + 1] == _LAYOUT:
                kind = self._document.written((*_LAYOUT, "kind"))
                current = LAYOUTS.get(kind if isinstance(kind, str) else "grid")
            elif key in (known := _by_name(current)):
                current = known[key].annotation
            elif get_args(current):  # a mapping or a list: its values' model
                current = [kind for kind in get_args(current) if kind is not Ellipsis][-1]
        return current


def _by_name(section: Any) -> dict[str | int, FieldInfo]:
    """A section's settings by the names they are written with."""
    fields: dict[str, FieldInfo] = getattr(section, "model_fields", {})
    return {field.alias or name: field for name, field in fields.items()}


def _choices(details: ErrorDetails) -> list[str]:
    context = details.get("ctx", {})
    listed: str = context.get("expected") or context.get("expected_tags", "")
    return listed.replace("'", "").replace(" or ", ", ").split(", ")


def _ends(of: Any) -> Iterator[Any]:
    """Every bound that a field's annotation names."""
    if isinstance(of, FieldInfo):
        yield from of.metadata
        yield from _ends(of.annotation)
    for inner in get_args(of):
        yield from _ends(inner)


def _shown(written: Any) -> str:
    if isinstance(written, bool):
        return f'"{str(written).lower()}"'
    return f'"{written}"' if isinstance(written, str | int | float) else "this"
