"""Writes the few lines of YAML that a person is to copy, so that they mean here what they say."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import yaml


class _Dumper(yaml.SafeDumper):
    """Writes fractions as the plain decimals that seconds are read from."""


def _decimal(dumper: yaml.SafeDumper, value: Fraction) -> yaml.ScalarNode:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    kind = "int" if value.denominator == 1 else "float"
    return dumper.represent_scalar(f"tag:yaml.org,2002:{kind}", f"{exact:f}")


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    """In double quotes, which alone know escapes, where something in it cannot be seen."""
    style = None if value.isprintable() else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(Fraction, _decimal)
_Dumper.add_representer(str, _text)


def yaml_lines(settings: Mapping[str, Any]) -> str:
    """Settings as lines of YAML, in the order given; names that YAML would misread in quotes."""
    return yaml.dump(
        settings, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=float("inf")
    )
