"""The files behind `kubectl apply -f`: a file, a directory, or `-`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TextIO

import msgspec

from simulator.errors import Problem

SUFFIXES = (".json", ".yaml", ".yml")
STDIN = "-"
NO_MANIFESTS = "no manifests"
UNRENDERED = "no manifests can be made of it"
CHART = "Chart.yaml"
KUSTOMIZE = "kustomize:"
"""How a path begins that is the directory of a kustomization, to be built."""
KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
MOST_FOLDERS = 3
TESTS = (".podsim.yaml", ".podsim.yml")
"""Files of expectations, which stand beside the manifests."""


class Source(NamedTuple):
    """A text and its name; `command`: what made it, if it was not read."""

    name: str
    text: str
    command: str = ""


class Target(msgspec.Struct, frozen=True):
    """What manifests are made for: the namespace of a run, and the release of Kubernetes."""

    namespace: str = "default"
    kubernetes: str = ""


def sources(
    paths: Sequence[str],
    stdin: TextIO | None = None,
    *,
    recursive: bool = False,
    target: Target = Target(),  # noqa: B008 (a frozen value)
) -> Iterator[Source | Problem]:
    """The texts in the order given; a directory's manifests by name, with those of its subdirectories if `recursive`.

    helm makes those of a chart, kubectl or kustomize those of a kustomization. An unreadable file is a problem.
    """
    if any(is_chart(path) or path.startswith(KUSTOMIZE) for path in paths):
        yield from _made(paths, stdin, recursive, target)
        return
    yield from _read_all(paths, stdin, recursive)


def is_chart(path: str) -> bool:
    """Whether a path is the folder of a Helm chart."""
    return path != STDIN and Path(path, CHART).is_file()


def is_rendered(path: str) -> bool:
    """Whether another program makes the manifests of a path: helm or kustomize."""
    return path.startswith(KUSTOMIZE) or is_chart(path)


def moved(path: str, move: Callable[[str], str]) -> str:
    """A path with the part that is one in the file system changed."""
    return f"{KUSTOMIZE}{move(path.removeprefix(KUSTOMIZE))}" if path.startswith(KUSTOMIZE) else move(path)


def is_kustomization(file: str) -> bool:
    """Whether a file is kustomize's by its name: it may lack a kind."""
    return file.rpartition("/")[2] in KUSTOMIZATIONS


def _made(paths: Sequence[str], stdin: TextIO | None, recursive: bool, target: Target) -> Iterator[Source | Problem]:
    from simulator.manifest import render

    files = (path for path in paths if Path(path).suffix in SUFFIXES and Path(path).is_file())
    values = [path for path in files if render.is_values(path)] if any(map(is_chart, paths)) else []
    for path in paths:
        try:
            if is_chart(path):
                yield Source(path, *render.chart(Path(path, CHART), values, target.namespace, target.kubernetes))
            elif path.startswith(KUSTOMIZE):
                yield Source(path, *render.kustomization(path.removeprefix(KUSTOMIZE)))
            elif path not in values:
                yield from _read_all([path], stdin, recursive)
        except render.Unrendered as error:
            yield Problem(path, 0, 0, "", f"{UNRENDERED}: {error}")


def _read_all(paths: Sequence[str], stdin: TextIO | None, recursive: bool) -> Iterator[Source | Problem]:
    for path in paths:
        if path == STDIN:
            yield Source(STDIN, (stdin or sys.stdin).read())
            continue
        result = _files(Path(path), recursive=recursive)
        if not result:
            yield Problem(path, 0, 0, "", _nothing_in(path) if Path(path).is_dir() else missing(path))
        for file in result:
            yield _read(file, path if Path(path).is_file() else str(file))


def _nothing_in(path: str) -> str:
    deeper = unread_folders(path)
    there = f"; -R also reads {in_short(deeper)}" if deeper else ""
    return f"{NO_MANIFESTS} ({', '.join(SUFFIXES)}) in this directory{there}"


def stops_everything(problem: Problem) -> bool:
    """Whether kubectl applies nothing at all: for a path that does not exist, and one that has no manifests."""
    return problem.message == missing(problem.file) or problem.message.startswith(NO_MANIFESTS)


def unread_folders(path: str) -> list[str]:
    """The subdirectories with manifests: they are not read, as with kubectl without -R."""
    folder = Path(path)
    if path == STDIN or not folder.is_dir():
        return []
    inner = (item for item in folder.iterdir() if item.is_dir() and not item.name.startswith("."))
    return sorted(str(item) for item in inner if any(file.suffix in SUFFIXES for file in item.rglob("*")))


def in_short(folders: Sequence[str]) -> str:
    """The first folders of a list, and how many more there are."""
    names, left = ", ".join(folders[:MOST_FOLDERS]), len(folders) - MOST_FOLDERS
    return f"{names} and {left} more" if left > 0 else names


def missing(path: str) -> str:
    """kubectl's sentence for a path that is not there; for an address, how to read it."""
    if path.startswith(("http://", "https://")):
        return f"podsim downloads nothing: curl -sSL {path} | podsim run -"
    return f'the path "{path}" does not exist'


def _files(path: Path, *, recursive: bool) -> list[Path]:
    if path.is_dir() and recursive:
        return list(_walk(path))
    if path.is_dir():
        return sorted(file for file in path.iterdir() if _is_manifest(file))
    return [path] if path.exists() else []


def _walk(folder: Path) -> Iterator[Path]:
    """The manifests at any depth, files and folders by name, as Go's filepath.Walk visits them: links to folders are not followed."""
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir() and not item.is_symlink():
            yield from _walk(item)
        elif _is_manifest(item):
            yield item


def _is_manifest(file: Path) -> bool:
    return file.suffix in SUFFIXES and not file.name.endswith(TESTS) and file.is_file()


def _read(file: Path, name: str) -> Source | Problem:
    try:
        return Source(name, file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        return Problem(name, line, 1, "", file_error(error))
    except OSError as error:
        return Problem(name, 0, 0, "", file_error(error))


def file_error(error: OSError | UnicodeDecodeError) -> str:
    """Why a text file cannot be read."""
    return "not UTF-8 text" if isinstance(error, UnicodeDecodeError) else error.strerror or "cannot be read"
