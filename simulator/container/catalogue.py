"""The catalogue of widely used images: what they do without a command, their ports, sizes and times, and how they react to SIGTERM.

The data is in `catalogue.json`: a row for each image, each figure with its source or the word `assumed`. It is read on first use, which
takes about a millisecond.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from simulator.container.program import Listen, Run, Term
from simulator.engine.durations import ZERO, Duration, Fixed
from simulator.images.reference import reference
from simulator.objects.globs import glob_matches
from simulator.units import MILLISECOND, SECOND, parse_duration

FILE = Path(__file__).with_name("catalogue.json")
ASSUMED = "assumed"
AT_ONCE = Fixed(100 * MILLISECOND)
"""The run time of a program that only prints its usage, and of a shell without input. Assumed."""
LISTENS_AFTER = Fixed(1 * SECOND)
"""The time until an unknown server listens. Assumed."""
UNKNOWN_SIZE = 50_000_000
"""The compressed size of an unknown image, in bytes: about the median of the catalogue. Assumed."""
ENTRYPOINTS = ("docker-entrypoint.sh", "dockerd-entrypoint.sh", "entrypoint.sh", "run.sh")
"""Scripts by which images start their own program."""


class Stop(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The reaction of a container to the signal that stops it: it ends after a delay with a code, or ignores it."""

    delay: str = ""
    exit_code: int = 0
    ignore: bool = False


class Entry(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """An image.

    `names`: repositories without registry and `library/`, or globs of them; one with a `:` includes the tag. `does`, without a command:
    `serves` ports forever, `runs` forever, `ends` with `exit_code`, or is a `shell`, which ends at once unless it has an input.
    `verbs`: first arguments with which it does the same. `entrypoint`: the command that its arguments continue, where podsim knows it.
    `sizes`: bytes that are transferred, by globs of the tag. `listens`: the time until its ports are open. `pages`: the paths
    of its own site (`*`: all), None: unknown. `sources`: one for each figure.
    """

    name: str
    names: tuple[str, ...]
    does: Literal["serves", "runs", "ends", "shell"]
    process: str
    sizes: dict[str, int]
    sources: dict[str, str]
    ports: tuple[int, ...] = ()
    listens: str = ""
    verbs: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    root: str = ""
    exit_code: int = 0
    pages: tuple[str, ...] | None = None
    term: Stop | None = None

    @property
    def listens_after(self) -> Duration:
        """The time until its ports are open."""
        return Fixed(parse_duration(self.listens)) if self.listens else LISTENS_AFTER

    @property
    def stop(self) -> Term:
        """Its reaction to SIGTERM."""
        term = self.term or Stop()
        return Term(Fixed(parse_duration(term.delay)) if term.delay else ZERO, term.exit_code, term.ignore)

    def size(self, tag: str) -> int:
        """The size of a tag, in bytes."""
        return next(size for glob, size in self.sizes.items() if glob_matches(tag, glob))

    def starts_with(self, command: Sequence[str], args: Sequence[str]) -> bool:
        """Whether a container with this command line runs the image's own program."""
        words = [*command, *args]
        if not words or (not command and ((args[0].startswith("-") and self.does not in ("shell", "ends")) or args[0] in self.verbs)):
            return True
        first = words[0].rpartition("/")[2]
        if self.does == "shell" and words[1:] and first not in ENTRYPOINTS:
            # With an operand, a shell or an interpreter runs something else: a script, or what `-c` says.
            return False
        return first == self.process or (first in ENTRYPOINTS and (len(words) == 1 or self.starts_with((), words[1:])))

    def run(self, ports: Sequence[int] = (), *, stated: Sequence[int] = (), moves: bool = False, has_input: bool = False) -> Run:
        """What it does.

        `ports` are those that the manifest declares, `stated` those that its command line gives it. With `moves`, something may let it
        listen elsewhere than usual.
        """
        if self.does == "ends":
            return Run(exit_after=AT_ONCE, exit_code=self.exit_code)
        if self.does == "shell" and not has_input:
            return Run(exit_after=AT_ONCE)
        usual = () if stated and len(self.ports) == 1 else self.ports
        certain = {*stated, *(() if moves else usual)}
        every = dict.fromkeys((*ports, *stated, *usual))
        listens = tuple(Listen(port, self.listens_after, guessed=port not in certain) for port in every)
        return Run(listen=listens, term=self.stop)


@cache
def entries() -> tuple[Entry, ...]:
    """Every row of the catalogue."""
    return msgspec.json.decode(FILE.read_bytes(), type=tuple[Entry, ...])


@cache
def _by_name() -> tuple[dict[str, list[tuple[str, Entry]]], list[tuple[str, Entry]]]:
    """Entries by their repository, each with a glob of the tag; and the entries whose names are globs."""
    exact: dict[str, list[tuple[str, Entry]]] = {}
    globs: list[tuple[str, Entry]] = []
    for entry in entries():
        for name in entry.names:
            repository, _, tag = name.partition(":")
            if "*" in repository:
                globs.append((repository, entry))
            else:
                exact.setdefault(repository, []).append((tag or "*", entry))
    for rows in exact.values():
        rows.sort(key=lambda row: row[0] == "*")  # `docker:*dind*` before `docker`
    return exact, globs


@cache
def known(image: str) -> Entry | None:
    """The entry of an image as it is written in a manifest; None when the catalogue does not have it."""
    repository, tag = reference(image)
    exact, globs = _by_name()
    named = next((entry for glob, entry in exact.get(repository, ()) if glob_matches(tag, glob)), None)
    return named or next((entry for glob, entry in globs if glob_matches(repository, glob)), None)


_PUBLIC = (
    *("docker.io", "index.docker.io", "registry-1.docker.io", "mirror.gcr.io", "public.ecr.aws", "quay.io", "ghcr.io", "gcr.io"),
    *("*.gcr.io", "*.pkg.dev", "registry.k8s.io", "k8s.gcr.io", "mcr.microsoft.com", "docker.elastic.co", "nvcr.io", "lscr.io"),
)
"""Registries whose images are what their names say."""


def is_certain(image: str, entry: Entry) -> bool:
    """Whether an image is that of an entry for certain: by its whole name, and from a public registry."""
    host, slash, _ = image.partition("/")
    is_private = bool(slash) and ("." in host or ":" in host) and not any(glob_matches(host, glob) for glob in _PUBLIC)
    return not is_private and any(name.partition(":")[0] == reference(image)[0] for name in entry.names)


def is_base(image: str) -> bool:
    """Whether an image has only an operating system or a language, and nothing of an application."""
    entry = known(image)
    return entry is not None and entry.does == "shell"


def server(process: str) -> Entry | None:
    """The entry whose main process has that name: what `redis-server` does in a script."""
    return next((entry for entry in entries() if entry.process == process and entry.does == "serves"), None)


def process_of(image: str) -> str:
    """The name of an image's main process: the catalogue's, else the name of the image."""
    entry = known(image)
    return reference(image)[0].rpartition("/")[2] if entry is None else entry.process


def size_of(image: str) -> int:
    """The compressed size of an image in bytes."""
    entry = known(image)
    return UNKNOWN_SIZE if entry is None else entry.size(reference(image)[1])
