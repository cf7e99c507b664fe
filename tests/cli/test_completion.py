"""Completion: the scripts, and what the Tab key offers."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT, Podsim


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_scripts_ask_podsim(shell: str, podsim: Podsim) -> None:
    result = podsim("completion", shell)
    assert result.code == 0
    assert f"_PODSIM_COMPLETE={shell}_complete" in result.out


def offered(words: str, number: int) -> list[str]:
    """What bash is told when Tab is pressed behind the last of these words."""
    asked = {"_PODSIM_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(number), "PYTHONPATH": str(ROOT)}
    code = "from simulator.cli.app import podsim; podsim.main(prog_name='podsim')"
    done = subprocess.run([sys.executable, "-c", code], env=asked, capture_output=True, text=True, check=False)
    return [line.partition(",")[2] for line in done.stdout.splitlines()]


def test_commands_options_and_values_are_offered() -> None:
    assert offered("podsim ge", 1) == ["get"]
    assert "--at" in offered("podsim get --a", 2)
    assert offered("podsim export per", 2) == ["perfetto"]
