"""Looking up names: dig, host, getent."""

from __future__ import annotations

from simulator.process.effects import Call, Process, Program
from simulator.process.world import Address, NetError, Resolve
from simulator.userland.flags import Flags, switch, value
from simulator.userland.net.nslookup import UNANSWERED, no_servers, reply_code
from simulator.userland.streams import out

_RECORD_TYPES = frozenset(("A", "AAAA", "ANY", "CNAME", "IN", "SRV", "TXT"))


class _DigFlags(Flags):
    name = value("-q", default="")
    without_effect = switch("-4", "-6", "-m", "-r", "-u", "-v")
    without_effect_values = value("-b", "-c", "-f", "-k", "-p", "-t", "-x", "-y")


def dig(call: Call) -> Process:
    """`dig [+short] name [type]`: status 0 also for a name that does not exist. Its `+` words are switches, `@` names a server."""
    given = _DigFlags.parse([a for a in call.argv[1:] if a[:1] not in ("+", "@")])
    names = [a for a in (given.name, *given.operands) if a and a.upper() not in _RECORD_TYPES]
    switches = set(call.argv)
    answer = yield Resolve(names[0] if names else ".", dns_only=True)
    if answer in UNANSWERED:
        yield from out(no_servers(answer))
        return 9
    addresses = answer.addresses if isinstance(answer, Address) else ()
    if "+short" in switches:
        yield from out("".join(f"{a}\n" for a in addresses))
        return 0
    if "+noall" not in switches:
        status = reply_code(answer) if isinstance(answer, NetError) else "NOERROR"
        yield from out(f";; ->>HEADER<<- opcode: QUERY, status: {status}, id: 1\n")
        yield from out("\n;; ANSWER SECTION:\n" if addresses else "")
    if "+noall" in switches and "+answer" not in switches:
        return 0
    yield from out("".join(f"{names[0]}.\t30\tIN\tA\t{a}\n" for a in addresses))
    return 0


class _HostFlags(Flags):
    without_effect = switch(*("-" + letter for letter in "aCdilrsTUvVw46"))
    without_effect_values = value(*("-" + letter for letter in "cNRtWm"))


def host(call: Call) -> Process:
    """`host [-t type] [-W seconds] name [server]`."""
    operands = _HostFlags.parse(call.argv[1:]).operands
    name = operands[0] if operands else ""
    answer = yield Resolve(name or ".", dns_only=True)
    if isinstance(answer, NetError):
        code = reply_code(answer)
        number = 2 if code == "SERVFAIL" else 3
        yield from out(no_servers(answer) if answer in UNANSWERED else f"Host {name} not found: {number}({code})\n")
        return 1
    yield from out("".join(f"{answer.name} has address {a}\n" for a in answer.addresses))
    return 0


def getent(call: Call) -> Process:
    """`getent hosts name`, `getent ahosts name`: 2 when it does not resolve. Other databases have root only."""
    database, names = (call.argv[1] if len(call.argv) > 1 else ""), call.argv[2:]
    if database not in ("hosts", "ahosts", "ahostsv4"):
        yield from out("root:x:0:0:root:/root:/bin/sh\n" if database == "passwd" and "root" in names else "")
        return 0 if "root" in names else 2
    status = 0
    for name in names:
        answer = yield Resolve(name)
        if isinstance(answer, NetError):
            status = 2
            continue
        label = answer.name if database == "hosts" else f"STREAM {name}"
        yield from out("".join(f"{a:<15} {label}\n" for a in answer.addresses))
    return status


COMMANDS: dict[str, Program] = {"dig": dig, "drill": dig, "getent": getent, "host": host}
