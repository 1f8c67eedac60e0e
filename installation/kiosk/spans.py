"""Stretches of time as pairs of moments, in order and apart, and what they have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Span = tuple[int, int]
"""From a moment to a later one."""


def joined(spans: Iterable[Span]) -> list[Span]:
    """In order, those that touch or overlap as one; none without length."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def common(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """What lies in both; each of them as `joined` makes them."""
    found: list[Span] = []
    i = j = 0
    while i < len(one) and j < len(other):
        start, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if start < end:
            found.append((start, end))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return found


def without(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """What lies in the first and not in the second; each of them as `joined` makes them."""
    found: list[Span] = []
    for start, end in one:
        for gone_from, gone_to in other:
            if gone_to <= start or gone_from >= end:
                continue
            if start < gone_from:
                found.append((start, gone_from))
            start = max(start, gone_to)
        if start < end:
            found.append((start, end))
    return found


def length(spans: Iterable[Span]) -> int:
    """Of all together."""
    return sum(end - start for start, end in spans)
