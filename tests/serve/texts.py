"""The recorded texts through the real kubectl: each recording is served at the instant of each text, and kubectl prints what it prints.

`python -m tests.serve.texts [--kubectl 1.37] [NAME...]` counts the texts that are the same, character for character, and shows the others.

Answers are shifted so that kubectl's own clock shows the recorded instant; dates in what it prints are shifted back. A command that prints
ages of its own begins at the recorded fraction of a second.
"""

from __future__ import annotations

import argparse
import difflib
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from simulator.kubectl.view import Printed, View
from simulator.serve.recorded import Recorded
from simulator.serve.shift import Shift
from simulator.units import SECOND
from tests.kubectl.commands import run
from tests.kubectl.recorded import journal_of, recordings
from tests.kubectl.test_texts import NOT_RECORDED
from tests.serve.clients import client
from tests.serve.serving import Served, served, words

OWN_CLOCK = ("describe", "events", "rollout")
"""Verbs of kubectl that print ages by kubectl's own clock."""
_DATE = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000")
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?=(?:\.\d+)?Z)")
RFC1123, RFC3339 = "%a, %d %b %Y %H:%M:%S +0000", "%Y-%m-%dT%H:%M:%S"


class Judged(NamedTuple):
    """A text, and how what kubectl prints over HTTP differs from it."""

    recording: str
    text: dict[str, Any]
    difference: tuple[str, ...]


def unshifted(text: str, offset: int) -> str:
    """Printed dates as they are without the shift; those in annotations and texts have none, and are far from the present."""
    by, now = timedelta(seconds=offset // SECOND), datetime.now(UTC)

    def back(form: str, value: str) -> str:
        date = datetime.strptime(value, form).replace(tzinfo=UTC)
        return (date - by).strftime(form) if abs(date - now) < abs(date - (now - by)) else value

    text = _DATE.sub(lambda match: back(RFC1123, match[0]), text)
    return _STAMP.sub(lambda match: back(RFC3339, match[0]), text)


def judged_texts(name: str) -> list[dict[str, Any]]:
    """The texts of a recording that follow from its objects."""
    return [text for text in recordings()[name]["texts"] if text["cmd"].split()[2:3] == [] or text["cmd"].split()[2] not in NOT_RECORDED]


def difference(kubectl: Path, at: Served, world: Recorded, text: dict[str, Any], namespace: str) -> tuple[str, ...]:
    """The shortest difference over some instants of the recorded command."""
    shortest: tuple[str, ...] | None = None
    own_clock = any(verb in text["cmd"].split()[1:3] for verb in OWN_CLOCK)
    took = 0.2
    for t in _instants(world, text, namespace, 8 if own_clock else 3):
        world._go_to(t)
        # kubectl looks at its clock at its end, which it reaches as fast as the machine lets it: as long as the last time.
        end = time.time_ns() + round(took * SECOND)
        end += (world.epoch + world.now - end) % SECOND if own_clock else 0
        offset = round((end - world.epoch - world.now) / SECOND) * SECOND
        world.shift_now = lambda offset=offset: Shift(offset)
        time.sleep(max(0.0, (end - time.time_ns()) / SECOND - took) if own_clock else 0)
        begin = time.monotonic()
        printed = at.run(kubectl, *words(text["cmd"])[1:], "-n", namespace)
        took = time.monotonic() - begin
        out, err = unshifted(printed.out, offset), unshifted(printed.err, offset)
        if (_comparable(text, out), err) == (_comparable(text, text["out"]), text.get("err", "")):
            return ()
        lines = tuple(
            difflib.unified_diff(
                (text["out"] + text.get("err", "")).splitlines(), (out + err).splitlines(), "recorded", "served", lineterm="", n=0
            )
        )
        if shortest is None or len(lines) < len(shortest):
            shortest = lines
    return shortest or ("differs in its last line break",)


def _instants(world: Recorded, text: dict[str, Any], namespace: str, count: int) -> list[int]:
    """Instants of the recorded command at which podsim's own kubectl prints the text; if there are none, its start, middle and end."""
    steps = [round((text["t"] + text["took"] * step / 40) * SECOND) for step in range(41)]
    said = Printed(_comparable(text, text["out"]), text.get("err", ""))
    agreeing = [t for t in steps if _as_comparable(text, run(text["cmd"], namespace, View(world.journal.at(t)))) == said]
    chosen = agreeing or [steps[20], steps[0], steps[40]]
    return [chosen[len(chosen) * (2 * turn + 1) // 2 // count % len(chosen)] for turn in range(count)]


def _as_comparable(text: dict[str, Any], printed: Printed) -> Printed:
    return printed._replace(out=_comparable(text, printed.out))


def _comparable(text: dict[str, Any], out: str) -> str:
    """Recordings leave the text of this annotation out."""
    if text["cmd"].endswith("-o yaml") and "last-applied-configuration: |" in out:
        head, _, rest = out.partition("last-applied-configuration: |\n")
        return f"{head}last-applied-configuration: (omitted)\n{rest.partition(chr(10))[2]}"
    return out


def judge(name: str, version: str, folder: Path, texts: list[dict[str, Any]]) -> Iterator[Judged]:
    """Hold texts of one recording against a kubectl."""
    kubectl = client(f"kubectl-{version}")
    journal = journal_of(name)
    world = Recorded(journal, journal.end)
    with served(world, folder) as at:
        for text in texts:
            yield Judged(name, text, difference(kubectl, at, world, text, recordings()[name]["namespace"]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--kubectl", default="1.37")
    args = parser.parse_args()
    good = total = 0
    for name in args.names or sorted(recordings()):
        with tempfile.TemporaryDirectory() as folder:
            for result in judge(name, args.kubectl, Path(folder), judged_texts(name)):
                total += 1
                good += not result.difference
                if result.difference:
                    print(f"--- {name} at {result.text['t']}s: {result.text['cmd']}", *result.difference[2:], sep="\n", flush=True)
    print(f"texts that agree: {good}/{total}")
    return good != total


if __name__ == "__main__":
    sys.exit(main())
