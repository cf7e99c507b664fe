"""Verdicts and results as text: a line for what holds, an explanation for what does not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from simulator.expectations.verdict import Verdict
from simulator.objects.base import JSON
from simulator.views.styled import Line, Part

if TYPE_CHECKING:  # `podsim run` prints verdicts, too, and needs nothing of `podsim test`
    from simulator.testing.task import Result

STYLES = {"expected": "", "happened": "red", "why": "", "show": "cyan", "seeds": "red"}
HOLDS, FAILS, ERROR = ".", "F", "E"


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
    """What was expected, what happened, why, and the commands that show it."""
    lines: list[Line] = []
    style = ""
    for text in verdict.lines():
        style = STYLES.get(text[:10].strip(), style)
        lines.append([Part(margin), Part(text[:10], "dim"), Part(text[10:].rstrip(), style)])
    return lines


def progress(result: Result, width: int) -> Line:
    """A test as a row of dots: `.` holds, `F` fails, `E` could not run."""
    signs = ERROR if result.error else "".join(HOLDS if verdict.holds else FAILS for verdict in result.verdicts)
    took = f"{result.took:.2f}s"
    gap = max(1, width - len(result.path) - 1 - len(signs) - len(took))
    style = "bold red" if result.error or result.failures else "green"
    return [Part(f"{result.path} "), Part(signs, style), Part(" " * gap), Part(took, "dim")]


def failures(results: Sequence[Result]) -> list[Line]:
    """Every failure explained, and every error."""
    lines: list[Line] = []
    for result in results:
        for verdict in result.failures:
            lines += [[], [Part("✗ ", "bold red"), Part(verdict.text, "bold"), Part(f"  ({verdict.place or result.path})", "dim")]]
            lines += explanation(verdict, "    ")
        if result.error:
            lines += [[], [Part("✗ ", "bold red"), Part(result.path, "bold"), Part("  could not be run", "dim")]]
            lines += [[Part(f"    {text}", "red")] for text in result.error.splitlines()]
    return lines


def holding(results: Sequence[Result]) -> list[Line]:
    """What holds, and what happened."""
    lines: list[Line] = []
    for result in results:
        for verdict in result.verdicts:
            if verdict.holds:
                lines.append([Part("✓ ", "green"), Part(verdict.text), Part(f"  ({verdict.place or result.path})", "dim")])
                lines += [[Part(f"    {text}", "dim")] for text in verdict.happened]
    return lines


def cautions(results: Sequence[Result]) -> list[Line]:
    """Warnings about manifests, and how many of the expectations that hold rest on how many assumptions."""
    lines = [[Part(f"warning: {text}", "yellow")] for result in results for text in result.warnings]
    resting = [verdict for result in results for verdict in result.verdicts if verdict.holds and verdict.rests_on]
    if resting:
        assumptions = len({text for verdict in resting for text in verdict.rests_on})
        count = (
            f"{len(resting)} expectation{'s rest' if len(resting) > 1 else ' rests'} on {assumptions} assumption{'s' * (assumptions > 1)}"
        )
        lines.append([Part(f"{count}: --strict lists them and fails", "yellow")])
    return lines


def total(results: Sequence[Result], took: float) -> str:
    """`2 failed, 11 passed, 1 error in 0.84s`."""
    failed = sum(len(result.failures) for result in results)
    passed = sum(len(result.verdicts) for result in results) - failed
    errors = sum(bool(result.error) for result in results)
    left_out = sum(result.left_out for result in results)
    parts = [(failed, "failed"), (passed, "passed"), (errors, "error" if errors == 1 else "errors"), (left_out, "deselected")]
    summary = ", ".join(f"{count} {word}" for count, word in parts if count) or "no tests ran"
    return f"{summary} in {took:.2f}s"


def as_json(results: Sequence[Result]) -> list[JSON]:
    """The same as plain values."""
    return [
        {
            "path": result.path,
            "name": result.name,
            "seconds": round(result.took, 3),
            **({"error": result.error} if result.error else {}),
            **({"wrote": result.wrote} if result.wrote else {}),
            **({"warnings": list(result.warnings)} if result.warnings else {}),
            "expectations": [
                {
                    "text": verdict.text,
                    "file": verdict.file,
                    "line": verdict.line,
                    "holds": verdict.holds,
                    "expected": verdict.expected,
                    "happened": list(verdict.happened),
                    **({"why": list(verdict.why)} if verdict.why else {}),
                    **({"show": list(verdict.shows)} if verdict.shows else {}),
                    **({"seeds": list(verdict.seeds)} if verdict.seeds else {}),
                    **({"assumptions": list(verdict.rests_on)} if verdict.rests_on else {}),
                }
                for verdict in result.verdicts
            ],
        }
        for result in results
    ]
