"""What all pictures share: two themes, and files whose bytes depend only on what is drawn."""

from __future__ import annotations

from contextlib import AbstractContextManager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.errors import UsageError
from simulator.whole_files import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

THEMES = ("light", "dark")
DARK = {
    "figure.facecolor": "#12161c",
    "axes.facecolor": "#12161c",
    "savefig.facecolor": "#12161c",
    "axes.edgecolor": "#98a4b3",
    "axes.labelcolor": "#e6eaf0",
    "text.color": "#e6eaf0",
    "xtick.color": "#e6eaf0",
    "ytick.color": "#e6eaf0",
    "grid.color": "#333c48",
    "lines.color": "#e6eaf0",
    "legend.labelcolor": "#e6eaf0",
}
LIGHT = {"grid.color": "#dddddd", "lines.color": "#000000"}
STEADY = {"svg.hashsalt": "podsim", "svg.fonttype": "none"}
DATES: dict[str, dict[str, Any]] = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
"""The dates that matplotlib would write into a file of that format."""


def new_figure(**options: Any) -> Figure:
    """An empty figure. Raises UsageError without matplotlib, which nothing but pictures needs."""
    required_matplotlib()
    from matplotlib.figure import Figure

    return Figure(**options)


def theme(name: str = "light") -> AbstractContextManager[None]:
    """A context for drawing and saving: the colours of the theme, and the same bytes for the same picture. Raises as `new_figure`."""
    matplotlib = required_matplotlib()
    looks: Any = {**(DARK if name == "dark" else LIGHT), **STEADY}
    return matplotlib.rc_context(looks)  # type: ignore[no-any-return]


def required_matplotlib() -> Any:
    """The library. Raises UsageError when it is not installed."""
    try:
        import matplotlib
    except ImportError as error:
        raise UsageError("pictures need matplotlib, which is not installed: pip install matplotlib") from error
    return matplotlib


def ink() -> str:
    """The colour of text and lines."""
    import matplotlib

    return str(matplotlib.rcParams["lines.color"])


def save(figure: Figure, file: str | Path) -> None:
    """Save into a file; the suffix of its name is the format."""
    suffix, content = Path(file).suffix, BytesIO()
    figure.savefig(content, format=suffix[1:] or None, metadata=DATES.get(suffix), dpi=160)
    write_whole(file, content.getvalue())
