"""The files that kubectl reads when a process of a container runs it."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from simulator.api.authorization.tokens import TOKEN_PATH, CredentialSource
from simulator.container.filesystem import FileSystem
from simulator.errors import Problem
from simulator.manifest.files import STDIN, SUFFIXES, Source, missing
from simulator.process.effects import Credentials, Stat
from simulator.process.errno import Errno


def credentials(files: ContainerFiles, kubeconfig: str) -> CredentialSource:
    """Where kubectl finds credentials: in a kubeconfig, which comes first, or in the mounted token (client-go's clientcmd)."""
    if kubeconfig and files.has(kubeconfig):
        return "kubeconfig"
    return "token" if files.has(f"{TOKEN_PATH}/token") else ""


class ContainerFiles:
    """Files of a container, as one of its processes may read them. `stdin`: what that process has on its standard input."""

    def __init__(self, files: FileSystem, credentials: Credentials, folder: str, stdin: str) -> None:
        self._files = files
        self._credentials = credentials
        self._folder = folder
        self._stdin = stdin

    def sources(self, names: Sequence[str], *, recursive: bool = False) -> list[Source | Problem]:
        """As `simulator.kubectl.files.Files` has it."""
        return [one for name in names for one in self._sources(name, recursive=recursive)]

    def _sources(self, name: str, *, recursive: bool) -> list[Source | Problem]:
        if name == STDIN:
            return [Source(STDIN, self._stdin)]
        entries = self.entries(name)
        if entries is None:
            return [self._source(name)]
        manifests = self._manifests(name, recursive=recursive)
        return [self._source(file) for file in manifests] or [
            Problem(name, 0, 0, "", f"no manifests ({', '.join(SUFFIXES)}) in this directory")
        ]

    def _manifests(self, folder: str, *, recursive: bool) -> list[str]:
        """The files with a manifest's suffix, in the order in which kubectl reads them."""
        names = self._files.list(self._path(folder), self._credentials)
        result: list[str] = []
        for name in [] if isinstance(names, Errno) else sorted(names):
            path = posixpath.join(folder, name)
            stat = self._files.stat(self._path(path), follow=False, who=self._credentials)
            if recursive and isinstance(stat, Stat) and stat.kind == "dir":
                result += self._manifests(path, recursive=True)
            elif posixpath.splitext(name)[1] in SUFFIXES and self._is_regular(self._path(path)):
                result.append(path)
        return result

    def _source(self, name: str) -> Source | Problem:
        text = self._text(name)
        if text is Errno.ENOENT:
            return Problem(name, 0, 0, "", missing(name))
        return Problem(name, 0, 0, "", str(text)) if isinstance(text, Errno) else Source(name, text)

    def read(self, name: str) -> bytes:
        """As `simulator.kubectl.files.Files` has it."""
        text = self._text(name)
        if isinstance(text, Errno):
            raise OSError(0, str(text))
        return text.encode(errors="surrogateescape")

    def has(self, name: str) -> bool:
        """Whether the process can read a file of that name."""
        return not isinstance(self._text(name), Errno)

    def entries(self, name: str) -> list[str] | None:
        """As `simulator.kubectl.files.Files` has it."""
        path = self._path(name)
        names = self._files.list(path, self._credentials)
        if isinstance(names, Errno):
            return None
        return [entry for entry in names if self._is_regular(posixpath.join(path, entry))]

    def _is_regular(self, path: str) -> bool:
        stat = self._files.stat(path, follow=False, who=self._credentials)
        return isinstance(stat, Stat) and stat.kind == "file"

    def _text(self, name: str) -> str | Errno:
        node = self._files.open(self._path(name), "r", self._credentials)
        return node if isinstance(node, Errno) else node.read()

    def _path(self, name: str) -> str:
        return posixpath.normpath(posixpath.join(self._folder, name))
