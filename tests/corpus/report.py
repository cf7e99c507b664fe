"""Writes docs/corpus.md: how the workloads of real manifests end. `python -m tests.corpus.report [FOLDER]`."""

from __future__ import annotations

import csv
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.corpus.classes import CLASSES as KINDS_OF_USE
from tests.corpus.classes import LEVELS
from tests.corpus.companions import Project, together
from tests.corpus.play import HORIZON, Outcome, Played, play

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
TARGET = ROOT / "docs" / "corpus.md"
READ = ROOT / "docs" / "corpus-read.md"
ENDINGS = (".yaml", ".yml", ".json")
REASONS = (
    ("no pod was made", "a service account (or quota) from another file"),
    ("PersistentVolumeClaim|persistentvolumeclaim", "a claim from another file"),
    ("unschedulable", "a node that fits: labels, anti-affinity, resources, gates"),
    ("CreateContainerConfigError", "a config map or secret from another file, for its environment"),
    ("volumes or sandbox", "a config map or secret from another file, for its volumes"),
    ("InvalidImageName", "an image name instead of a placeholder"),
    ("ErrImageNeverPull", "an image that may not be pulled"),
    ("init container", "what its init container waits for"),
    ("not ready", "its readiness probe"),
)
"""What a workload waits for, by words of its state; the first that fits counts."""


VERDICTS = {"ready": "became ready", "finished": "finished", "waits": "wait", "failed": "failed"}


def files(folder: Path) -> list[Path]:
    """The manifests below a folder, in order; the lists and notes at its top are none."""
    return sorted(path for path in folder.rglob("*") if path.suffix in ENDINGS and path.parent != folder)


def what_for(why: str) -> str:
    """What a workload waits for, in a few words."""
    return next((reason for words, reason in REASONS if re.search(words, why)), why)


CLASSES = (
    ("InvalidImageName", "right", "the image is still a placeholder"),
    ("scheduling gates|Insufficient", "right", "is gated, or requests more than there is, to show that it waits"),
    ("init container .* runs", "right", "its init container waits for a Service that nothing in its project creates here"),
    ("not ready: (pods|broken)-readiness", "right", "its readiness probe is meant to fail"),
    ("hello crashes", "right", "a hook that no kubelet can run, in the input of a test"),
    ("configure-flannel", "right", "the addresses of etcd are still placeholders"),
    ("(xtrabackup|etcd) crashes", "wrong", "its script looks for old data, which a new claim does not have"),
    ("new crashes|not ready: new", "right", "containers of one image that want one port, in the input of a test"),
    (
        "(config-init|init-mongo|init-mysql|blackbox-exporter|prometheus|redis) crashes|not ready: redis",
        "open",
        "needs files of a config map that its stand-in lacks",
    ),
    ("ErrImageNeverPull", "wrong", "its author has the image on the node"),
)
"""What workloads that do not become ready or finished then were meant to do, by words of their state, and whether they should."""


class Ends(NamedTuple):
    """How a file went alone, with the files of its project that make what it refers to, and with stand-ins for what is missing then."""

    alone: Played
    project: Played
    whole: Played

    def outcome(self, workload: str) -> tuple[Outcome, Outcome, Outcome]:
        """How one of its workloads ended, in each of the three."""
        found = []
        for played in self:
            gone = Outcome(workload, "refused" if played.refused else "finished", "and deleted")
            found.append(next((o for o in played.outcomes if o.workload == workload), gone))
        return found[0], found[1], found[2]


def play_all(folder: Path) -> dict[str, Ends]:
    """Play every file below a folder, by its name."""
    every = files(folder)
    projects = {name: Project([p for p in every if _project(p, folder) == name]) for name in sorted({_project(p, folder) for p in every})}
    ends = {}
    with tempfile.TemporaryDirectory() as scratch:
        for path in every:
            alone = project = whole = play(path, fail_fast=False, profiled=True)
            if any(outcome.verdict in ("waits", "failed") for outcome in alone.outcomes):
                near, all_ = together(path, projects[_project(path, folder)], Path(scratch))
                project = play(*near, fail_fast=False) if len(near) > 1 else alone
                whole = play(*all_, fail_fast=False, profiled=True)
            ends[path.relative_to(folder).as_posix()] = Ends(alone, project, whole)
    return ends


def _project(path: Path, folder: Path) -> str:
    return path.relative_to(folder).parts[0]


def report(ends: dict[str, Ends]) -> Iterator[str]:
    """The page, line by line."""
    played = {name: end.alone for name, end in ends.items()}
    waits = Counter(what_for(o.why) for result in played.values() for o in result.outcomes if o.verdict == "waits")
    refused = {name: refusals(result) for name, result in played.items() if refusals(result)}
    broken = {name: result.broken for name, result in played.items() if result.broken}
    yield "# Real manifests"
    yield ""
    yield f"{len(played)} files from public repositories, each run for {HORIZON // 60_000_000_000} minutes without a Scenario:"
    yield "alone; with the files of its project that create what it refers to, where available; and with stand-ins for what is still"
    yield "missing: service accounts, config maps and secrets with the keys that are used, claims, three large nodes with the"
    yield "labels that are selected."
    yield "Generated by `python -m tests.corpus.report`; do not edit."
    yield ""
    nothing = sum(not result.outcomes for name, result in played.items() if name in refused)
    yield f"{len(played) - len(refused) - len(broken)} files ran to their horizon, {len(refused)} were refused, {len(broken)} broke."
    yield f"Of those that were refused, {len(refused) - nothing} ran with the workloads that were accepted."
    yield "[corpus-read.md](corpus-read.md) lists other manifests, which are not here, with what a reader made of their outcomes."
    yield ""
    yield from _counts(ends)
    yield from _table("What they wait for, alone", "waiting for", sorted(waits.items(), key=lambda item: (-item[1], item[0])))
    yield from _uses(ends)
    yield from _projects(ends)
    yield from _judged(ends)
    yield from _sample(ends)
    lines = [f"`{name}`: {_code(_first(text, name))}" for name, texts in refused.items() for text in texts]
    yield from _list("Refused", list(dict.fromkeys(lines)))
    yield from _list("Broken", [f"`{name}`: {text.strip().splitlines()[-1]}" for name, text in broken.items()])


def _code(message: str) -> str:
    """A message as code: Markdown would read links into its regular expressions."""
    return f"`` {message} ``" if "`" in message else f"`{message}`"


def _counts(ends: dict[str, Ends]) -> Iterator[str]:
    names = [(name, outcome.workload) for name, end in ends.items() for outcome in end.alone.outcomes]
    columns = [Counter(ends[name].outcome(workload)[at].verdict for name, workload in names) for at in range(3)]
    yield "| workloads | alone | with their project | with all they refer to |"
    yield "|---|---|---|---|"
    for verdict, meaning in VERDICTS.items():
        yield f"| {meaning} | {' | '.join(str(column[verdict]) for column in columns)} |"
    yield f"| all | {' | '.join(str(sum(column.values())) for column in columns)} |"


def refusals(played: Played) -> list[str]:
    """What the API server refused of a file, each with its first line. An object that it can only refuse at admission is no such case."""
    if played.refused:
        return [played.refused]
    return [text for text in played.messages if re.match(r"\S+:\d+:\d+: |\S+: ", text) and not text.startswith(("Error", "The "))]


def _uses(ends: dict[str, Ends]) -> Iterator[str]:
    """For each class of behaviour, how many files use it and how their workloads end with all they refer to."""
    yield from ("", "## What they use", "", "With all they refer to; a made object counts where the file alone lacks it.", "")
    yield "| class | what counts | files | ready | finished | wait | failed |"
    yield "|---|---|---|---|---|---|---|"
    for kind in KINDS_OF_USE:
        names = [name for name in ends if kind.name in _classes(ends[name])]
        verdicts = Counter(ends[name].outcome(o.workload)[2].verdict for name in names for o in ends[name].alone.outcomes)
        yield f"| {kind.name} | {kind.counts} | {len(names)} | {' | '.join(str(verdicts[v]) for v in VERDICTS)} |"
    levels = Counter(level for end in ends.values() for level in _levels(end))
    yield ""
    yield f"Evidence for their workloads: {', '.join(f'{levels[level]} {level}' for level in LEVELS)}."


def _projects(ends: dict[str, Ends]) -> Iterator[str]:
    """The same by project: a column for each class with the number of files, and for the evidence with the number of workloads."""
    yield from ("", "## What they use, by project", "")
    yield f"| project | files | {' | '.join(kind.name for kind in KINDS_OF_USE)} | {' | '.join(LEVELS)} |"
    yield f"|---|---|{'---|' * (len(KINDS_OF_USE) + len(LEVELS))}"
    projects = sorted({name.partition("/")[0] for name in ends})
    for title, members in [*((p, [n for n in ends if n.partition("/")[0] == p]) for p in projects), ("all", list(ends))]:
        used = Counter(kind for name in members for kind in _classes(ends[name]))
        levels = Counter(level for name in members for level in _levels(ends[name]))
        cells = [len(members), *(used[kind.name] for kind in KINDS_OF_USE), *(levels[level] for level in LEVELS)]
        yield f"| {title} | {' | '.join(str(cell or '') for cell in cells)} |"


def _classes(end: Ends) -> frozenset[str]:
    """The classes that a file uses: most show once everything is there, missing and refused objects when the file is alone."""
    alone = {"made objects", "refused objects"}
    return (end.alone.profile.classes & alone) | (end.whole.profile.classes - alone)


def _levels(end: Ends) -> list[str]:
    levels = dict(end.whole.profile.levels)
    return [levels[outcome.workload] for outcome in end.alone.outcomes if outcome.workload in levels]


def _judged(ends: dict[str, Ends]) -> Iterator[str]:
    """What is left, by class."""
    found: dict[tuple[str, str], list[str]] = {}
    for name, end in ends.items():
        for outcome in end.alone.outcomes:
            last = end.outcome(outcome.workload)[2]
            if last.verdict not in ("ready", "finished"):
                words = f"{last.verdict} {last.why}"
                judged = next(((verdict, why) for pattern, verdict, why in CLASSES if re.search(pattern, words)), ("?", words[:100]))
                found.setdefault(judged, []).append(f"`{name}` {last.workload}")
    yield from ("", "## What is neither ready nor finished then", "", "| why | as meant | count | which |", "|---|---|---|---|")
    for (verdict, why), names in sorted(found.items(), key=lambda item: (-len(item[1]), item[0])):
        yield f"| {why} | {verdict} | {len(names)} | {', '.join(names)} |"


MEANINGS = {
    "agrees": "a real cluster would do the same",
    "assumed": "podsim prints an assumption that is wrong there",
    "maker": "podsim waits for an object that a program would create, and names that program and the command",
    "differs": "podsim is wrong, and no assumption says so",
}
"""What a reader can make of the outcome of a manifest."""


def table(name: str) -> list[dict[str, str]]:
    """A table beside this module."""
    with (Path(__file__).parent / name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def read_elsewhere() -> Iterator[str]:
    """The page about manifests that are not in the corpus: where they are, how they ended, and what a reader made of it."""
    rows = table("read.tsv")
    counts = Counter(row["verdict"] for row in rows)
    yield from ("# Real manifests, read", "")
    projects = len({row["repository"] for row in rows})
    yield f"{len(rows)} sets of manifests of {projects} public projects, which are not part of podsim: each was"
    yield "simulated for 2 minutes on one node and for 15 minutes on three (`podsim run --duration 15m --nodes 3`), without a Scenario."
    yield "The result was compared with what a generic cluster of a current release would do. [corpus.md](corpus.md) has the manifests"
    yield "that are part of podsim's tests. Generated by `python -m tests.corpus.report`."
    yield from ("", "| verdict | meaning | sets |", "|---|---|---|")
    yield from (f"| {verdict} | {meaning} | {counts[verdict]} |" for verdict, meaning in MEANINGS.items())
    yield from ("", "| manifests | outcome | verdict | why |", "|---|---|---|---|")
    for row in rows:
        place = f"{row['repository']} @ {row['commit'][:10]}: `{row['paths']}`"
        yield f"| {place} | {row['outcome']} | {row['verdict']} | {row['why']} |"


def sample() -> list[dict[str, str]]:
    """Forty workloads, drawn by a fixed seed in proportion to the sizes of the projects, that were read and judged by hand."""
    return table("sample.tsv")


def _sample(ends: dict[str, Ends]) -> Iterator[str]:
    rows = [row for row in sample() if row["file"] in ends]
    if not rows:
        return
    right = sum(row["verdict"] == "right" for row in rows)
    yield from ("", "## A sample, judged by hand", "")
    yield f"{len(rows)} workloads, drawn by a fixed seed in proportion to the sizes of the projects. What their authors meant was read from"
    yield f"the manifests; {right} of {len(rows)} end so, where waiting for what is not in the file counts as right."
    yield from ("", "| workload | meant | alone | with all it refers to | verdict | why |", "|---|---|---|---|---|---|")
    for row in rows:
        alone, _, whole = ends[row["file"]].outcome(row["workload"])
        shown = (row["meant"], _shown(alone), _shown(whole), row["verdict"], row["why"])
        yield f"| `{row['file']}` {row['workload']} | {' | '.join(shown)} |"


def _shown(outcome: Outcome) -> str:
    return f"{outcome.verdict}: {what_for(outcome.why)}" if outcome.verdict == "waits" else outcome.verdict


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
    ends = play_all(folder)
    text = "".join(f"{line}\n" for line in report(ends))
    TARGET.write_text(text, encoding="utf-8")
    READ.write_text("".join(f"{line}\n" for line in read_elsewhere()), encoding="utf-8")
    print(f"{len(ends)} files in {time.monotonic() - begun:.1f} s: {TARGET.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
