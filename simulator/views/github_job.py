"""What GitHub Actions reads from the output of a command: annotations at lines of files, with a link to the job's summary."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from simulator.views.styled import visible

_MARKDOWN = frozenset("|`*~[]!@\\")
LINES = 3
"""An annotation is that long at most: beside the lines of a change, more is in the way."""


class Annotation(msgspec.Struct, frozen=True):
    """A message at a line of a file (0: of the whole file). `level`: error, warning or notice."""

    level: str
    file: str
    line: int
    title: str
    lines: tuple[str, ...]


class Job(msgspec.Struct, frozen=True):
    """A job of GitHub Actions: the folder of the repository in which podsim runs, and the addresses of its summary.

    `page` is the file to which Markdown for the summary is added, `link` is where people see it; empty: there is none.
    """

    folder: str = ""
    page: str = ""
    link: str = ""

    def path(self, file: str) -> str:
        """A file as its path in the repository, which is what GitHub knows."""
        return Path(os.path.normpath(os.path.join(self.folder, file))).as_posix() if self.folder else file  # noqa: PTH118 (no pathlib)

    def command(self, note: Annotation) -> str:
        """The workflow command that makes an annotation."""
        place = f"file={_property(self.path(note.file))}" + (f",line={note.line}" if note.line else "")
        link = [f"Details: {self.link}"] if self.link else []
        lines = [line for text in note.lines for line in text.splitlines() if line]
        text = "\n".join([*lines[: LINES - len(link)], *link])
        return f"::{note.level} {place},title={_property(note.title)}::{_data(text)}"

    def add_summary(self, markdown: str, page: str | None = None) -> None:
        """Add to the summary of the job, if there is one, or to another `page`. Raises OSError."""
        if target := page or self.page:
            with Path(target).open("a", encoding="utf-8") as file:
                file.write(markdown)


def job_from(environment: Mapping[str, str], folder: str) -> Job:
    """The job that an environment describes, for a command that runs in that folder."""
    workspace = environment.get("GITHUB_WORKSPACE", "")
    server, repository, run = (environment.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    return Job(
        folder=os.path.relpath(folder, workspace) if workspace else "",
        page=environment.get("GITHUB_STEP_SUMMARY", ""),
        link=f"{server}/{repository}/actions/runs/{run}" if server and repository and run else "",
    )


def details(title: str, place: str, lines: Iterable[str]) -> list[str]:
    """A part of a summary that readers can open: a title in code, with its place, and text."""
    text = [line for part in lines for line in visible(part).split("\n")]
    # A fence that no line of the text can close.
    longest = max((len(line) - len(line.lstrip("`")) for line in map(str.lstrip, text)), default=0)
    fence = "`" * max(3, longest + 1)
    at = f" ({place})" if place else ""
    return [f"<details><summary><code>{_one_line(title)}</code>{_one_line(at)}</summary>", "", fence, *text, fence, "</details>"]


def cell(text: str) -> str:
    """Text for a cell of a table, without a meaning in Markdown: no link, no picture, no mention."""
    return "".join(f"&#{ord(letter)};" if letter in _MARKDOWN else letter for letter in _one_line(text))


def code(text: str) -> str:
    """Text as code in Markdown, whatever backticks it has."""
    line = visible(text).replace("\n", " ")
    longest = max(map(len, re.findall("`+", line)), default=0)
    edge = " " if line.startswith("`") or line.endswith("`") else ""
    fence = "`" * (longest + 1)
    return f"{fence}{edge}{line}{edge}{fence}"


def _one_line(text: str) -> str:
    return _html(visible(text)).replace("\n", " ")


def _data(text: str) -> str:
    """A message as the runner wants it: characters that would end it are escaped."""
    return visible(text).replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
