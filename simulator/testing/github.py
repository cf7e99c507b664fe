"""Results for GitHub Actions: annotations at the lines of expectations, and a summary of the job in Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from simulator.expectations.verdict import Verdict
from simulator.testing.task import Result

_PLACE = re.compile(r"^(?P<file>[^:\s]+):(?P<line>\d+):(?:(?P<column>\d+):)? (?P<message>.*)$")


def commands(results: Sequence[Result]) -> list[str]:
    """Workflow commands: GitHub shows them beside the lines of a pull request."""
    lines = []
    for result in results:
        lines += [_command(one.file or result.path, one.line, one.text, "\n".join(one.lines())) for one in result.failures]
        for problem in result.error.splitlines():
            match = _PLACE.match(problem)
            file, line, message = (match["file"], int(match["line"]), match["message"]) if match else (result.path, 0, problem)
            lines.append(_command(file, line, "podsim test", message))
    return lines


def _command(file: str, line: int, title: str, message: str) -> str:
    place = f"file={_property(file)},line={line}" if line else f"file={_property(file)}"
    return f"::error {place},title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    """A message as the runner wants it: characters that would end it are escaped."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def summary(results: Sequence[Result], total: str) -> str:
    """The summary page of the job: a table of tests, and the failures."""
    lines = [f"## {'✅' if all(not one.failures and not one.error for one in results) else '❌'} podsim test: {total}", ""]
    lines += ["| test | holds | fails | seconds |", "|---|---:|---:|---:|"]
    for result in results:
        failed = "error" if result.error else str(len(result.failures))
        lines.append(f"| {_cell(result.path)} | {len(result.verdicts) - len(result.failures)} | {failed} | {result.took:.2f} |")
    for result in results:
        for verdict in result.failures:
            lines += ["", *_failure(verdict)]
        if result.error:
            lines += ["", f"### {result.path}", "```", result.error, "```"]
    return "".join(f"{line}\n" for line in lines)


def _failure(verdict: Verdict) -> list[str]:
    place = f" ({verdict.place})" if verdict.place else ""
    title = f"<details><summary><code>{_html(verdict.text)}</code>{_html(place)}</summary>"
    return [title, "", "```", *verdict.lines(), "```", "</details>"]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
