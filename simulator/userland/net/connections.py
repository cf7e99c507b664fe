"""Reaching other machines: telnet, ping (BusyBox' and iputils'), ip."""

from __future__ import annotations

from typing import NamedTuple

from simulator.process.effects import Call, Process, Program, Sleep, Unsupported, Write
from simulator.process.fileio import read_all
from simulator.process.world import Address, Connect, HostName, NetError, Ping, lookup_error
from simulator.units import MILLISECOND, SECOND
from simulator.userland.busybox.images import Kind
from simulator.userland.busybox.tool import address_of, bad_option, busybox, tools, usage
from simulator.userland.flags import Flags, number, seconds, switch, value
from simulator.userland.net.netcat import exchange
from simulator.userland.streams import complain, out

_TELNET_PORT = 23
_PING_WAIT = 10 * SECOND
"""busybox' ping waits so long for an answer."""


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
    its = yield from tools()
    release = its.busybox
    if release is not None and not release.ping_has_interval and given.interval is not None:
        return (yield from usage(call, release, bad_option(["-i"], release, "", "")))
    if not given.operands:
        return (yield from complain(call, "missing host operand"))
    address = yield from address_of(given.operands[0])
    if isinstance(address, NetError):
        if its.kind is Kind.GNU:
            return (yield from complain(call, f"{given.operands[0]}: {lookup_error(address)}", _NO_HOST))
        return (yield from complain(call, f"bad address '{given.operands[0]}'"))
    texts = _IPUTILS if its.kind is Kind.GNU else _BUSYBOX
    yield from out(texts.begin.format(host=given.operands[0], address=address))
    return (yield from _send(call, given, address, texts, deadline_works=release is None or release.ping_deadline_works))


class _Texts(NamedTuple):
    """What a ping prints; `first` is the number of its first packet."""

    begin: str
    answer: str
    sums: str
    times: str
    first: int


_BUSYBOX = _Texts(
    "PING {host} ({address}): 56 data bytes\n",
    "64 bytes from {address}: seq={number} ttl=64 time=0.100 ms\n",
    "{sent} packets transmitted, {received} packets received, {loss}% packet loss\n",
    "round-trip min/avg/max = 0.100/0.100/0.100 ms\n",
    0,
)
_IPUTILS = _Texts(
    "PING {host} ({address}) 56(84) bytes of data.\n",
    "64 bytes from {name} ({address}): icmp_seq={number} ttl=64 time=0.100 ms\n",
    "{sent} packets transmitted, {received} received, {loss}% packet loss, time {took}ms\n",
    "rtt min/avg/max/mdev = 0.100/0.100/0.100/0.000 ms\n",
    1,
)
"""The ping of Debian, Ubuntu and the Red Hat systems (iputils-ping)."""
_NO_HOST = 2
"""Its status for a name that does not resolve."""


def _send(call: Call, given: _PingFlags, address: str, texts: _Texts, *, deadline_works: bool) -> Process:
    """Send the packets, one per interval; only the last one is waited for longer than that."""
    target, limit, interval = given.operands[0], given.count, given.interval or SECOND
    sent = received = spent = 0
    while limit == 0 or sent < limit or (deadline_works and given.deadline and received < limit):
        last = limit and sent >= limit - 1 and not given.deadline
        wait = (given.wait or _PING_WAIT) if last else interval
        answer = yield Ping(target, wait)
        sent += 1
        if isinstance(answer, Address):
            received += 1
            if not given.quiet:
                number = sent - 1 + texts.first
                yield from out(texts.answer.format(name=answer.name, address=address, number=number))
        elif answer is NetError.UNREACHABLE:
            return (yield from complain(call, "sendto: Network unreachable"))
        spent += interval
        if given.deadline and spent >= given.deadline and deadline_works:
            break
        if isinstance(answer, Address) and sent != limit:
            yield Sleep(interval)
    if given.deadline and not received and not deadline_works:
        yield Sleep(None)  # the deadline's alarm is lost, and an answer never comes
    loss = 100 * (sent - received) // max(sent, 1)
    took = max(sent - 1, 0) * interval // MILLISECOND
    yield from out(f"\n--- {target} ping statistics ---\n" + texts.sums.format(sent=sent, received=received, loss=loss, took=took))
    if received or texts.first:
        yield from out(texts.times if received else "\n")
    return int(received == 0)


def telnet(call: Call) -> Process:
    """`telnet host [port]`: connects, sends standard input, prints what comes.

    1, since the other side closes the connection. BusyBox' has 0, and before 1.38 it ends with its input.
    """
    names = [a for a in call.argv[1:] if not a.startswith("-")]
    target = names[0] if names else ""
    port = int(names[1]) if len(names) > 1 and names[1].isdigit() else _TELNET_PORT
    address = yield from address_of(target)
    if isinstance(address, NetError):
        return (yield from complain(call, f"bad address '{target}'"))
    made = yield Connect(target, port)
    if isinstance(made, NetError):
        return (yield from complain(call, f"can't connect to remote host ({address}): {made.value}"))
    release = yield from busybox()
    if release is None or release.telnet_says_connected:
        yield from out(f"Connected to {target}\n")
    text = yield from read_all()
    if release is not None and not release.telnet_waits_for_server:
        yield Write(made, text)
        return 0
    printed = yield from exchange(made, text)
    if release is None:
        return 1
    if not printed:
        yield Sleep(None)  # the server keeps the connection open
    yield from out("EOF on read from foreign host\r\n")
    return 0


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


COMMANDS: dict[str, Program] = {"ip": ip, "ping": ping, "telnet": telnet}
