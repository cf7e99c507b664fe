"""The file that an interpreter is to run: which word of its command line names it, and what the interpreter prints when it is missing."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from typing import NamedTuple

from simulator.process.effects import Call, Effects, GetStat, Stat
from simulator.process.fileio import absolute


class Interpreter(NamedTuple):
    """How an interpreter finds its file.

    `text`: options that make the program no file; `valued`: options with a value in the next word; `file`: the option with the file,
    empty: the first operand is it; `endings`: what it tries behind the name; `message` and `status`: its answer to a missing file.
    """

    message: str
    status: int
    text: tuple[str, ...] = ()
    valued: tuple[str, ...] = ()
    file: str = ""
    endings: tuple[str, ...] = ("",)
    fd: int = 2


_NODE = Interpreter(
    "Error: Cannot find module '{path}'\n  code: 'MODULE_NOT_FOUND'",
    1,
    ("-e", "--eval", "-p", "--print", "-i", "--interactive", "--test", "--run"),
    ("-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions", "--title"),
    endings=("", ".js", ".json", ".node", ".mjs", "/index.js", "/package.json"),
)
_PYTHON = Interpreter("{name}: can't open file '{path}': [Errno 2] No such file or directory", 2, ("-c", "-m"), ("-W", "-X"))
INTERPRETERS = {
    "python": _PYTHON,
    "python3": _PYTHON,
    "node": _NODE,
    "nodejs": _NODE,
    "ruby": Interpreter("{name}: No such file or directory -- {word} (LoadError)", 1, ("-e",), ("-r", "-I", "-C")),
    "perl": Interpreter('Can\'t open perl script "{word}": No such file or directory', 2, ("-e", "-E"), ("-I",)),
    "php": Interpreter("Could not open input file: {word}", 1, ("-r", "-S", "-a", "-i", "-m"), ("-c", "-d", "-t", "-z"), fd=1),
    "java": Interpreter("Error: Unable to access jarfile {word}", 1, file="-jar"),
}
"""Their own texts: CPython 3.9 and later, Node.js, CRuby, perl, PHP's command line, OpenJDK's launcher."""


PROJECTS = {
    "composer": Interpreter("Composer could not find a composer.json file in {cwd}", 1, file="composer.json"),
    "npm": Interpreter(
        "npm error code ENOENT\nnpm error syscall open\nnpm error path {path}\nnpm error errno -2\n"
        "npm error enoent Could not read package.json: Error: ENOENT: no such file or directory, open '{path}'",
        254,
        file="package.json",
    ),
    "pnpm": Interpreter(
        ' ERR_PNPM_NO_IMPORTER_MANIFEST_FOUND  No package.json (or package.yaml, or package.json5) was found in "{cwd}".',
        1,
        file="package.json",
    ),
    "yarn": Interpreter('error Couldn\'t find a package.json file in "{cwd}"', 1, file="package.json"),
}
"""Package managers that run scripts of a project: npm 10, yarn 1, pnpm, Composer. `file` is the one that describes the project."""


_NEEDS_NO_PROJECT = ("dlx", "exec")


def file_of(argv: Sequence[str]) -> str:
    """The word that names the file; empty if the program is in an option, in a module or on standard input."""
    interpreter = INTERPRETERS.get(argv[0].rpartition("/")[2])
    if interpreter is None:
        return ""
    args = list(argv[1:])
    if interpreter.file:
        at = args.index(interpreter.file) + 1 if interpreter.file in args else len(args)
        return args[at] if at < len(args) else ""
    while args:
        word = args.pop(0)
        if not word.startswith("-"):
            return word
        if word == "-" or _is_text(word, interpreter):
            return ""
        if word in interpreter.valued and args:
            args.pop(0)
    return ""


def _is_text(word: str, interpreter: Interpreter) -> bool:
    """Whether an option makes the program no file: by its name, or as the last of several letters (`-uc`, `-ne`)."""
    letters = "".join(option[1] for option in interpreter.text if len(option) == 2)
    return word.partition("=")[0] in interpreter.text or re.fullmatch(rf"-[A-Za-z]*[{letters}]", word) is not None


def refusal(call: Call) -> Effects[tuple[str, int, int] | None]:
    """What an interpreter prints when its file is missing, its exit status, and the descriptor; None if the file is there."""
    project = PROJECTS.get(call.name)
    word = file_of(call.argv) if project is None else "" if call.argv[1] in _NEEDS_NO_PROJECT else project.file
    if not word:
        return None
    interpreter, path = project or INTERPRETERS[call.name], absolute(call, word)
    for ending in interpreter.endings[1:]:
        if isinstance((yield GetStat(path + ending)), Stat):
            return None
    stat = yield GetStat(path, relies_on="script")
    # A `subPath` that the volume does not have is an empty directory.
    if isinstance(stat, Stat) and (stat.kind != "dir" or stat.unknown):
        return None
    text = interpreter.message.format(name=call.argv[0], path=posixpath.normpath(path), word=word, cwd=call.cwd)
    return f"{text}\n", interpreter.status, interpreter.fd
