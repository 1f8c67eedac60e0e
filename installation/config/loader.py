"""From a YAML file to frozen settings, or to every mistake in it, each with line and remedy."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from installation.config.mistakes import mistakes_in
from installation.config.model import Config
from installation.config.yaml_reader import Document, read_document
from installation.errors import ConfigError

T = TypeVar("T", bound=BaseModel)


def load_config(path: Path) -> Config:
    """The curator's config. Raises ConfigError with every mistake, in the order of their lines."""
    document = read_document(path)
    config = _validated(document, Config)
    film = config.film.model_copy(
        update={
            "versions": _from(path, config.film.versions),
            "title": config.film.title or path.stem,
        }
    )
    conform = config.conform
    if conform.cache is not None:
        conform = conform.model_copy(update={"cache": _from(path, conform.cache)})
    config = config.model_copy(update={"film": film, "conform": conform})
    config._path = path
    config._places = {**document.values, **document.keys}
    return config


def load_model(path: Path, model: type[T]) -> T:
    """Any other small YAML file against a model, with the same messages. Raises ConfigError."""
    return load_placed(path, model)[0]


def load_placed(path: Path, model: type[T]) -> tuple[T, Document]:
    """The same, with the document that knows where each setting stands."""
    document = read_document(path)
    return _validated(document, model), document


def _from(file: Path, folder: Path) -> Path:
    """A folder as written in a file; links stay."""
    return Path(os.path.abspath(file.parent / folder))  # noqa: PTH100


def _validated(document: Document, model: type[T]) -> T:
    mistakes = list(document.mistakes)
    result: T | None = None
    try:
        result = model.model_validate(document.data)
    except ValidationError as error:
        mistakes += mistakes_in(error, document, model)
    if mistakes or result is None:
        lines = [document.message((line, column), text) for line, column, text in sorted(mistakes)]
        raise ConfigError(lines)
    return result
