"""The files that a command line opens on the bench."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from simulator.errors import UsageError

ENDINGS = (".yaml", ".yml", ".json")
LEFT_OUT = ("expected",)
"""Folders of a Scenario that are no input."""


def opened(paths: Sequence[str]) -> dict[str, str]:
    """The texts of files, and of all manifests and Scenarios in folders, by name. Raises UsageError."""
    files: dict[str, str] = {}
    for path in map(Path, paths):
        names = [path] if not path.is_dir() else _inside(path)
        if not names:
            raise UsageError(f"no manifests in {path}")
        for file in names:
            name = file.relative_to(path).as_posix() if path.is_dir() else file.name
            if name in files:
                raise UsageError(f"two files are called {name}")
            files[name] = _text(file)
    return files


def _inside(folder: Path) -> list[Path]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix in ENDINGS)
    return [path for path in files if not {*LEFT_OUT, ".git"}.intersection(path.relative_to(folder).parts)]


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}: not a text file") from error
