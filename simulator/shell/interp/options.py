"""The options of a shell: those of `set` and `shopt`, and those of `sh` itself."""

from __future__ import annotations

from typing import NamedTuple

from simulator.process.effects import Call

_LONG_NAMES = {"errexit": "e", "nounset": "u", "xtrace": "x", "noglob": "f", "allexport": "a", "noclobber": "C", "verbose": "v"}
_WITHOUT_EFFECT = frozenset("ilhmBHEvnbrs")
"""Login, interactive, job control and the like: no script in a container can tell."""


class Invocation(NamedTuple):
    """How a shell is called: the options that are set, whether there is a `-c`, and the operands."""

    options: set[str]
    has_command: bool
    operands: list[str]


def set_option(options: set[str], name: str, *, on: bool) -> None:
    """Switch an option of `set`, by letter or by the name that follows `-o`."""
    name = _LONG_NAMES.get(name, name)
    if on:
        options.add(name)
    else:
        options.discard(name)


def invocation(call: Call) -> Invocation:
    """The arguments of `sh [-abCe...] [-o option] [-c]`: POSIX XCU, sh; `+` switches off, long options are bash's."""
    options: set[str] = set()
    args = list(call.argv[1:])
    has_command = False
    while args and args[0][:1] in "-+" and len(args[0]) > 1:
        option = args.pop(0)
        if option == "--":
            break
        if option.startswith("--"):
            if option in ("--rcfile", "--init-file") and args:
                args.pop(0)
            continue
        for letter in option[1:]:
            if letter == "c":
                has_command = True
            elif letter in ("o", "O") and args:
                set_option(options, args.pop(0), on=option[0] == "-")
            elif letter not in _WITHOUT_EFFECT:
                set_option(options, letter, on=option[0] == "-")
    return Invocation(options, has_command, args)
