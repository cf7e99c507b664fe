"""Help: every command has it in every form, with examples, and every line of every example works."""

from __future__ import annotations

import io
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from simulator.cli.app import podsim as root
from simulator.cli.kubectl.group import VerbGroup
from simulator.cli.table import ROWS, SECTIONS
from tests.cli.example_project import build
from tests.cli.pty_terminal import PtyTerminal
from tests.conftest import ROOT, Podsim
from tests.depth import DEEP

KUBECTL_RUN = ("run", "web", "--image=nginx")
"""kubectl's `run`, which shares its name with podsim's."""


def paths() -> Iterator[tuple[str, ...]]:
    """The words of every command, and of every command below it."""
    yield ()
    context = click.Context(root)
    for name in ROWS:
        yield (name,)
        command = root.get_command(context, name)
        if isinstance(command, VerbGroup):
            yield from (verb.path for verb in command.verbs)
        elif isinstance(command, click.Group):
            yield from ((name, below) for below in command.list_commands(click.Context(command)))
    yield KUBECTL_RUN


PATHS = list(paths())


def title(path: tuple[str, ...]) -> str:
    return " ".join(path) or "podsim"


# ---- every form, the same text


@pytest.mark.parametrize("path", PATHS, ids=title)
def test_each_form_of_asking_gives_the_same_help(path: tuple[str, ...], podsim: Podsim) -> None:
    result = podsim(*path, "--help")
    assert result.code == 0
    assert result.err == ""
    assert result.out.startswith("Usage: podsim ")
    assert podsim(*path, "-h").out == result.out
    if path != KUBECTL_RUN:
        assert podsim("help", *path).out == result.out
    assert max(len(line) for line in result.out.splitlines()) <= 120


@pytest.mark.parametrize("path", PATHS, ids=title)
def test_each_help_has_examples_of_its_own_command(path: tuple[str, ...], podsim: Podsim) -> None:
    lines = examples(podsim(*path, "--help").out)
    assert lines
    # `actions` needs something typed before it, `edit` says what to type instead.
    words = " ".join(path[:1] if path == KUBECTL_RUN else path)
    assert any(f"podsim {words}" in line for line in lines) or path == ("edit",)


def test_the_table_says_what_the_commands_say() -> None:
    context = click.Context(root)
    for name, row in ROWS.items():
        command = root.get_command(context, name)
        assert command is not None
        assert command.short_help == row.short, name
    assert len(ROWS) == sum(len(rows) for rows in SECTIONS.values()), "a command stands in two sections"


def test_the_first_page_fits_80_columns_and_is_in_sections(podsim: Podsim) -> None:
    lines = podsim("--help").out.splitlines()
    assert max(len(line) for line in lines) <= 80
    assert [line for line in lines if line[-1:] == ":" and line[:1].strip()] == ["Options:", *(f"{title}:" for title in SECTIONS)]


def test_the_first_page_and_completion_import_no_command() -> None:
    code = (
        "import sys; from simulator.cli import main; from simulator.cli.app import podsim;"
        " from simulator.cli.completion.answer import answer; main(['--help']); answer(podsim, 'bash', ['podsim ge']);"
        " print(sorted(name for name in sys.modules if name.startswith('simulator.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    completion = [f"simulator.cli.completion{part}" for part in ("", ".answer", ".cursor", ".values")]
    loaded = [
        "simulator.cli",
        "simulator.cli.app",
        *completion,
        "simulator.cli.last_run",
        "simulator.cli.table",
        "simulator.cli.usage",
        "simulator.errors",
        "simulator.garbage",
        "simulator.version",
    ]
    assert done.stdout.splitlines()[-1] == str(loaded)


# ---- near misses


@pytest.mark.parametrize(
    ("words", "near"),
    [
        ("gte pods", "Did you mean 'get'?"),
        ("help gte", "Did you mean 'get'?"),
        ("run app.yaml --duraton 3s", "'--duration'"),
        ("sweep app.yaml --metrik x", "'--metric'"),
        ("export perfeto", "'perfetto'"),
    ],
)
def test_a_near_miss_is_told_what_is_near(words: str, near: str, podsim: Podsim) -> None:
    result = podsim(*words.split())
    assert result.code == 2
    assert near in result.err


@pytest.mark.parametrize(
    ("words", "near"),
    [
        ("create deploymnt shop", "deployment"),
        ("create service clusterp shop", "clusterip"),
        ("set imag deployment/web server=nginx", "image"),
        ("rollout statu deployment/web", "status"),
        ("get pods --naemspace x", "--namespace"),
        ("scale deployment/web --replics=3", "--replicas"),
    ],
)
def test_behind_kubectls_words_somebody_at_a_terminal_is_told_what_is_near(words: str, near: str, podsim: Podsim) -> None:
    with PtyTerminal(*words.split()) as terminal:
        assert terminal.wait() == 1
        assert terminal.text.strip().endswith(f"podsim: did you mean {near}?")
    assert "did you mean" not in podsim(*words.split()).err, "a program reads what kubectl says, and nothing else"


# ---- examples


def examples(text: str) -> list[str]:
    """The lines of the block Examples, without what follows `#`."""
    blocks = re.findall(r"^ *Examples:\n((?: +\S.*\n)+)", text, re.MULTILINE)
    return [re.split(r"\s+# ", line.strip())[0] for block in blocks for line in block.splitlines()]


NOT_RUN = {
    "podsim sweep app.yaml --runs 5000 --resume runs.jsonl --engine dask --scheduler tcp://host:8786": "needs a Dask scheduler there",
    "podsim lab": "serves until Ctrl+C: tests/lab",
    "podsim lab app.yaml": "serves until Ctrl+C: tests/lab",
    **dict.fromkeys(
        ("podsim serve app.yaml", "podsim serve --clock manual", "podsim serve --from run.journal --at 40s"),
        "serves until Ctrl+C: tests/serve",
    ),
    "podsim serve app.yaml --clock auto -- kubectl rollout status deployment/web": "needs kubectl: tests/serve",
    **dict.fromkeys(
        ("podsim clock", "podsim clock step 10s", "podsim clock to 75s", "podsim clock next"), "needs a session that is served: tests/serve"
    ),
    "podsim lab --build public": "needs the data of podsim-lab: tests/lab",
}
"""Lines that are not run, and why."""
LONG = {
    "podsim advise app.yaml --solve 'P(request lost during rollout) < 0.1' --knob preStop": "a rollout is played hundreds of times",
}
"""Lines that only `make test-deep` runs, and why."""
ENDS_WITH_1 = {
    "podsim diff old.yaml new.yaml --exit-code": "they differ",
    "podsim learn check": "nothing has changed yet",
    "podsim learn check wrong-name": "the task is not solved",
}
"""Lines that are to end with exit code 1, and why."""
BEFORE = {
    ("create",): None,
    ("run", *KUBECTL_RUN[1:]): None,
    ("create", "job"): ["podsim create cronjob tick --image=busybox --schedule='0 0 * * *' -- date"],
    ("expose",): ["podsim delete service web"],
    ("rollout", "resume"): ["podsim rollout pause deployment/web"],
    ("uncordon",): ["podsim cordon minikube"],
    ("replace",): ["podsim apply -f app.yaml"],
    ("top",): ["podsim run scenarios/autoscaler-slow-start"],
}
"""What must have been typed before; None: the cluster must be empty. Of a command that is not named its group's."""
PIPED = {
    "kustomize build .": "app.yaml",
    "helm template shop ./shop": "app.yaml",
    "kubectl get pods,events -o json": "events.json",
    "": "app.yaml",
}
"""What other programs write into podsim; without any: what stands on standard input."""
READERS = ("source",)
"""Programs of shells that read what podsim prints."""


class Typed(NamedTuple):
    """One command of a line: what it reads, its words, the file into which it prints."""

    stdin: str
    words: list[str]
    into: str


def typed(line: str) -> Iterator[Typed]:
    """What a shell makes of a line."""
    for command in re.sub(r'^eval "\$\((.*)\)"$', r"\1", line).split("; "):
        before, bar, after = command.partition(" | ")
        reads_us = not bar or before.startswith("podsim ")
        assert not bar or not reads_us or after in READERS
        words = shlex.split(before if reads_us else after)
        place = next((i for i, word in enumerate(words) if word in (">", ">>")), len(words))
        assert words[0] == "podsim"
        yield Typed("" if reads_us else before, words[1:place], words[place + 1] if place < len(words) else "")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all that examples name, and a last run."""
    place = tmp_path_factory.mktemp("project")
    build(place)
    return place


@pytest.mark.parametrize("path", PATHS, ids=title)
def test_examples_work(path: tuple[str, ...], project: Path, tmp_path: Path, podsim: Podsim, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "project"
    shutil.copytree(project, place, symlinks=True)
    monkeypatch.chdir(place)
    before = next((BEFORE[path[:length]] for length in range(len(path), 0, -1) if path[:length] in BEFORE), [])
    monkeypatch.setenv("PODSIM_LAST_RUN", str(place / ("last-run.journal" if before is not None else "nothing.journal")))
    for line in [*(before or []), *examples(podsim(*path, "--help").out)]:
        if line not in NOT_RUN and (DEEP or line not in LONG):
            _type(line, podsim, monkeypatch)


def _type(line: str, podsim: Podsim, monkeypatch: pytest.MonkeyPatch) -> None:
    for command in typed(line):
        if command.words[0] == "play":
            _watch(command.words)
            continue
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(Path(PIPED[command.stdin]).read_bytes()), encoding="utf-8"))
        # Each candidate of a search for a setting takes as few runs as the command allows.
        few = ["--runs", "20"] if "--solve" in command.words and not DEEP else []
        result = podsim(*command.words, *few)
        assert result.code == (1 if line in ENDS_WITH_1 else 0), f"{line}\n{result.out[-300:]}{result.err}"
        if command.into:
            assert result.out
            if not command.into.startswith("~"):
                Path(command.into).write_text(result.out, "utf-8")


def _watch(words: list[str]) -> None:
    """Play in a terminal, in this folder, until something is shown; then quit."""
    code = "import os, sys; os.chdir(sys.argv.pop(1)); from simulator.cli import main; sys.exit(main(sys.argv[1:]))"
    with PtyTerminal(*words, program=("-c", code, str(Path.cwd()))) as terminal:
        terminal.until("web-")
        terminal.type(b"q")
        assert terminal.wait() == 0


def test_every_exception_is_an_example(podsim: Podsim) -> None:
    lines = {line for path in PATHS for line in examples(podsim(*path, "--help").out)}
    assert {*NOT_RUN, *LONG, *ENDS_WITH_1} <= lines
    assert set(BEFORE) <= {path[:length] for path in PATHS for length in (1, 2, 3)}
