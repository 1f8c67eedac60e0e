"""From a YAML file to frozen settings, or to every mistake in it, each with line and remedy."""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from installation.config.model import TILINGS, Config
from installation.config.yaml_reader import Document, Keys, read_document
from installation.errors import ConfigError

T = TypeVar("T", bound=BaseModel)
_LAYOUT = ("wall", "layout")
_WRONG_KIND = ("dict_type", "tuple_type", "model_type")
_OR_ELSE = {
    "int_parsing": " (or a whole number)",
    "int_type": " (or a whole number)",
    "less_than_equal": " (or a smaller whole number)",
    "greater_than_equal": " (or a larger whole number)",
    "tuple_type": " (or a list of folder names)",
}


def load_config(path: Path) -> Config:
    """The curator's config. Raises ConfigError with every mistake, in the order of their lines."""
    document = read_document(path)
    config = _validated(document, Config)
    folder = Path(os.path.abspath(path.parent / config.film.versions))  # noqa: PTH100  links stay
    film = config.film.model_copy(
        update={"versions": folder, "title": config.film.title or path.stem}
    )
    config = config.model_copy(update={"film": film})
    config._path = path
    config._places = {**document.values, **document.keys}
    return config


def load_model(path: Path, model: type[T]) -> T:
    """Any other small YAML file against a model, with the same messages. Raises ConfigError."""
    return _validated(read_document(path), model)


def _validated(document: Document, model: type[T]) -> T:
    mistakes = list(document.mistakes)
    result: T | None = None
    try:
        result = model.model_validate(document.data)
    except ValidationError as error:
        mistakes += _mistakes(error.errors(), document, model)
    if mistakes or result is None:
        lines = [document.message((line, column), text) for line, column, text in sorted(mistakes)]
        raise ConfigError(lines)
    return result


def _keys(details: ErrorDetails, document: Document) -> Keys:
    """The error's place without the names of union branches that pydantic puts between."""
    keys: Keys = ()
    loc = details["loc"]
    for index, part in enumerate(loc):
        longer = (*keys, part)
        is_last = index == len(loc) - 1
        if (
            longer in document.values
            or (is_last and details["type"] == "missing")
            or (is_last and details["type"] == "extra_forbidden")
        ):
            keys = longer
    return keys


def _mistakes(
    errors: list[ErrorDetails], document: Document, model: type[BaseModel]
) -> list[tuple[int, int, str]]:
    """One mistake for each place, though a union fails once for each of its branches."""
    by_place: dict[Keys, list[ErrorDetails]] = {}
    for details in errors:
        by_place.setdefault(_keys(details, document), []).append(details)
    places = list(by_place)
    mistakes = []
    for keys, group in by_place.items():
        goes_deeper = any(p[: len(keys)] == keys and p != keys for p in places)
        if goes_deeper and all(d["type"] in _WRONG_KIND for d in group):
            continue  # the branch that was not meant
        group.sort(key=lambda details: details["type"] != "literal_error")
        line, column, text = _mistake(group[0], document, model)
        if len(group) > 1 and group[0]["type"] == "literal_error":
            text += "".join(_OR_ELSE.get(details["type"], "") for details in group[1:])
        mistakes.append((line, column, text))
    return mistakes


def _mistake(
    details: ErrorDetails, document: Document, model: type[BaseModel]
) -> tuple[int, int, str]:
    keys = _keys(details, document)
    name = ".".join(str(key) for key in keys)
    kind = details["type"]
    if kind == "extra_forbidden":
        place = document.keys.get(keys, document.place(keys))
        return (*place, f"{name}: unknown setting{_did_you_mean(keys, document, model)}")
    if kind == "missing" and isinstance(keys[-1], str):
        return (*document.place(keys[:-1]), f"{name}: is missing; it has no default")
    said = _in_plain_words(details)
    value = details.get("input")
    if value is None and keys and kind != "missing":
        said = 'has no value; write one, and put a value that starts with # in quotes: "#000000"'
    return (*document.place(keys), f"{name}: {said}" if name else said)


def _in_plain_words(details: ErrorDetails) -> str:
    context = details.get("ctx", {})
    value = details.get("input")
    shown = f'"{value}"' if isinstance(value, str | int | float) else "this"
    kind = details["type"]
    if kind == "value_error":
        return str(context["error"])
    if kind in ("literal_error", "enum", "union_tag_invalid"):
        tags = context.get("expected") or context.get("expected_tags", "")
        choices = tags.replace("'", "").replace(" or ", ", ").split(", ")
        close = difflib.get_close_matches(str(value), choices, n=1) if value else []
        if kind == "union_tag_invalid":
            shown = f'"{context.get("tag")}"'
            close = difflib.get_close_matches(str(context.get("tag")), choices, n=1)
        hint = f'; did you mean "{close[0]}"?' if close else f"; write {', '.join(choices)}"
        return f"{shown} is not one of the choices{hint}"
    if kind.startswith(("int_", "float_")):
        return f"{shown} is not a number; write a {'whole ' * kind.startswith('int')}number"
    if kind.startswith(("greater_than", "less_than")):
        limit = context.get("ge", context.get("gt", context.get("le", context.get("lt"))))
        side = "at least" if kind.startswith("greater") else "at most"
        return f"{shown} is out of range; write {side} {limit}"
    if kind == "string_pattern_mismatch":
        return f'{shown} is not a colour; write one such as "#1a1a1a", in quotes'
    if kind == "string_type":
        return f"{shown} is not text; put it in quotes"
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        return f'{shown} stands where settings belong; write "name: value" lines below it'
    if kind in ("tuple_type", "too_short", "too_long", "missing", "list_type"):
        return "is not a list of the right length; write [x, y, width, height]"
    if kind.startswith("path"):
        return f"{shown} is not a folder's name; write it in quotes"
    return details["msg"][0].lower() + details["msg"][1:]


def _did_you_mean(keys: Keys, document: Document, model: type[BaseModel]) -> str:
    known = _fields(keys[:-1], document, model)
    close = difflib.get_close_matches(str(keys[-1]), known, n=1, cutoff=0.5)
    if close:
        return f'; did you mean "{close[0]}"?'
    return f"; known here: {', '.join(known)}" if known else ""


def _fields(parents: Keys, document: Document, model: type[BaseModel]) -> list[str]:
    """The settings known in a section."""
    current: Any = model
    for index, key in enumerate(parents):
        if parents[: index + 1] == _LAYOUT:
            kind = document.data.get("wall", {}).get("layout", {}).get("kind", "grid")
            current = TILINGS.get(kind)
        elif current is not None and key in getattr(current, "model_fields", {}):
            annotation = current.model_fields[key].annotation
            current = annotation
        elif get_args(current):  # a mapping: its values' model
            current = get_args(current)[-1]
    return list(getattr(current, "model_fields", {}))
