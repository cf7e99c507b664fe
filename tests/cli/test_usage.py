"""Mistakes on the command line: podsim's own sentences, whichever release of click parses."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from simulator.cli.usage import Command, Misuse, misuse
from tests.conftest import Podsim

ROWS = [
    ("--bogus", "No such option '--bogus'."),
    ("-z", "No such option '-z'."),
    ("bogus", "No such command 'bogus'. Did you mean 'logs'?"),
    ("zzzzzz", "No such command 'zzzzzz'. `podsim help` lists them."),
    ("api-resources", "podsim does not support `api-resources`: a simulated cluster has nothing for it to act on."),
    ("version", "podsim does not support `version`: use `podsim --version`."),
    ("lint app.yaml", "No such command 'lint': use `podsim advise app.yaml`, or `podsim test` for what you expect."),
    ("init -k .", "No such option '-k': name the directory of the kustomization, as in `podsim init kustomize:DIRECTORY`."),
    ("run --duraton 3s x", "No such option '--duraton'. (Did you mean one of: '--at', '--duration'?)"),
    ("run --dur 3s x", "No such option '--dur'. Did you mean '--duration'?"),
    ("run -z", "No such option '-z'."),
    ("run --seed x a.yaml", "Invalid value for '--seed': 'x' is not a valid integer."),
    ("run -o foo a.yaml", "Invalid value for '-o' / '--output': 'foo' is not one of 'text', 'journal', 'json'."),
    ("run --nodes 0 x", "Invalid value for '--nodes': 0 is not in the range 1<=x<=1000."),
    ("run a.yaml --seed", "Option '--seed' requires an argument."),
    ("run --exact=3 x", "Option '--exact' does not take a value."),
    ("run --help=3", "Option '--help' does not take a value."),
    ("completion", "Missing argument '{bash|zsh|fish}'. Choose from:\n\tbash,\n\tzsh,\n\tfish"),
    ("completion csh", "Invalid value for '{bash|zsh|fish}': 'csh' is not one of 'bash', 'zsh', 'fish'."),
    ("completion bash extra", "Got unexpected extra argument (extra)"),
    ("gallery a b c", "Got unexpected extra arguments (b c)"),
    ("diff a", "Missing argument 'NEW'."),
    ("plot foo", "Invalid value for 'timeline|rollout': 'foo' is not one of 'timeline', 'rollout'."),
    ("sweep x --runs 0", "Invalid value for '--runs': 0 is not in the range x>=1."),
    ("sweep x --runs a", "Invalid value for '--runs': 'a' is not a valid integer range."),
    ("test --seeds 0", "Invalid value for '--seeds': 0 is not in the range 1<=x<=10000."),
    ("play --speed x", "Invalid value for '--speed': 'x' is not a valid float range."),
    ("play --speed 0", "Invalid value for '--speed': 0.0 is not in the range 0.01<=x<=100000."),
    ("traffic x --rate a", "Invalid value for '--rate': 'a' is not a valid float."),
    ("--", "Missing command."),
]


@pytest.mark.parametrize(("line", "sentence"), ROWS)
def test_mistakes(line: str, sentence: str, podsim: Podsim) -> None:
    result = podsim(*line.split())
    assert result.code == 2
    assert result.out == ""
    assert result.err.endswith(f"Error: {sentence}\n")


def test_a_file_instead_of_a_command(podsim: Podsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.yaml").touch()
    assert podsim("app.yaml").err.endswith("Error: No such command 'app.yaml': use `podsim run app.yaml`.\n")


def test_usage_comes_before_the_mistake(podsim: Podsim) -> None:
    usage = "Usage: podsim diff [OPTIONS] OLD NEW\nTry 'podsim diff --help' for help.\n\n"
    assert podsim("diff", "a").err == usage + "Error: Missing argument 'NEW'.\n"


def test_without_a_command_the_help_is_printed_as_an_error(podsim: Podsim) -> None:
    assert podsim().code == 2
    assert podsim().out == ""
    assert podsim().err == podsim("--help").out


COMMAND = Command(
    "x",
    params=[
        click.Option(["--number", "-n"], type=click.IntRange(1, 3), multiple=True),
        click.Option(["--flag"], is_flag=True),
        click.Argument(["kind"], type=click.Choice(["a", "b"])),
    ],
)
NUMBER, FLAG, KIND = COMMAND.params


@pytest.mark.parametrize(
    ("error", "words", "sentence"),
    [
        (click.NoSuchOption("--numbr", "new words"), ["--numbr"], "No such option '--numbr'. Did you mean '--number'?"),
        (click.BadOptionUsage("--flag", "new words"), ["--flag=1"], "Option '--flag' does not take a value."),
        (click.BadOptionUsage("-n", "new words"), ["-n"], "Option '-n' requires an argument."),
        (click.MissingParameter("new words", param=KIND), [], "Missing argument '{a|b}'. Choose from:\n\ta,\n\tb"),
        (click.BadParameter("new words", param=KIND), ["c"], "Invalid value for '{a|b}': 'c' is not one of 'a', 'b'."),
        (
            click.BadParameter("new words", param=NUMBER),
            ["-n", "2", "-n", "4", "a"],
            "Invalid value for '--number' / '-n': 4 is not in the range 1<=x<=3.",
        ),
        (click.BadParameter("a check of ours.", param=NUMBER), ["-n", "2", "a"], "Invalid value for '--number' / '-n': a check of ours."),
    ],
    ids=lambda value: type(value).__name__,
)
def test_no_sentence_is_click_s_own(error: click.UsageError, words: list[str], sentence: str) -> None:
    result = misuse(error, click.Context(COMMAND), words)
    assert isinstance(result, Misuse)
    assert result.message == sentence
