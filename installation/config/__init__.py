"""The YAML a curator writes: models, the loader that keeps line and column, messages, schema, diff.

May import `film`. Owns PyYAML. Everything is immutable and may be used from any thread.
"""

from installation.config.diff import diff
from installation.config.loader import load_config, load_model
from installation.config.model import (
    Captions,
    ColumnLayout,
    Config,
    CustomLayout,
    FilmConfig,
    GridLayout,
    LayoutConfig,
    Length,
    OffAir,
    PlaybackConfig,
    RowLayout,
    SpotlightLayout,
    VersionOverride,
    WallConfig,
)
from installation.config.schema import json_schema

__all__ = [
    "Captions",
    "ColumnLayout",
    "Config",
    "CustomLayout",
    "FilmConfig",
    "GridLayout",
    "LayoutConfig",
    "Length",
    "OffAir",
    "PlaybackConfig",
    "RowLayout",
    "SpotlightLayout",
    "VersionOverride",
    "WallConfig",
    "diff",
    "json_schema",
    "load_config",
    "load_model",
]
