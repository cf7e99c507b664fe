"""Charts and kustomizations: helm and kubectl (or kustomize) make manifests of them, if they are installed."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from simulator.manifest.documents import Document, documents

SECONDS = 120
"""How long a tool may take."""


class Unrendered(Exception):
    """Why there are no manifests, and what to do."""


class Rendered(NamedTuple):
    """Manifests, and the command that printed them."""

    text: str
    command: str


def is_values(path: str) -> bool:
    """Whether a file named beside a chart has values for it: a mapping that is no API object."""
    try:
        first = next(documents(Path(path).read_text(encoding="utf-8")), None)
    except (OSError, UnicodeDecodeError):
        return False
    return isinstance(first, Document) and isinstance(first.value, dict) and not {"apiVersion", "kind"} <= first.value.keys()


def chart(file: Path, values: Sequence[str], namespace: str, release: str) -> Rendered:
    """The manifests of the chart with this Chart.yaml, as `helm install` sends them, without its tests. Raises Unrendered."""
    name, path = _chart_name(file), str(file.parent)
    given = [word for file in values for word in ("--values", file)]
    place = ["--namespace", namespace] if namespace != "default" else []
    typed = ["helm", "template", name, path, *given, *place]
    return _output(typed, ["--skip-tests", "--include-crds", "--kube-version", release], ("helm",))


def kustomization(folder: str) -> Rendered:
    """The manifests of the kustomization in a directory. Raises Unrendered."""
    if shutil.which("kubectl") is None and shutil.which("kustomize") is not None:
        return _output(["kustomize", "build", folder], [], ("kustomize",))
    return _output(["kubectl", "kustomize", folder], [], ("kubectl", "kustomize"))


def _chart_name(file: Path) -> str:
    """The chart's own name, which releases often have, too."""
    try:
        first = next(documents(file.read_text(encoding="utf-8")), None)
    except (OSError, UnicodeDecodeError):
        first = None
    name = first.value.get("name") if isinstance(first, Document) and isinstance(first.value, dict) else None
    return str(name or file.resolve().parent.name)


def _output(command: list[str], more: list[str], tools: tuple[str, ...]) -> Rendered:
    """What a command prints. `more`: options that users need not know; `tools`: any of which would do. Raises Unrendered."""
    typed = shlex.join(command)
    program = shutil.which(command[0])
    if program is None:
        missing = f"{tools[0]} is not installed" if len(tools) == 1 else f"neither {' nor '.join(tools)} is installed"
        raise Unrendered(f"{missing}: install {' or '.join(tools)}, or pipe its output: {typed} | podsim run -")
    try:
        done = subprocess.run([program, *command[1:], *more], capture_output=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unrendered(f"{typed}: {error}") from error
    if done.returncode:
        raise Unrendered(f"{typed}: {done.stderr.decode('utf-8', 'replace').strip()}")
    return Rendered(done.stdout.decode("utf-8", "replace"), typed)
