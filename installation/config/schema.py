"""The JSON Schema of the curator's YAML, for editors that complete and check while typing."""

from __future__ import annotations

from typing import Any

from installation.config.model import Config


def json_schema() -> dict[str, Any]:
    """The schema (JSON Schema 2020-12), as `installation schema` prints it."""
    schema = Config.model_json_schema()
    layout = schema["$defs"]["WallConfig"]["properties"]["layout"]
    # kind may be left out, so the schema must not insist on telling the kinds apart by it
    layout.pop("discriminator", None)
    layout["anyOf"] = layout.pop("oneOf", layout.get("anyOf", []))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Installation: a wall",
    }
