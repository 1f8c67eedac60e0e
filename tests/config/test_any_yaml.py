"""Whatever the YAML, it is a config, or it is told in sentences with line and column."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from installation.config import diff, json_schema, load_config
from installation.errors import ConfigError

SENTENCE = re.compile(r"wall\.yaml:[1-9]\d*:[1-9]\d*: \S.*")
OF_PYDANTIC = re.compile(r"input should|validation|valid (string|integer|number)|Traceback", re.I)
SCHEMA = json_schema()
NAMES = sorted({name for model in SCHEMA["$defs"].values() for name in model.get("properties", ())})
ODD_NAMES = ["colums", "", "'Café'", "'Cafe\u0301'", "~", "1", '"\\ud800"', '"a.b"', "<<", "x" * 99]
ODD_VALUES = [
    *("", "~", "null", "none", "None", "true", "yes", "-1", "0", "1", "64", "99", "1.5", "-0.0"),
    *(".nan", ".inf", "1.0e999", "1e400px", "9" * 400, "9" * 5000, "0x1F", "1_000", "1%", "12px"),
    *("auto", "date", "grid", "row", "custom", "spotlight", "latest", "cover", "zh", "24000/1001"),
    *("00:00:01:00", "2024-03-11", "'#10101'", "#101010", "'#101010'", "'{model}'", "'{modle.x}'"),
    *("'{}'", "'{'", '"\\0"', '"\\ud800"', '"\\e[2J"', '"\\n"', "'\u0301'", "'\u202e'", "&a x"),
    *("!!int 5", "!!binary x", "!x y", "? x", "@", "`", "%", "[0, 0, 1, 1]", "[[0, 0, 1, 1]]"),
    *("{a: [0, 0, 1, 1]}", "{a: {caption: x}}", "[a, b, a]", "{kind: [a]}", "{1: {2: 3}}"),
]  # fmt: skip


ODD = st.sampled_from(ODD_VALUES) | st.text(max_size=20).map(json.dumps)
ANY_NAME = st.sampled_from(NAMES) | st.sampled_from(ODD_NAMES)
DEEPEST = 3


def _flow(pairs: list[tuple[str, str]]) -> str:
    return f"{{{', '.join(f'{name}: {value}' for name, value in pairs)}}}"


@st.composite
def anything(draw: st.DrawFn, depth: int = 0) -> str:
    """Flow YAML of lists and mappings of odd values."""
    kind = draw(st.sampled_from(["value", "list", "mapping"])) if depth < DEEPEST else "value"
    if kind == "value":
        return draw(ODD)
    inner = anything(depth + 1)
    if kind == "list":
        return f"[{', '.join(draw(st.lists(inner, max_size=3)))}]"
    return _flow(draw(st.lists(st.tuples(ANY_NAME, inner), max_size=3)))


@st.composite
def nearly(draw: st.DrawFn, schema: dict[str, Any]) -> str:
    """Flow YAML that is nearly what the schema asks for."""
    if "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
    if draw(st.integers(0, 9)) == 0:
        return draw(anything())
    if "anyOf" in schema:
        return draw(nearly(draw(st.sampled_from(schema["anyOf"]))))
    if "properties" in schema:
        known = schema["properties"]
        required = schema.get("required", []) if draw(st.integers(0, 9)) else []
        chosen = [*required, *draw(st.lists(st.sampled_from(sorted(known)), max_size=4))]
        pairs = [(name, draw(nearly(known[name]))) for name in dict.fromkeys(chosen)]
        misspelt = draw(st.integers(0, 9)) == 0
        return _flow(pairs + [(draw(ANY_NAME), draw(anything()))] * misspelt)
    if "additionalProperties" in schema:
        inner = nearly(schema["additionalProperties"])
        return _flow(draw(st.lists(st.tuples(ANY_NAME, inner), max_size=3)))
    choices = [*schema.get("enum", ()), *([schema["const"]] if "const" in schema else ())]
    if choices:
        return str(draw(st.sampled_from(choices)))
    if "default" in schema and draw(st.booleans()):
        return json.dumps(schema["default"])
    return draw(st.sampled_from(["1", "12", "1%", "75%", "a", "'{model}'", "'#fff'"]) | ODD)


@st.composite
def files(draw: st.DrawFn) -> str:
    """A section a line; the film's mostly right, so that what comes after it is reached."""
    sections = SCHEMA["properties"]
    film = "{versions: x}" if draw(st.booleans()) else draw(nearly(sections["film"]))
    chosen = draw(st.lists(st.sampled_from([name for name in sections if name != "film"])))
    pairs = [("film", film)]
    pairs += [(name, draw(nearly(sections[name]))) for name in dict.fromkeys(chosen)]
    if draw(st.integers(0, 9)) == 0:
        pairs.append((draw(ANY_NAME), draw(anything())))
    return "".join(f"{name}: {value}\n" for name, value in pairs)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files())
def test_a_file_is_a_config_or_told_with_line_and_column(tmp_path: Path, text: str) -> None:
    path = tmp_path / "wall.yaml"
    path.write_text(text, "utf-8")
    told = None
    try:
        config = load_config(path)
    except ConfigError as error:
        told = error.messages
    event("a config" if told is None else "told")
    if told is None:
        assert diff(config, config) == frozenset()
        assert config.film.length_frames != 0
        return
    assert told
    for message in told:
        assert SENTENCE.fullmatch(message), message
        assert not OF_PYDANTIC.search(message), message
        assert message.isprintable(), message
        assert len(message) < 400, message


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=200), st.text("film:{}[]-#&*!|>'\"\n\t 0%, wall", max_size=80)))
def test_no_text_raises_anything_but_sentences(tmp_path: Path, text: str) -> None:
    path = tmp_path / "wall.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    told: list[str] = []
    try:
        load_config(path)
    except ConfigError as error:
        told = error.messages
    assert all("wall.yaml" in message for message in told)
