"""Fill `web/podsim-lab` with Pyodide (installed by npm) and the packages of `requirements/lab.txt` (from PyPI): `make lab` runs it.

    python tools/lab.py

Equal inputs give equal bytes. Hashes are pinned in both locks.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYODIDE = ROOT / "web" / "node_modules" / "pyodide"
DATA = ROOT / "web" / "podsim-lab" / "podsim_lab" / "data"
LOCK = ROOT / "requirements" / "lab.txt"
RUNTIME = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
PLATFORMS = ("pyemscripten_2026_0_wasm32", "manylinux_2_17_x86_64", "any")
"""For msgspec; for PyYAML, whose wheels for Linux have the Python files besides the compiled one; for SimPy."""
DATE = (2020, 1, 1, 0, 0, 0)


def main() -> None:
    """Write the data."""
    version = json.loads((PYODIDE / "package.json").read_text("utf-8"))["version"]
    stated = (DATA.parent / "__init__.py").read_text("utf-8")
    if f'"{version}"' not in stated:
        sys.exit(f"web/podsim-lab has another version than npm's pyodide {version}: change podsim_lab/__init__.py")
    shutil.rmtree(DATA, ignore_errors=True)
    (DATA / "pyodide").mkdir(parents=True)
    for name in RUNTIME:
        shutil.copyfile(PYODIDE / name, DATA / "pyodide" / name)
    with tempfile.TemporaryDirectory() as folder:
        download(Path(folder))
        pack(sorted(Path(folder).glob("*.whl")), DATA / "packages.zip")


def download(folder: Path) -> None:
    """The wheels of the lock, for the Python in the browser."""
    platforms = [word for platform in PLATFORMS for word in ("--platform", platform)]
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes", "--only-binary=:all:", "--python-version", "3.14"]
    subprocess.run(
        [sys.executable, "-m", "pip", "download", *options, *platforms, "--dest", str(folder), "--requirement", str(LOCK)], check=True
    )


def pack(wheels: list[Path], target: Path) -> None:
    """All wheels in one zip, without what the browser cannot load."""
    with zipfile.ZipFile(target, "w") as archive:
        for wheel in wheels:
            with zipfile.ZipFile(wheel) as source:
                for name in source.namelist():
                    if not name.endswith("linux-gnu.so"):
                        archive.writestr(zipfile.ZipInfo(name, DATE), source.read(name), zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    main()
