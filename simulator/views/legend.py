"""What pictures of a run say: the states of containers and the marks, in words, signs, colours and shapes. Every view draws with these.

A state never differs by its colour alone: it has a sign on the terminal, and a height and a pattern in pictures. The colours of a theme
differ for readers with protanopia, deuteranopia and tritanopia too, and contrast with the background by 3:1 (tests/views/test_legend.py).
"""

from __future__ import annotations

import msgspec

PENDING, CREATING, INITIALIZING, PULLING, INIT, RUNNING, READY = "·", ":", "-", "↓", "▒", "━", "█"
BACK_OFF, TERMINATING = "~", "▄"
DONE, FAILED, STOPPED, PASS, FAIL, ACTION = "✓", "✗", "■", "+", "x", "▼"
THEMES = {"light": 0, "dark": 1}
"""Theme -> its place in `Entry.colors`."""


class Entry(msgspec.Struct, frozen=True):
    """A state or a mark. `name` is its identifier in pages, `style` is in rich's words; `colors` are those of the light and the dark theme.

    `height` of its bar as a share of a lane, and `pattern` (solid, stripes, slashes, backslashes, hollow), are for states.
    """

    name: str
    meaning: str
    style: str
    colors: tuple[str, str]
    height: float = 0.0
    pattern: str = ""


_GREY, _GREEN, _RED = ("#929197", "#767082"), ("#217a54", "#1aaf7e"), ("#d22700", "#fd6c3a")

LEGEND = {
    PENDING: Entry("pending", "Pending: not scheduled", "dim", _GREY, 0.4, "hollow"),
    CREATING: Entry("creating", "ContainerCreating", "dim", _GREY, 0.4, "stripes"),
    INITIALIZING: Entry("initializing", "PodInitializing: waiting to start", "dim", _GREY, 0.12, "solid"),
    PULLING: Entry("pulling", "pulling its image", "cyan", ("#2697ef", "#4bbfff"), 0.4, "solid"),
    INIT: Entry("init", "init container running", "yellow", ("#cf8201", "#f7cc24"), 1.0, "slashes"),
    RUNNING: Entry("running", "running, not ready", "blue", ("#003f8f", "#5375da"), 0.7, "solid"),
    READY: Entry("ready", "ready", "green", _GREEN, 1.0, "solid"),
    BACK_OFF: Entry("back-off", "down, back-off", "magenta", ("#9b50a2", "#ef8ac1"), 0.4, "backslashes"),
    TERMINATING: Entry("terminating", "terminating", "bold", ("#43314b", "#d0dbe2"), 0.7, "hollow"),
    DONE: Entry("done", "exited with 0", "green", _GREEN),
    FAILED: Entry("failed", "failed", "bold red", _RED),
    STOPPED: Entry("stopped", "stopped on request", "dim", _GREY),
    PASS: Entry("pass", "first successful probe", "green", _GREEN),
    FAIL: Entry("fail", "probe failed", "red", _RED),
    ACTION: Entry("action", "user action", "magenta", ("#1c2430", "#e6eaf0")),
}

RANK = {
    sign: rank
    for rank, sign in enumerate(
        (FAILED, BACK_OFF, PENDING, PULLING, INIT, CREATING, INITIALIZING, RUNNING, TERMINATING, READY, STOPPED, DONE, " ")
    )
}
"""What one row shows for several containers or pods: the sign of lowest rank, because a pod is as ready as its least ready container."""


def furthest_behind(signs: tuple[str, ...]) -> str:
    """The sign that one row shows in place of several."""
    return min(signs, key=RANK.__getitem__)
