"""The YAML a curator writes: models, the loader that keeps line and column, messages, schema, diff.

May import `film`. Owns PyYAML. Everything is immutable and may be used from any thread.
"""

from installation.config.amount import Amount
from installation.config.captions import Captions
from installation.config.conforming import ConformConfig
from installation.config.diff import diff, keeping_what_needs_a_start
from installation.config.kiosk import KioskConfig
from installation.config.layouts import (
    ColumnLayout,
    CustomLayout,
    GridLayout,
    LayoutConfig,
    RowLayout,
    SpotlightLayout,
)
from installation.config.length import Length
from installation.config.loader import load_config, load_model, load_placed
from installation.config.model import (
    Config,
    FilmConfig,
    OffAir,
    PlaybackConfig,
    WallConfig,
)
from installation.config.play_log import PlayLogConfig
from installation.config.schedule import Hours, ScheduleConfig
from installation.config.schema import json_schema
from installation.config.screens import ScreenConfig
from installation.config.sound import SoundConfig
from installation.config.subtitles import SubtitlesConfig
from installation.config.versions import VersionOverride, VersionSettings
from installation.config.watch import ConfigWatch
from installation.config.yaml_writer import yaml_lines

__all__ = [
    "Amount",
    "Captions",
    "ColumnLayout",
    "Config",
    "ConfigWatch",
    "ConformConfig",
    "CustomLayout",
    "FilmConfig",
    "GridLayout",
    "Hours",
    "KioskConfig",
    "LayoutConfig",
    "Length",
    "OffAir",
    "PlayLogConfig",
    "PlaybackConfig",
    "RowLayout",
    "ScheduleConfig",
    "ScreenConfig",
    "SoundConfig",
    "SpotlightLayout",
    "SubtitlesConfig",
    "VersionOverride",
    "VersionSettings",
    "WallConfig",
    "diff",
    "json_schema",
    "keeping_what_needs_a_start",
    "load_config",
    "load_model",
    "load_placed",
    "yaml_lines",
]
