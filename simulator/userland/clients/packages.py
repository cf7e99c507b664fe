"""Package managers that install into a directory: npm, yarn, pnpm, composer, pip --target. What they install is unknown content."""

from __future__ import annotations

from functools import partial

from simulator.process.effects import Call, MarkUnknown, Process, Program, Write
from simulator.process.fileio import absolute, make_dirs

_DIRECTORIES = {"composer": "vendor", "npm": "node_modules", "pnpm": "node_modules", "yarn": "node_modules"}
_INSTALLING = frozenset({"add", "ci", "clean-install", "i", "install", "require", "update"})
_TARGETS = ("-t", "--target", "--prefix")


def guess(call: Call) -> tuple[Program | None, str]:
    """The program of an installation into a directory, and what it does in words; None and "" for every other command."""
    words = call.argv[1:]
    verb = next((word for word in words if not word.startswith("-")), "install" if call.name == "yarn" else "")
    if verb not in _INSTALLING:
        return None, ""
    directory = _directory(call, words)
    return (partial(_install, directory), f"installs packages into {directory}") if directory else (None, "")


def _directory(call: Call, words: tuple[str, ...]) -> str:
    """Where packages go; empty: into the system."""
    if call.name in _DIRECTORIES and not {"-g", "--global"} & set(words):
        return absolute(call, _DIRECTORIES[call.name])
    if call.name in ("pip", "pip3"):
        for option, value in zip(words, (*words[1:], ""), strict=True):
            name, equals, glued = option.partition("=")
            if name in _TARGETS:
                return absolute(call, glued if equals else value)
    return ""


def _install(directory: str, call: Call) -> Process:
    failed = yield from make_dirs(directory)
    if failed is not None:
        yield Write(2, f"{call.name}: {directory}: {failed}\n")
        return 1
    yield MarkUnknown(directory, f"what {call.name} installs")
    return 0
