"""Verdicts for reading: a line for what holds, an explanation for what does not."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.testing.verdict import Verdict
from simulator.views.timeline_text import Line, Part

STYLES = {"expected": "", "happened": "red", "why": "", "show": "cyan"}


def verdict_lines(verdicts: Sequence[Verdict], margin: str = "  ") -> list[Line]:
    """One line for each, and the explanation below those that do not hold."""
    lines: list[Line] = []
    for verdict in verdicts:
        sign, style = ("✓", "green") if verdict.holds else ("✗", "bold red")
        lines.append([Part(f"{margin}{sign} ", style), Part(verdict.text), Part(f"  ({verdict.place})" if verdict.place else "", "dim")])
        if not verdict.holds:
            lines += explanation(verdict, f"{margin}    ")
    return lines


def explanation(verdict: Verdict, margin: str) -> list[Line]:
    """What was expected, what happened, why, and what shows it."""
    lines: list[Line] = []
    style = ""
    for text in verdict.lines():
        style = STYLES.get(text[:10].strip(), style)
        lines.append([Part(margin), Part(text[:10], "dim"), Part(text[10:].rstrip(), style)])
    return lines
