"""Makes any decoded picture the plain case: upright, square pixels, BT.709 in video range, 4:2:0.

Pictures are scaled in their own transfer (gamma), which is kept; of colour only the Y'CbCr matrix
and range are converted, as `decode.image` does it where a version's own file is played.
"""

from __future__ import annotations

from fractions import Fraction

import av
from av.filter import Graph

from installation.decode.image import colours_of
from installation.decode.stamp import stamp_rows
from installation.library.mezzanine import PIXEL_FORMAT, Size

_FILTER = "lanczos+accurate_rnd"
_FULL_COLOUR = "+full_chroma_inp+full_chroma_int"
_TURNS = {0: (), 90: ("transpose=clock",), 180: ("hflip", "vflip"), 270: ("transpose=cclock",)}


class PlainPicture:
    """Converts one film's pictures to one size; the filters are made anew where the film changes.

    One thread at a time may use it.
    """

    def __init__(self, size: Size, rotation_deg: int, threads: int) -> None:
        self._size = size
        self._rotation_deg = rotation_deg
        self._threads = threads
        self._graph: Graph | None = None
        self._made_for: tuple[object, ...] = ()

    def of(self, frame: av.VideoFrame) -> av.VideoFrame:
        """The picture, with empty rows for the stamp under it; its memory may be written to."""
        matrix, full = colours_of(frame)
        form = (frame.width, frame.height, frame.format.name, matrix, full)
        if self._graph is None or form != self._made_for:
            self._graph, self._made_for = self._filters(frame, matrix, full), form
        self._graph.vpush(frame)
        return self._graph.vpull()

    def _filters(self, frame: av.VideoFrame, matrix: str, full: bool) -> Graph:
        width, height = self._size
        coded = (height, width) if self._rotation_deg in (90, 270) else (width, height)
        is_plain = matrix == "bt709" and not full and frame.format.name == PIXEL_FORMAT
        colours = {
            "flags": _FILTER if is_plain else _FILTER + _FULL_COLOUR,
            "in_color_matrix": matrix,
            "in_range": "pc" if full else "tv",
            "out_color_matrix": "bt709",
            "out_range": "tv",
        }
        options = ":".join(f"{name}={value}" for name, value in colours.items())
        graph = Graph()
        graph.threads = self._threads
        chain = [
            graph.add_buffer(
                width=frame.width,
                height=frame.height,
                format=frame.format,
                time_base=frame.time_base or Fraction(1, av.time_base),
            ),
            graph.add("scale", f"{coded[0]}:{coded[1]}:{options}"),
            graph.add("format", PIXEL_FORMAT),
        ]
        for turn in _TURNS[self._rotation_deg]:
            name, _, arguments = turn.partition("=")
            chain.append(graph.add(name, arguments or None))
        chain.append(graph.add("pad", f"{width}:{height + stamp_rows(width, height)}:0:0"))
        chain.append(graph.add("buffersink"))
        graph.link_nodes(*chain).configure()
        return graph
