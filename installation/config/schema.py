"""The JSON Schema of the curator's YAML, for editors that complete and check while typing."""

from __future__ import annotations

from typing import Any

from installation.config.captions import NO_CAPTIONS
from installation.config.model import Config


def json_schema() -> dict[str, Any]:
    """The schema (JSON Schema 2020-12), as `installation schema` prints it."""
    schema = Config.model_json_schema()
    wall = schema["$defs"]["WallConfig"]["properties"]
    # kind may be left out, so the schema must not insist on telling the kinds apart by it
    wall["layout"].pop("discriminator", None)
    wall["layout"]["anyOf"] = wall["layout"].pop("oneOf", wall["layout"].get("anyOf", []))
    wall["captions"] = {"anyOf": [wall["captions"], {"const": NO_CAPTIONS}]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Installation: a wall",
    }
