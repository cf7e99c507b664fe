"""What a command of your own is made of: register it with the entry point group `podsim.commands`, see docs/commands.md.

A command is a generator function: it takes a `Call`, yields effects, is sent their answers, and returns its exit code.

    def hello(call: Call) -> Process:
        yield Write(1, f"hello {call.env.get('HOSTNAME', '')}\n")
        yield Sleep(2 * SECOND)
        return 0

Standard input, output and error are the descriptors 0, 1 and 2. Each effect's docstring names its answer; failures are answers, too: an
`Errno` for files and descriptors, a `NetError` for the network. Lengths of time are integer nanoseconds.
"""

from __future__ import annotations

from simulator.process.effects import (
    AwaitChange,
    Call,
    Close,
    Effect,
    GetStat,
    Handle,
    Kill,
    Link,
    ListDir,
    Listen,
    MakeDir,
    Move,
    Now,
    Open,
    Process,
    Program,
    Read,
    Remove,
    SetAttributes,
    Sleep,
    Spawn,
    Stat,
    Step,
    Unsupported,
    WaitFor,
    Write,
)
from simulator.process.errno import Errno
from simulator.process.fileio import absolute, make_dirs, read_all, read_file, write_file
from simulator.process.problems import NotSimulatedError, UsageError
from simulator.process.world import (
    Address,
    ApiGet,
    Connect,
    Exchange,
    HostName,
    HttpRequest,
    HttpResponse,
    NetError,
    Ping,
    Random,
    Resolve,
)
from simulator.units import MILLISECOND, SECOND
from simulator.userland.children import become, output_of, run, start
from simulator.userland.durations import duration
from simulator.userland.flags import Flags, Unknown, count, either, number, optional, report_ignored, seconds, switch, value, values
from simulator.userland.registered import CommandError
from simulator.userland.streams import complain, inputs, lines, out

__all__ = [
    "MILLISECOND",
    "SECOND",
    "Address",
    "ApiGet",
    "AwaitChange",
    "Call",
    "Close",
    "CommandError",
    "Connect",
    "Effect",
    "Errno",
    "Exchange",
    "Flags",
    "GetStat",
    "Handle",
    "HostName",
    "HttpRequest",
    "HttpResponse",
    "Kill",
    "Link",
    "ListDir",
    "Listen",
    "MakeDir",
    "Move",
    "NetError",
    "NotSimulatedError",
    "Now",
    "Open",
    "Ping",
    "Process",
    "Program",
    "Random",
    "Read",
    "Remove",
    "Resolve",
    "SetAttributes",
    "Sleep",
    "Spawn",
    "Stat",
    "Step",
    "Unknown",
    "Unsupported",
    "UsageError",
    "WaitFor",
    "Write",
    "absolute",
    "become",
    "complain",
    "count",
    "duration",
    "either",
    "inputs",
    "lines",
    "make_dirs",
    "number",
    "optional",
    "out",
    "output_of",
    "read_all",
    "read_file",
    "report_ignored",
    "run",
    "seconds",
    "start",
    "switch",
    "value",
    "values",
    "write_file",
]
