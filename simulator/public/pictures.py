"""What a run draws: pictures that notebooks show, and that can be saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from simulator.public.text import Text
from simulator.views.styled import plain

if TYPE_CHECKING:
    from simulator.views.graph.model import Dependencies


class Picture:
    """A picture. `draw_into`: draws it into a file whose name ends with the format."""

    def __init__(self, title: str, draw_into: Callable[[Path], None]) -> None:
        self.title = title
        self._draw_into = draw_into

    def save(self, file: str | Path) -> None:
        """Into a file whose name ends with .png, .svg or .pdf."""
        self._draw_into(Path(file))

    def __repr__(self) -> str:
        return f"<Picture: {self.title}>"

    def _repr_svg_(self) -> str:
        with TemporaryDirectory() as folder:
            file = Path(folder, "picture.svg")
            self._draw_into(file)
            return file.read_text("utf-8")


class Graph:
    """The dependencies of a run: `dependencies` has them as data. A notebook shows them as a picture and as text."""

    def __init__(self, dependencies: Dependencies) -> None:
        self.dependencies = dependencies

    def save(self, file: str | Path, theme: str = "light") -> None:
        """Into a file whose name ends with .png, .svg or .pdf."""
        from simulator.views.graph.picture import save

        save(self.dependencies, file, theme)

    def __repr__(self) -> str:
        from simulator.views.graph.text import lines

        return plain(lines(self.dependencies)).rstrip("\n")

    def _repr_html_(self) -> str:
        from simulator.views.graph.picture import svg

        return f"{svg(self.dependencies)}{Text(repr(self))._repr_html_()}"
