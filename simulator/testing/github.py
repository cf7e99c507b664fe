"""Results for GitHub Actions: annotations at the lines of expectations, and a summary of the job in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from simulator.testing.task import Result
from simulator.views.github_job import Annotation, cell, details

_PLACE = re.compile(r"^(?P<file>[^:\s]+):(?P<line>\d+):(?:(?P<column>\d+):)? (?P<message>.*)$")


def as_annotations(results: Sequence[Result]) -> Iterator[Annotation]:
    """An annotation for each failure and for each problem: what was expected, and what happened."""
    for result in results:
        for one in result.failures:
            happened = one.happened[0] if one.happened else ""
            yield Annotation("error", one.file or result.path, one.line, one.text, (f"Expected: {one.expected}", f"Happened: {happened}"))
        for problem in result.error.splitlines():
            match = _PLACE.match(problem)
            file, line, message = (match["file"], int(match["line"]), match["message"]) if match else (result.path, 0, problem)
            yield Annotation("error", file, line, "podsim test", (message,))


def summary(results: Sequence[Result], total: str) -> str:
    """The summary page of the job: a table of tests, and the failures."""
    lines = [f"## {'✅' if all(not one.failures and not one.error for one in results) else '❌'} podsim test: {total}", ""]
    lines += ["| test | holds | fails | seconds |", "|---|---:|---:|---:|"]
    for result in results:
        failed = "error" if result.error else str(len(result.failures))
        lines.append(f"| {cell(result.path)} | {len(result.verdicts) - len(result.failures)} | {failed} | {result.took:.2f} |")
    for result in results:
        for verdict in result.failures:
            lines += ["", *details(verdict.text, verdict.place, verdict.lines())]
        if result.pages:
            lines += ["", f"Report page: {', '.join(cell(Path(page).name) for page in result.pages)}"]
        if result.error:
            lines += ["", *details(result.path, "could not run", result.error.splitlines())]
    return "".join(f"{line}\n" for line in lines)
