"""One legend: its colours differ for colour-blind readers and from the background, and no two states differ by colour alone."""

from __future__ import annotations

import math
from itertools import combinations

import pytest

from simulator.views.legend import FAILED, LEGEND, RANK, THEMES, furthest_behind
from simulator.views.picture import DARK

# Machado, Oliveira and Fernandes (2009), severity 1, for linear RGB.
VISION = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
BACKGROUND = {"light": "#ffffff", "dark": DARK["axes.facecolor"]}
LEAST_DISTANCE = 0.1
"""In OKLab, where 0.02 is about the least difference that is seen side by side."""
STATES = {sign: entry for sign, entry in LEGEND.items() if entry.pattern}


def linear(color: str) -> list[float]:
    values = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values]


def contrast(one: str, other: str) -> float:
    lights = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in map(linear, (one, other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def oklab(color: str, vision: str) -> tuple[float, float, float]:
    """The perceived colour (Ottosson's OKLab)."""
    rgb = linear(color)
    r, g, b = (min(1.0, max(0.0, sum(a * x for a, x in zip(row, rgb, strict=True)))) for row in VISION[vision])
    l = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)  # noqa: E741 (its name)
    m = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    s = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
        1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
        0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s,
    )


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("vision", VISION)
def test_colors_differ_for_every_reader(theme: str, vision: str) -> None:
    colors = sorted({entry.colors[THEMES[theme]] for entry in (*STATES.values(), LEGEND[FAILED])})
    assert len(colors) == 8
    distances = {pair: math.dist(oklab(pair[0], vision), oklab(pair[1], vision)) for pair in combinations(colors, 2)}
    assert min(distances.values()) >= LEAST_DISTANCE, min(distances, key=lambda pair: distances[pair])


@pytest.mark.parametrize("theme", THEMES)
def test_colors_contrast_with_the_background(theme: str) -> None:
    """WCAG 1.4.11: 3:1 for what a reader must see to understand a picture."""
    for entry in LEGEND.values():
        assert contrast(entry.colors[THEMES[theme]], BACKGROUND[theme]) >= 3, entry.name


def test_no_state_differs_by_its_color_alone() -> None:
    shapes = [(entry.height, entry.pattern) for entry in STATES.values()]
    assert len(set(shapes)) == len(shapes)
    assert len({entry.meaning for entry in LEGEND.values()}) == len({entry.name for entry in LEGEND.values()}) == len(LEGEND)


def test_one_row_shows_what_is_furthest_behind() -> None:
    assert set(RANK) == {*STATES, "✗", "■", "✓", " "}
    assert furthest_behind(("█", "━", "✓")) == "━"
    assert furthest_behind(("▄", "█")) == "▄"
    assert furthest_behind(("✗", "~", "█")) == "✗"
