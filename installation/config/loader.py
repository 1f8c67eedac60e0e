"""From a YAML file to frozen settings, or to every mistake in it, each with line and remedy."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from installation.config.mistakes import mistakes_in
from installation.config.model import Config, Edition
from installation.config.yaml_reader import Document, read_document
from installation.errors import ConfigError

T = TypeVar("T", bound=BaseModel)


def edition_of(path: Path) -> Edition | None:
    """What tells a file from what it was before it was saved; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def load_config(
    path: Path, text: bytes | None = None, passed_over: Edition | None = None
) -> Config:
    """The curator's config. Raises ConfigError with every mistake, in the order of their lines.

    With `text`, what is kept of it is read in its place, as if it stood there; the edition that
    is `passed_over` for it will not be loaded until somebody saves another.
    """
    edition = edition_of(path) if text is None else passed_over
    document = read_document(path, text)
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
    log = config.log
    if log.folder is not None:
        log = log.model_copy(update={"folder": _from(path, log.folder)})
    config = config.model_copy(update={"film": film, "conform": conform, "log": log})
    config._path, config._text, config._edition = path, document.raw, edition
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
