"""Completion in real shells, through a pseudo terminal: what is typed, the Tab key, and which words the command gets."""

from __future__ import annotations

import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import NamedTuple

import click
import pytest

from simulator.cli.app import podsim as root
from simulator.cli.completion.answer import answer, split
from simulator.cli.completion.values import BY_METAVAR, COMMANDS, OPTIONS
from simulator.cli.table import ROWS
from tests.cli.pty_terminal import PtyTerminal
from tests.conftest import ROOT, Podsim

PATIENCE = 60
MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: server, image: nginx}, {name: side, image: busybox, command: [sleep, infinity]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: lonely, namespace: other}
spec: {containers: [{name: main, image: nginx}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""
SCRIPT = """#!/bin/sh
if [ -n "$_PODSIM_COMPLETE" ] || [ "$1" = completion ]; then
    [ -e "$HOME/.broken" ] || PYTHONPATH="{root}" "{python}" -m simulator "$@"
    touch "$HOME/.answered"
    exit
fi
printf '%s\\n' "$@" > "$HOME/.typed.new"
mv "$HOME/.typed.new" "$HOME/.typed"
"""
"""Stands for podsim: it completes, and writes down the words that it gets otherwise."""
START = {
    "bash": (["bash", "--noprofile", "--norc", "-i"], 'eval "$(podsim completion bash)"'),
    "zsh": (["zsh", "-f", "-i"], 'autoload -Uz compinit; compinit -D -u; eval "$(podsim completion zsh)"'),
    "fish": (["fish", "--no-config", "-i"], "podsim completion fish | source"),
}
WITHOUT = {"bash": ":", "zsh": "autoload -Uz compinit; compinit -D -u", "fish": ":"}
"""The same shells without podsim's script."""


class Home(NamedTuple):
    """A user's home, with files to complete and a last run."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        path = f"{self.folder / '.bin'}:/usr/local/bin:/usr/bin:/bin"
        last = str(self.folder / ".last-run.journal")
        return {"HOME": str(self.folder), "PATH": path, "PODSIM_LAST_RUN": last, "PS1": "% ", "TERM": "xterm", "LC_ALL": "C.UTF-8"}


class Shell:
    """A shell in a terminal, in the home."""

    def __init__(self, name: str, home: Home, *, with_script: bool = True) -> None:
        command, script = START[name]
        start = f"import os; os.chdir({str(home.folder)!r}); os.execvp({command[0]!r}, {command!r})"
        self._home, self._asks = home, with_script
        self._terminal = PtyTerminal("-c", start, columns=200, env=home.environment, program=())
        self._line(script if with_script else WITHOUT[name])
        self.typed("podsim ready")

    def __enter__(self) -> Shell:
        return self

    def __exit__(self, *_: object) -> None:
        self._terminal.__exit__()

    def _line(self, text: str) -> None:
        self._terminal.type(text.encode() + b"\r")

    def typed(self, keys: str) -> list[str]:
        """Type keys and Enter; the words that podsim got."""
        file = self._home.folder / ".typed"
        file.unlink(missing_ok=True)
        for number, part in enumerate(keys.split("\t")):
            if number:
                self._press_tab()
            self._terminal.type(part.encode())
        self._terminal.type(b"\r")
        patience = monotonic() + PATIENCE
        while not file.exists():
            assert monotonic() < patience, f"{keys!r}: podsim was not called; there is\n{self._terminal.text}"
            self._terminal.settle(0.05)
        return file.read_text("utf-8").splitlines()

    def _press_tab(self) -> None:
        """Press Tab, and wait until podsim has answered and the shell has drawn the line."""
        answered = self._home.folder / ".answered"
        answered.unlink(missing_ok=True)
        self._terminal.type(b"\t")
        patience = monotonic() + PATIENCE
        while self._asks and not answered.exists():
            assert monotonic() < patience, f"podsim was not asked; there is\n{self._terminal.text}"
            self._terminal.settle(0.05)
        self._terminal.settle(0.15)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    from simulator.cli import main

    folder = tmp_path_factory.mktemp("home")
    home = Home(folder)
    (folder / ".bin").mkdir()
    script = folder / ".bin" / "podsim"
    script.write_text(SCRIPT.format(root=ROOT, python=sys.executable))
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    (folder / "deploy").mkdir()
    for name in ("deploy/web.yaml", "my file.yaml", "with:colon.yaml", "$dollar.yaml"):
        (folder / name).write_text(MANIFEST)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PODSIM_LAST_RUN", home.environment["PODSIM_LAST_RUN"])
        main(["run", str(folder / "deploy")])
    return home


@pytest.fixture(scope="module", params=list(START))
def shell(request: pytest.FixtureRequest, home: Home) -> Iterator[Shell]:
    if shutil.which(request.param) is None:
        pytest.skip(f"no {request.param} on the PATH")
    with Shell(request.param, home) as shell:
        yield shell


@pytest.fixture(scope="module", params=list(START))
def both(request: pytest.FixtureRequest, home: Home) -> Iterator[tuple[Shell, Shell]]:
    """A shell with podsim's script, and one without."""
    if shutil.which(request.param) is None:
        pytest.skip(f"no {request.param} on the PATH")
    with Shell(request.param, home) as one, Shell(request.param, home, with_script=False) as other:
        yield one, other


WORDS = {
    "podsim gall\t": ["gallery"],
    "podsim why deployment/w\t--at 3s": ["why", "deployment/web", "--at", "3s"],
    "podsim describe deplo\tw\t": ["describe", "deployments", "web"],
    "podsim get pods --namespace=oth\t": ["get", "pods", "--namespace=other"],
    "podsim logs deployment/web -c sid\t": ["logs", "deployment/web", "-c", "side"],
}
"""What is typed -> the words that podsim gets."""
OFFERED = {
    "podsim get --fro": ["--from"],
    "podsim export per": ["perfetto"],
    "podsim why -n other ": ["pod/lonely", "node/minikube"],
    "podsim why deployment": ["deployment/web"],
    "podsim timeline -n other pod/": ["pod/lonely"],
    "podsim logs -n other lon": ["lonely"],
    "podsim logs -n other pod/lonely ": ["main"],
    "podsim exec -n other lonely -c ": ["main"],
    "podsim describe depl": ["deployments"],
    "podsim get deploy/": ["deploy/web"],
    "podsim delete deploy ": ["web"],
    "podsim traffic ": ["service/web"],
    "podsim rollout restart depl": ["deployment/web"],
    "podsim set image depl": ["deployment/web"],
    "podsim scale depl": ["deployment/web"],
    "podsim drain ": ["minikube"],
    "podsim taint node ": ["minikube"],
    "podsim gallery deadl": ["deadlock"],
    "podsim advise --explain no-start": ["no-startup-budget"],
    "podsim sweep x --metric time-to-rea": ["time-to-ready"],
    "podsim run --kubernetes 1.36": ["1.36"],
    "podsim run --nodes ki": ["kind"],
    "podsim -n oth": ["other"],
    "podsim create secret g": ["generic"],
    "podsim help sw": ["sweep"],
    "podsim learn hi": ["hint"],
    "podsim schema e": ["expectations"],
    "podsim create configmap x --from-literal=": ["files"],
    "podsim run --seed ": ["files"],
    "podsim nothing ": ["files"],
}
"""A line up to the cursor -> what is offered there; `files` is left to the shell."""
FILES = {
    "podsim run my\t": ["run", "my file.yaml"],
    "podsim run depl\twe\t": ["run", "deploy/web.yaml"],
    "podsim run ~/depl\twe\t": None,
    "podsim run $HOME/depl\twe\t": None,
    "podsim run 'my\t": None,
    'podsim run "my\t': None,
    "podsim run ./wit\t": None,
    "podsim get pods --from=my\t": ["get", "pods", "--from=my file.yaml"],
    "podsim get pods -f dep\t": None,
    "podsim test my\\ f\t": ["test", "my file.yaml"],
    "podsim report -o dep\tnew.html": ["report", "-o", "deploy/new.html"],
}
"""What is typed to name files; None: the words are those that the shell gives without podsim's script."""


@pytest.mark.parametrize("keys", WORDS)
def test_words(shell: Shell, keys: str) -> None:
    assert shell.typed(keys) == WORDS[keys]


@pytest.mark.parametrize("keys", FILES)
def test_files_are_never_completed_worse_than_without_the_script(both: tuple[Shell, Shell], keys: str) -> None:
    with_script, without = both
    assert with_script.typed(keys) == (FILES[keys] or without.typed(keys))


def test_a_podsim_that_does_not_answer_leaves_files(shell: Shell, home: Home) -> None:
    broken = home.folder / ".broken"
    broken.touch()
    try:
        assert shell.typed("podsim why deplo\twe\t") == ["why", "deploy/web.yaml"]
    finally:
        broken.unlink()


def test_a_last_run_that_cannot_be_read_leaves_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, podsim: Podsim) -> None:
    (tmp_path / "last-run.journal").mkdir()
    monkeypatch.setenv("_PODSIM_COMPLETE", "bash")
    assert podsim("podsim why ") == (0, "files\n", "")
    (tmp_path / "last-run.journal").rmdir()
    (tmp_path / "last-run.journal").write_bytes(b"\xff{]\n[]\n")
    assert podsim("podsim why ") == (0, "files\n", "")


# ---- what podsim answers


def offered(line: str) -> list[str]:
    """What bash gets for a line up to the cursor."""
    return answer(root, "bash", [line])


@pytest.mark.parametrize("line", OFFERED)
def test_what_fits_is_offered(line: str, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODSIM_LAST_RUN", home.environment["PODSIM_LAST_RUN"])
    assert offered(line) == OFFERED[line]


def test_without_a_last_run_files_are_completed() -> None:
    assert offered("podsim why ") == ["files"]


def test_the_first_word_is_a_command_and_loads_none() -> None:
    assert offered("podsim ") == list(ROWS)
    assert offered("podsim ge") == ["get"]


def test_values_of_one_word_follow_their_option() -> None:
    assert offered("podsim get -o=") == ["files"]
    assert offered("podsim apply --dry-run=s") == ["server"]
    assert answer(root, "zsh", ["apply", "--dry-run=s"]) == ["--dry-run=", "server\t"]
    assert answer(root, "fish", ["apply", "--dry-run=s"]) == ["--dry-run=server\t"]


def test_nothing_is_offered_behind_two_dashes() -> None:
    assert offered("podsim exec web -- --fr") == ["files"]
    assert offered("podsim test -- de") == ["files"]


@pytest.mark.parametrize(
    ("line", "words", "typed"),
    [
        ("podsim run my\\ file", ["run"], "my file"),
        ("podsim run 'my fi", ["run"], "my fi"),
        ('podsim run "a b" ', ["run", "a b"], ""),
        ("podsim", [], ""),
        ("podsim # x", ["#"], "x"),
    ],
)
def test_a_line_is_taken_apart_as_a_shell_does(line: str, words: list[str], typed: str) -> None:
    assert split(line) == (words, typed)


def test_every_rule_of_completion_is_used() -> None:
    """Metavars, options and commands that no command has any more would be left over."""
    from simulator.cli.kubectl.help import parameters
    from simulator.kubectl.words import MODULES, verbs

    params = [param for name in ROWS for param in getattr(root.get_command(click.Context(root), name), "params", [])]
    params += [param for word in MODULES for verb in verbs(word) for param in parameters(verb)]
    metavars = {param.metavar for param in params}
    options = {name for param in params for name in param.opts}
    assert [metavar for metavar in BY_METAVAR if metavar not in metavars] == []
    assert [option for option in OPTIONS if option not in options] == []
    assert [command for command in COMMANDS if command[0] not in ROWS] == []


@pytest.mark.parametrize("shell_name", list(START))
def test_the_scripts_ask_podsim(shell_name: str, podsim: Podsim) -> None:
    result = podsim("completion", shell_name)
    assert result.code == 0
    assert f"_PODSIM_COMPLETE={shell_name}" in result.out
