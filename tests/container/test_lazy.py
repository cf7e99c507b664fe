"""A run without scripts loads neither the shell nor its grammar."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PLAIN = """
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
  - {name: main, image: app, ports: [{containerPort: 80}], readinessProbe: {httpGet: {port: 80}}%s}
"""
LOADED = """
import sys
from simulator.cluster import simulate
simulate([sys.argv[1]])
LAZY = ("simulator.process.", "simulator.shell.", "simulator.userland.", "simulator.container.processes")
print(sorted({name for name in sys.modules if name.startswith(LAZY)}))
"""


def loaded(tmp_path: Path, more: str) -> str:
    (tmp_path / "pod.yaml").write_text(PLAIN % more, encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", LOADED, str(tmp_path / "pod.yaml")], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_plain_run_loads_no_shell(tmp_path: Path) -> None:
    assert loaded(tmp_path, "") == "[]"


def test_a_single_command_needs_no_grammar(tmp_path: Path) -> None:
    names = loaded(tmp_path, ", command: [sleep, '10']")
    assert "simulator.process.machine" in names
    assert "simulator.shell.syntax.parser" not in names


def test_a_script_does(tmp_path: Path) -> None:
    assert "simulator.shell.syntax.parser" in loaded(tmp_path, ", command: [sh, -c, sleep 10]")
