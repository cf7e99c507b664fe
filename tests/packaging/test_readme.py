"""Every block of the README is run: what it shows is what comes out. `--update-golden` writes it anew."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.conftest import ROOT, Podsim

README = ROOT / "README.md"
CONSOLE = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
PYTHON = re.compile(r"```python\n(?P<code>.*?)```\n\n```text\n(?P<shown>.*?)```", re.DOTALL)
TOOK = re.compile(r"(?<= )\d\.\d\ds$")
LINK = re.compile(r"\]\((?P<target>[^)#]+)\)")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that looks like the project's to a reader who types what the README says."""
    for name in ("scenarios", "docs"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("project")
def test_console_blocks(podsim: Podsim, request: pytest.FixtureRequest) -> None:
    text = README.read_text(encoding="utf-8")

    def typed(block: re.Match[str]) -> str:
        shown = []
        for line in block[0].splitlines():
            if line.startswith("$ "):
                shown += [line, *_printed(podsim, line.removeprefix("$ "))]
        return "".join(f"{line}\n" for line in shown)

    renewed = CONSOLE.sub(typed, text)
    if request.config.getoption("--update-golden"):
        README.write_text(renewed, encoding="utf-8")
    else:
        assert text == renewed


def _printed(podsim: Podsim, command: str) -> list[str]:
    words = shlex.split(command)
    assert words[0] == "podsim", f"not a command of podsim: {command}"
    result = podsim(*words[1:])
    assert result.code == 0, result.err
    # How long something really took is different each time.
    return [TOOK.sub("0.12s", line) for line in (result.err + result.out).splitlines()]


@pytest.mark.usefixtures("project")
def test_python_block(capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> None:
    text = README.read_text(encoding="utf-8")
    block = PYTHON.search(text)
    assert block is not None
    capsys.readouterr()
    exec(compile(block["code"], "README.md", "exec"), {})
    printed = capsys.readouterr().out
    if request.config.getoption("--update-golden"):
        README.write_text(text[: block.start("shown")] + printed + text[block.end("shown") :], encoding="utf-8")
    else:
        assert block["shown"] == printed


def test_links_lead_somewhere() -> None:
    targets = [match["target"] for match in LINK.finditer(README.read_text(encoding="utf-8"))]
    assert targets
    for target in targets:
        assert target.startswith("https://") or (ROOT / target).exists(), target
