"""docs/advice.md contains the table of rules, and its blocks are run. `--update-golden` rewrites the page."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from simulator.advice.rule_table import table
from simulator.advice.rules import RULES
from tests.conftest import ROOT, Podsim

PAGE = ROOT / "docs" / "advice.md"
CONSOLE = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
TABLE = re.compile(r"(?<=<!-- rules -->\n).*?(?=<!-- end -->)", re.DOTALL)


def test_the_page(podsim: Podsim, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    monkeypatch.chdir(tmp_path)
    text = PAGE.read_text(encoding="utf-8")

    def typed(block: re.Match[str]) -> str:
        command = block[0].splitlines()[0]
        result = podsim(*shlex.split(command.removeprefix("$ podsim ")))
        assert result.code == 0, result.err
        return f"{command}\n{result.out}"

    renewed = CONSOLE.sub(typed, TABLE.sub(lambda _: table(RULES), text))
    if request.config.getoption("--update-golden"):
        PAGE.write_text(renewed, encoding="utf-8")
    else:
        assert text == renewed
