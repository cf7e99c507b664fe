"""The files that command lines name: on the user's disk, or in the container in which kubectl runs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from simulator.errors import Problem
from simulator.manifest.files import Source, sources


class Files(Protocol):
    """Files by the names that a command line gives them."""

    def sources(self, names: Sequence[str], *, recursive: bool = False) -> list[Source | Problem]:
        """The manifests that `-f` means: of a directory each one, of `-` standard input; a problem for what cannot be read.

        `recursive`: also those of the directories below.
        """

    def read(self, name: str) -> bytes:
        """The content of a file. Raises OSError."""

    def entries(self, name: str) -> list[str] | None:
        """The names of the regular files in a directory, sorted; None: it is no directory."""


class HostFiles:
    """Files of the user."""

    def sources(self, names: Sequence[str], *, recursive: bool = False) -> list[Source | Problem]:
        """See Files."""
        return list(sources(names, sys.stdin, recursive=recursive))

    def read(self, name: str) -> bytes:
        """See Files."""
        return Path(name).read_bytes()

    def entries(self, name: str) -> list[str] | None:
        """See Files."""
        folder = Path(name)
        if not folder.is_dir():
            return None
        return sorted(item.name for item in folder.iterdir() if item.is_file() and not item.is_symlink())
