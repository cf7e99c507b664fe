"""Reaching other machines: nc, telnet, ping, ip; with busybox' texts."""

from __future__ import annotations

from simulator.process.effects import Call, Close, Effects, Listen, Process, Program, Read, Sleep, Unsupported, Write
from simulator.process.errno import Errno
from simulator.process.fileio import read_all
from simulator.process.world import Address, Connect, HostName, NetError, Ping
from simulator.units import SECOND
from simulator.userland.flags import Flags, count, number, seconds, switch, value, words
from simulator.userland.net.names import address_of
from simulator.userland.streams import complain, out

_TELNET_PORT = 23
_PING_WAIT = 10 * SECOND
"""busybox' ping waits so long for an answer."""


class NcFlags(Flags):
    """The options of busybox' nc, OpenBSD's and nmap's."""

    listen = switch("-l", "--listen")
    port = value("-p", "--source-port", default="")
    probe = switch("-z", "--zero")
    receive_only = switch("-r", "--recv-only")
    udp = switch("-u", "--udp")
    verbose = count("-v", "--verbose")
    timeout = seconds("-w", "--wait")
    without_effect = switch(
        *("-" + letter for letter in "nktdN46bhCDFSUZR"),
        *words("""
        --send-only --keep-open --nodns --close --crlf --telnet --ssl --sctp --append-output --broker
        """),
    )
    without_effect_values = value(
        *("-" + letter for letter in "sieocmqGgxXPITVMOKH"),
        *words("""
        --exec --sh-exec --max-conns --idle-timeout --output --source --delay --proxy --proxy-type --proxy-auth
        """),
    )


def nc(call: Call) -> Process:
    """`nc [-zvn] [-w seconds] host port ...`; `nc -l -p port` serves. Refusals are silent below -vv, as in busybox."""
    given = NcFlags.parse(call.argv[1:])
    if given.listen:
        return (yield from _listen(call, given.port or (given.operands[-1] if given.operands else "")))
    host, ports = (given.operands[0], given.operands[1:]) if given.operands else ("", [])
    if not ports or not all(port.partition("-")[0].isdigit() for port in ports):
        yield Write(2, "BusyBox multi-call binary.\n\nUsage: nc [OPTIONS] HOST PORT  - connect\n")
        return 1
    if given.udp:
        return 0  # a datagram is sent whether or not there is a receiver
    status = 1
    for port in ports:
        # Several ports are tried in turn; one that is open is enough.
        status = min(status, (yield from _dial(call, given, host, int(port.partition("-")[0]))))
    return status


def _dial(call: Call, given: NcFlags, host: str, port: int) -> Process:
    """Connect once; without -z send what standard input has, and print the answer."""
    address = yield from address_of(host)
    if isinstance(address, NetError):
        return (yield from complain(call, f"bad address '{host}'"))
    made = yield Connect(host, port, given.timeout)
    if isinstance(made, NetError):
        if given.verbose > 1 or (given.verbose and made is not NetError.REFUSED):
            text = "Connection timed out" if made is NetError.TIMED_OUT else made.value
            yield Write(2, f"{call.name}: {host} ({address}:{port}): {text}\n")
        return 1
    if given.verbose:
        yield Write(2, f"{host} ({address}:{port}) open\n")
    if not given.probe:
        yield from _exchange(made, "" if given.receive_only else (yield from read_all()))
    yield Close(made)
    return 0


def _exchange(connection: int, text: str) -> Effects[None]:
    """Send a text, print what comes back."""
    yield Write(connection, text)
    while (answer := (yield Read(connection))) and not isinstance(answer, Errno):
        yield Write(1, answer)


def _listen(call: Call, port: str) -> Process:
    if not port.isdigit():
        return (yield from complain(call, "bad port"))
    failed = yield Listen(int(port), "tcp")
    if failed is not None:
        return (yield from complain(call, f"bind: {failed}"))
    yield Sleep(None)
    return 0


class _PingFlags(Flags):
    count = number("-c")
    wait = seconds("-W")
    deadline = seconds("-w")
    interval = seconds("-i")
    quiet = switch("-q")
    without_effect = switch("-4", "-6", "-n", "-A", "-v")
    without_effect_values = value("-I", "-s", "-t")


def ping(call: Call) -> Process:
    """`ping [-c count] [-W seconds] [-w deadline] [-i interval] [-q] host`: 0 when an answer came."""
    given = _PingFlags.parse(call.argv[1:])
    if not given.operands:
        return (yield from complain(call, "missing host operand"))
    target, limit = given.operands[0], given.count
    address = yield from address_of(target)
    if isinstance(address, NetError):
        return (yield from complain(call, f"bad address '{target}'"))
    yield from out(f"PING {target} ({address}): 56 data bytes\n")
    interval = given.interval or SECOND
    sent = received = spent = 0
    while limit == 0 or sent < limit:
        answer = yield Ping(target, given.wait or _PING_WAIT)
        sent += 1
        if isinstance(answer, Address):
            received += 1
            if not given.quiet:
                yield from out(f"64 bytes from {address}: seq={sent - 1} ttl=64 time=0.100 ms\n")
        elif answer is NetError.UNREACHABLE:
            return (yield from complain(call, "sendto: Network unreachable"))
        spent += interval
        if (given.deadline and spent >= given.deadline) or sent == limit:
            break
        yield Sleep(interval)
    loss = 100 * (sent - received) // max(sent, 1)
    yield from out(f"\n--- {target} ping statistics ---\n{sent} packets transmitted, {received} packets received, {loss}% packet loss\n")
    if received:
        yield from out("round-trip min/avg/max = 0.100/0.100/0.100 ms\n")
    return int(received == 0)


def telnet(call: Call) -> Process:
    """`telnet host [port]`: connects, sends standard input, prints what comes; 1, since the other side closes the connection."""
    names = [a for a in call.argv[1:] if not a.startswith("-")]
    target = names[0] if names else ""
    port = int(names[1]) if len(names) > 1 and names[1].isdigit() else _TELNET_PORT
    address = yield from address_of(target)
    if isinstance(address, NetError):
        return (yield from complain(call, f"bad address '{target}'"))
    made = yield Connect(target, port)
    if isinstance(made, NetError):
        return (yield from complain(call, f"can't connect to remote host ({address}): {made.value}"))
    yield from out(f"Connected to {target}\n")
    yield from _exchange(made, (yield from read_all()))
    return 1


def ip(call: Call) -> Process:
    """`ip link|addr show [device]`: every interface that is named exists and is up."""
    words = [a for a in call.argv[1:] if not a.startswith("-")]
    if not words or words[0] not in ("link", "l", "addr", "a", "address"):
        yield Unsupported("ip", " ".join(words))
        return 0
    _, address = yield HostName()
    names = [w for w in words[1:] if w not in ("show", "dev", "list")] or ["eth0"]
    lines = f"2: {names[0]}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP\n"
    yield from out(lines + (f"    inet {address}/24 scope global {names[0]}\n" if words[0].startswith("a") else ""))
    return 0


COMMANDS: dict[str, Program] = {"ip": ip, "nc": nc, "ncat": nc, "netcat": nc, "ping": ping, "telnet": telnet}
