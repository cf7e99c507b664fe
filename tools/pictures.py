#!/usr/bin/env python3
"""Draws the pictures in docs/images: `make pictures`."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import simulator  # noqa: E402 (found because of the line above)
from simulator.units import SECOND  # noqa: E402
from simulator.views.timeline.picture import draw_picture  # noqa: E402

PICTURES = {"redis-late": 90 * SECOND}
"""Scenario -> the time at which its picture ends."""


def main() -> None:
    """Draw all of them into docs/images."""
    for name, end in PICTURES.items():
        draw_picture(simulator.run(ROOT / "scenarios" / name).at().snapshot, ROOT / "docs" / "images" / f"{name}.svg", end=end)


if __name__ == "__main__":
    main()
