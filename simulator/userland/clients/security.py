"""openssl and nmap: connections for their own sake."""

from __future__ import annotations

import re
from base64 import b64encode

from simulator.process.effects import Call, Process, Program
from simulator.process.fileio import absolute, write_file
from simulator.process.world import Connect, NetError, Random, UnknownCommand
from simulator.userland.clients.attempts import ATTEMPT_TIMEOUT, attempt
from simulator.userland.clients.targets import address
from simulator.userland.flags import values_of
from simulator.userland.streams import out


def openssl(call: Call) -> Process:
    """`openssl s_client -connect host:port`, `openssl rand`; what else it does is unknown, but it writes the files that it names."""
    args = call.argv[1:]
    server = next(values_of(args, "-connect"), "")
    if args[:1] == ("s_client",) and server:
        return (yield from attempt(address(server, 443))(call))
    if args[:1] == ("rand",) and args[-1].isdigit():
        text = ""
        for _ in range(int(args[-1])):
            text += f"{(yield Random(256)):02x}"
        yield from out((b64encode(bytes.fromhex(text)).decode() if "-base64" in args else text) + "\n")
        return 0
    program: Program | None = yield UnknownCommand(call, "step")
    for path in values_of(args, "-out -keyout"):
        yield from write_file(absolute(call, path), f"-----BEGIN {args[0].upper()}-----\n")
    return (yield from program(call)) if program else 127


def nmap(call: Call) -> Process:
    """`nmap -p port host`: always 0, the answer is in the text."""
    ports = [int(p) for text in values_of(call.argv[1:], "-p") for p in re.findall(r"\d+", text)]
    hosts = [a for at, a in enumerate(call.argv) if at and not a.startswith("-") and call.argv[at - 1] != "-p"]
    for host in hosts:
        yield from out(f"Nmap scan report for {host}\nPORT     STATE  SERVICE\n")
        for port in ports:
            made = yield Connect(host, port, ATTEMPT_TIMEOUT)
            yield from out(f"{port}/tcp {_state(made)} unknown\n")
    return 0


def _state(answer: int | NetError) -> str:
    if not isinstance(answer, NetError):
        return "open"
    return "closed" if answer is NetError.REFUSED else "filtered"


COMMANDS: dict[str, Program] = {"nmap": nmap, "openssl": openssl}
