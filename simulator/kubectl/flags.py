"""The command lines of kubectl: words, and the flags that all verbs have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from simulator.golang import pflag
from simulator.golang.pflag import Flag

if TYPE_CHECKING:
    from simulator.kubectl.files import Files

NAMESPACE = Flag("namespace", short="n", metavar="NAMESPACE", help="Default: the run's namespace, or 'default'.")
ALL_NAMESPACES = Flag("all-namespaces", "bool", "A", help="Select objects in all namespaces.")
CONNECTION = (
    *(
        Flag(name)
        for name in (
            "context", "kubeconfig", "cluster", "user", "request-timeout", "as", "as-uid", "token", "username", "password", "cache-dir",
            "certificate-authority", "client-certificate", "client-key", "tls-server-name", "profile", "profile-output", "vmodule",
        )
    ),
    Flag("server", short="s"),
    Flag("as-group", "array"),
    Flag("v", "int", "v"),
    *(Flag(name, "bool") for name in ("insecure-skip-tls-verify", "match-server-version", "warnings-as-errors", "disable-compression")),
)  # fmt: skip
"""Flags of every command of kubectl that have no effect here: there is only one cluster."""
LIST_OPTIONS = (
    Flag("chunk-size", "int64"),
    Flag("server-print", "bool"),
    Flag("allow-missing-template-keys", "bool"),
    Flag("template"),
)
"""Flags of verbs that read that have no effect here."""


class Words:
    """A parsed command line.

    Attributes:
        args: The arguments.
        flags: The values of all flags, by name; `words["output"]` is short for `words.flags["output"]`.
        given: The names of the flags that were given.
        dash: How many arguments came before `--`; -1: there was none.
        files: The files that arguments and flags name.
        warnings: What is printed beside the answer.
    """

    def __init__(self, parsed: pflag.Parsed, files: Files) -> None:
        self.args, self.flags, self.given, self.dash = parsed
        self.files = files
        self.warnings: list[str] = []

    def __getitem__(self, name: str) -> Any:
        return self.flags[name]


def parse(argv: Sequence[str], flags: Sequence[Flag], files: Files) -> Words:
    """Take a command line apart. Raises FlagError in pflag's words; whether required flags are there is not checked."""
    return Words(pflag.parse(argv, flags), files)


def require(words: Words, flags: Sequence[Flag]) -> None:
    """Raise FlagError when a required flag is missing."""
    pflag.require(words.given, flags)
