"""Writes docs/corpus.md: how the workloads of real manifests end, file by file alone. `python -m tests.corpus.report [FOLDER]`."""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.corpus.play import HORIZON, Played, play

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
TARGET = ROOT / "docs" / "corpus.md"
ENDINGS = (".yaml", ".yml", ".json")
REASONS = (
    ("no pod was made", "a service account (or quota) that another file makes"),
    ("PersistentVolumeClaim|persistentvolumeclaim", "a claim that another file makes"),
    ("unschedulable", "a node that fits: labels, anti-affinity, resources, gates"),
    ("CreateContainerConfigError", "a config map or secret that another file makes, for its environment"),
    ("volumes or sandbox", "a config map or secret that another file makes, for its volumes"),
    ("InvalidImageName", "an image name instead of a placeholder"),
    ("ErrImageNeverPull", "an image that may not be pulled"),
    ("init container", "what its init container asks for"),
    ("not ready", "its readiness probe"),
)
"""What a workload waits for, by words of its state; the first that fits counts."""


def files(folder: Path) -> list[Path]:
    """The manifests below a folder, in order; the lists and notes at its top are none."""
    return sorted(path for path in folder.rglob("*") if path.suffix in ENDINGS and path.parent != folder)


def what_for(why: str) -> str:
    """What a workload waits for, in a few words."""
    return next((reason for words, reason in REASONS if re.search(words, why)), why)


def report(played: dict[str, Played]) -> Iterator[str]:
    """The page, line by line."""
    ends = Counter(outcome.verdict for result in played.values() for outcome in result.outcomes)
    waits = Counter(what_for(o.why) for result in played.values() for o in result.outcomes if o.verdict == "waits")
    total = sum(ends.values())
    refused = {name: result.refused for name, result in played.items() if result.refused}
    broken = {name: result.broken for name, result in played.items() if result.broken}
    yield "# Real manifests, played"
    yield ""
    yield f"{len(played)} files from public repositories, each played alone for {HORIZON // 60_000_000_000} minutes without a Scenario."
    yield "Written by `python -m tests.corpus.report`."
    yield ""
    yield f"{len(played) - len(refused) - len(broken)} files ran to their horizon, {len(refused)} were refused, {len(broken)} broke."
    yield ""
    yield "| workloads | count |"
    yield "|---|---|"
    for verdict, meaning in (("ready", "became ready"), ("finished", "finished"), ("waits", "wait"), ("failed", "failed")):
        yield f"| {meaning} | {ends[verdict]} |"
    yield f"| all | {total} |"
    yield from _table("What they wait for", "waiting for", sorted(waits.items(), key=lambda item: (-item[1], item[0])))
    yield from _list("Init containers and probes that wait", _those(played, "waits", ("init container", "not ready")))
    yield from _list("Failed", _those(played, "failed", ("",)))
    yield from _list("Refused", [f"`{name}`: {_first(text, name)}" for name, text in refused.items()])
    yield from _list("Broken", [f"`{name}`: {text.strip().splitlines()[-1]}" for name, text in broken.items()])


def _those(played: dict[str, Played], verdict: str, words: tuple[str, ...]) -> list[str]:
    return [
        f"`{name}` {outcome.workload}: {outcome.why}"
        for name, result in played.items()
        for outcome in result.outcomes
        if outcome.verdict == verdict and outcome.why.startswith(words)
    ]


def _first(text: str, name: str) -> str:
    """The first problem, without the folder that the file lies in."""
    line = text.splitlines()[0]
    behind = line[line.find(name) + len(name) + 1 :] if name in line else line
    return behind or re.sub(rf"\S*{re.escape(name)}", "this file", line)


def _table(title: str, head: str, rows: list[tuple[str, int]]) -> Iterator[str]:
    yield from ("", f"## {title}", "", f"| {head} | count |", "|---|---|")
    yield from (f"| {name} | {count} |" for name, count in rows)


def _list(title: str, items: list[str]) -> Iterator[str]:
    if items:
        yield from ("", f"## {title}", "")
        yield from (f"- {item}" for item in items)


def main() -> None:
    """Play everything and write the page."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED / "corpus"
    begun = time.monotonic()
    played = {path.relative_to(folder).as_posix(): play(path) for path in files(folder)}
    text = "".join(f"{line}\n" for line in report(played))
    TARGET.write_text(text, encoding="utf-8")
    print(f"{len(played)} files in {time.monotonic() - begun:.1f} s: {TARGET.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
