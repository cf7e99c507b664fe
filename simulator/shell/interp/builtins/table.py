"""The builtins by name. `exec` is not among them: it needs the redirections of its own command to last (see `simple`)."""

from __future__ import annotations

from simulator.shell.interp.builtins import declarations, flow, jobs, parameters, printing, reading, surroundings
from simulator.shell.interp.shell import Builtin

BUILTINS: dict[str, Builtin] = {
    ":": flow.nothing,
    ".": flow.source,
    "source": flow.source,
    "alias": flow.alias,
    "break": flow.leave_loop(again=False),
    "builtin": flow.command,
    "cd": surroundings.cd,
    "command": flow.command,
    "coproc": flow.coprocess,
    "continue": flow.leave_loop(again=True),
    "declare": declarations.declaring("declare"),
    "disown": flow.nothing,
    "eval": flow.evaluate_words,
    "exit": flow.leave_shell,
    "export": declarations.declaring("export"),
    "getopts": parameters.getopts,
    "hash": flow.nothing,
    "jobs": jobs.jobs,
    "kill": jobs.kill,
    "let": surroundings.let,
    "local": declarations.declaring("local"),
    "mapfile": reading.mapfile,
    "printf": printing.print_formatted,
    "read": reading.read,
    "readarray": reading.mapfile,
    "readonly": declarations.declaring("readonly"),
    "return": flow.leave_function,
    "set": parameters.set_parameters,
    "shift": parameters.shift,
    "shopt": parameters.shopt,
    "times": jobs.times,
    "trap": jobs.trap,
    "type": flow.describe,
    "typeset": declarations.declaring("declare"),
    "ulimit": surroundings.ulimit,
    "umask": surroundings.umask,
    "unalias": flow.nothing,
    "unset": declarations.unset,
    "wait": jobs.wait,
}
