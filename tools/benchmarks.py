#!/usr/bin/env python3
"""Runs tests/benchmarks and writes docs/benchmarks.md: `make bench`."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
RUNS = "1000"
"""For the benchmark of workers, unless PODSIM_BENCHMARK_RUNS says otherwise."""


def machine() -> str:
    """Processor, number of cores, system and Python."""
    info = Path("/proc/cpuinfo")
    names = (
        [line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")] if info.exists() else []
    )
    processor = names[0] if names else platform.processor() or platform.machine()
    return f"{processor}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"


def measured(report: Path) -> list[tuple[str, str]]:
    """Benchmark and line of results, in the order in which they ran."""
    return [
        (f"{case.get('classname', '').rpartition('.')[2].removeprefix('test_')}", str(result.get("value")))
        for case in ElementTree.parse(report).iter("testcase")
        for result in case.iter("property")
        if result.get("name") == "measured"
    ]


def page(lines: list[tuple[str, str]]) -> str:
    """The page."""
    rows = "".join(f"| `tests/benchmarks/test_{name}.py` | {text.replace('|', ' ')} |\n" for name, text in lines)
    return (
        "# Benchmarks\n"
        "`make bench` runs `tests/benchmarks` and writes this page. Seconds and milliseconds are processor time, except for the runs of\n"
        "`test_workers.py`; compare only numbers of one machine.\n\n"
        f"{machine()}, {date.today().isoformat()}:\n\n"
        "| benchmark | result |\n|---|---|\n" + rows
    )


def main() -> int:
    """Write the page when all benchmarks passed; return pytest's exit code."""
    environment = {"PODSIM_BENCHMARK_RUNS": RUNS, **os.environ}
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "tests/benchmarks", f"--junitxml={report}"]
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        if code == 0:
            PAGE.write_text(page(measured(report)), encoding="utf-8")
            print(f"wrote {PAGE.relative_to(ROOT)}")
    return code


if __name__ == "__main__":
    sys.exit(main())
