"""Every block of docs/whatif.md is run, and its output compared. `--update-golden` rewrites the page."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from simulator.metrics import METRICS
from simulator.whatif.addresses import CHOICES
from tests.conftest import ROOT, Podsim

PAGE = ROOT / "docs" / "whatif.md"
CONSOLE = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
PYTHON = re.compile(r"```python\n(?P<code>.*?)```\n\n```text\n(?P<shown>.*?)```", re.DOTALL)


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    monkeypatch.chdir(tmp_path)


def test_blocks(podsim: Podsim, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> None:
    text = PAGE.read_text(encoding="utf-8")

    def typed(block: re.Match[str]) -> str:
        shown = []
        for line in block[0].splitlines():
            if line.startswith("$ podsim "):
                result = podsim(*shlex.split(line.removeprefix("$ podsim ")))
                assert result.code == 0, result.err
                shown += [line, *(result.err + result.out).splitlines()]
        return "".join(f"{line}\n" for line in shown)

    def executed(block: re.Match[str]) -> str:
        capsys.readouterr()
        exec(compile(block["code"], PAGE.name, "exec"), {})
        return f"```python\n{block['code']}```\n\n```text\n{capsys.readouterr().out}```"

    renewed = PYTHON.sub(executed, CONSOLE.sub(typed, text))
    if request.config.getoption("--update-golden"):
        PAGE.write_text(renewed, encoding="utf-8")
    else:
        assert text == renewed


def test_the_page_names_every_metric_and_option() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert all(row.name in text for row in METRICS)
    assert all(f"`{name}`" in text for name in CHOICES)
