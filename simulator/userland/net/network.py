"""Reaching out: nc, nslookup, dig, host, getent, ping, telnet - with busybox' texts."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from simulator.process.effects import Call, Close, Effect, Listen, Program, Read, Sleep, Unsupported, Write
from simulator.process.errno import Errno
from simulator.process.fileio import read_all
from simulator.process.world import Address, Connect, HostName, NetError, Ping, Resolve
from simulator.units import SECOND
from simulator.userland.durations import duration
from simulator.userland.flags import integer
from simulator.userland.kubectl.letters import Options, long_options, options
from simulator.userland.streams import Gen, complain, out

CLUSTER_DNS = "10.96.0.10"  # kubeadm's default: the tenth address of 10.96.0.0/12
UNRESOLVED = (NetError.UNKNOWN_NAME, NetError.NO_DNS)


def seconds(text: str | None) -> int | None:
    """Nanoseconds of an option's value; None when absent or no number."""
    return duration(text) if text else None


def address_of(name: str) -> Generator[Effect, Any, str | NetError]:
    """The first address of a name."""
    found = yield Resolve(name)
    return (
        found.addresses[0]
        if isinstance(found, Address) and found.addresses
        else found
        if isinstance(found, NetError)
        else NetError.UNKNOWN_NAME
    )


_NC_LONG = long_options(
    "recv-only=r send-only=d verbose=v zero=z wait=w listen=l keep-open=k source-port=p exec=e sh-exec=c max-conns=m nodns=n udp=u "
    "close=t crlf=C idle-timeout=i output=o telnet=t ssl=t sctp=t source=s delay=i proxy=x proxy-type=X proxy-auth=x "
    "append-output=t broker=t"
)


def nc(call: Call) -> Gen:
    """`nc [-zvn] [-w seconds] host port ...`; `nc -l -p port` serves. Refusals are silent below -vv, as in busybox."""
    chosen = options(
        call.argv[1:],
        "zvnlkutdN46rbhCDFSUZR",
        "wpsieocmqGgxXPITVMOKH",
        _NC_LONG,
    )
    if "l" in chosen:
        return (yield from _listen(call, chosen.get("p") or (chosen.rest[-1] if chosen.rest else "")))
    host, ports = (chosen.rest[0], chosen.rest[1:]) if chosen.rest else ("", [])
    if not ports or not all(port.partition("-")[0].isdigit() for port in ports):
        yield Write(2, "BusyBox multi-call binary.\n\nUsage: nc [OPTIONS] HOST PORT  - connect\n")
        return 1
    if "u" in chosen:
        return 0  # a datagram is sent whether or not anybody listens
    status = 1
    for port in ports:
        # Several ports are tried in turn; one that is open is enough.
        status = min(status, (yield from _dial(call, chosen, host, int(port.partition("-")[0]))))
    return status


def _dial(call: Call, chosen: Options, host: str, port: int) -> Gen:
    """Connect once; without -z pass on what standard input has, and print the answer."""
    verbose = sum(letter == "v" for letter, _ in chosen.all)
    address = yield from address_of(host)
    if isinstance(address, NetError):
        return (yield from complain(call, f"bad address '{host}'"))
    made = yield Connect(host, port, seconds(chosen.get("w")))
    if isinstance(made, NetError):
        if verbose > 1 or (verbose and made is not NetError.REFUSED):
            text = "Connection timed out" if made is NetError.TIMED_OUT else made.value
            yield Write(2, f"{call.name}: {host} ({address}:{port}): {text}\n")
        return 1
    if verbose:
        yield Write(2, f"{host} ({address}:{port}) open\n")
    if "z" not in chosen:
        yield Write(made, (yield from read_all()) if "r" not in chosen else "")
        while (text := (yield Read(made))) and not isinstance(text, Errno):
            yield Write(1, text)
    yield Close(made)
    return 0


def _listen(call: Call, port: str) -> Gen:
    if not port.isdigit():
        return (yield from complain(call, "bad port"))
    failed = yield Listen(int(port), "tcp")
    if failed is not None:
        return (yield from complain(call, f"bind: {failed}"))
    yield Sleep(None)
    return 0


def nslookup(call: Call) -> Gen:
    """`nslookup name [server]`: 0 when it resolves, 1 when not."""
    names = [a for a in call.argv[1:] if not a.startswith("-")]
    if not names:
        yield Write(2, "Usage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]\n")
        return 1
    found = yield Resolve(names[0])
    if found is NetError.NO_DNS:
        yield from out(";; connection timed out; no servers could be reached\n\n")
        return 1
    server = names[1] if len(names) > 1 else CLUSTER_DNS
    yield from out(f"Server:\t\t{server}\nAddress:\t{server}:53\n\n")
    if isinstance(found, NetError):
        yield from out(f"** server can't find {names[0]}: NXDOMAIN\n\n")
        return 1
    yield from out("".join(f"Name:\t{found.name}\nAddress: {a}\n" for a in found.addresses) + "\n")
    return 0


_RECORDS = frozenset(("A", "AAAA", "ANY", "CNAME", "IN", "SRV", "TXT"))


def dig(call: Call) -> Gen:
    """`dig [+short] name [type]`: status 0 also for a name that is not there."""
    chosen = options([a for a in call.argv[1:] if a[:1] not in ("+", "@")], "46mruv", "bcfkpqtxy")
    names = [a for a in (chosen.get("q", ""), *chosen.rest) if a and a.upper() not in _RECORDS]
    switches = set(call.argv)
    found = yield Resolve(names[0] if names else ".")
    if found is NetError.NO_DNS:
        yield from out(";; connection timed out; no servers could be reached\n")
        return 9
    addresses = found.addresses if isinstance(found, Address) else ()
    if "+short" in switches:
        yield from out("".join(f"{a}\n" for a in addresses))
        return 0
    if "+noall" not in switches:
        status = "NOERROR" if addresses else "NXDOMAIN"
        yield from out(f";; ->>HEADER<<- opcode: QUERY, status: {status}, id: 1\n")
        yield from out("\n;; ANSWER SECTION:\n" if addresses else "")
    if "+noall" in switches and "+answer" not in switches:
        return 0
    yield from out("".join(f"{names[0]}.\t30\tIN\tA\t{a}\n" for a in addresses))
    return 0


def host(call: Call) -> Gen:
    """`host [-t type] [-W seconds] name [server]`."""
    names = options(call.argv[1:], "aCdilrsTUvVw46", "cNRtWm").rest
    found = yield Resolve(names[0] if names else ".")
    if isinstance(found, NetError):
        name = names[0] if names else ""
        dead = found is NetError.NO_DNS
        yield from out(";; connection timed out; no servers could be reached\n" if dead else f"Host {name} not found: 3(NXDOMAIN)\n")
        return 1
    yield from out("".join(f"{found.name} has address {a}\n" for a in found.addresses))
    return 0


def getent(call: Call) -> Gen:
    """`getent hosts name`, `getent ahosts name`: 2 when it does not resolve. Other databases have root only."""
    database, names = (call.argv[1] if len(call.argv) > 1 else ""), call.argv[2:]
    if database not in ("hosts", "ahosts", "ahostsv4"):
        yield from out("root:x:0:0:root:/root:/bin/sh\n" if database == "passwd" and "root" in names else "")
        return 0 if "root" in names else 2
    status = 0
    for name in names:
        found = yield Resolve(name)
        if isinstance(found, NetError):
            status = 2
            continue
        yield from out("".join(f"{a:<15} {found.name if database == 'hosts' else 'STREAM ' + name}\n" for a in found.addresses))
    return status


def ping(call: Call) -> Gen:
    """`ping [-c count] [-W seconds] [-w deadline] [-i interval] [-q] host`."""
    chosen = options(call.argv[1:], "q46nAv", "cWwiIst")
    if not chosen.rest:
        return (yield from complain(call, "missing host operand"))
    target, count = chosen.rest[0], integer(chosen.get("c", "0"))
    address = yield from address_of(target)
    if isinstance(address, NetError):
        return (yield from complain(call, f"bad address '{target}'"))
    yield from out(f"PING {target} ({address}): 56 data bytes\n")
    wait, interval, deadline = seconds(chosen.get("W")) or 10 * SECOND, seconds(chosen.get("i")) or SECOND, seconds(chosen.get("w"))
    sent = received = spent = 0
    while count == 0 or sent < count:
        answer = yield Ping(target, wait)
        sent += 1
        if isinstance(answer, Address):
            received += 1
            if "q" not in chosen:
                yield from out(f"64 bytes from {address}: seq={sent - 1} ttl=64 time=0.100 ms\n")
        elif answer is NetError.UNREACHABLE:
            return (yield from complain(call, "sendto: Network unreachable"))
        spent += interval
        if (deadline and spent >= deadline) or sent == count:
            break
        yield Sleep(interval)
    loss = 100 * (sent - received) // max(sent, 1)
    yield from out(f"\n--- {target} ping statistics ---\n{sent} packets transmitted, {received} packets received, {loss}% packet loss\n")
    if received:
        yield from out("round-trip min/avg/max = 0.100/0.100/0.100 ms\n")
    return int(received == 0)


def telnet(call: Call) -> Gen:
    """`telnet host [port]`: connects, sends standard input, prints what comes."""
    names = [a for a in call.argv[1:] if not a.startswith("-")]
    target, port = (names[0] if names else ""), int(names[1]) if len(names) > 1 and names[1].isdigit() else 23
    address = yield from address_of(target)
    if isinstance(address, NetError):
        return (yield from complain(call, f"bad address '{target}'"))
    made = yield Connect(target, port)
    if isinstance(made, NetError):
        return (yield from complain(call, f"can't connect to remote host ({address}): {made.value}"))
    yield from out(f"Connected to {target}\n")
    yield Write(made, (yield from read_all()))
    while (text := (yield Read(made))) and not isinstance(text, Errno):
        yield Write(1, text)
    return 1  # the other side closes the connection


def ip(call: Call) -> Gen:
    """`ip link|addr show [device]`: every interface that is asked for is there and up."""
    words = [a for a in call.argv[1:] if not a.startswith("-")]
    if not words or words[0] not in ("link", "l", "addr", "a", "address"):
        yield Unsupported("ip", " ".join(words))
        return 0
    _, address = yield HostName()
    names = [w for w in words[1:] if w not in ("show", "dev", "list")] or ["eth0"]
    lines = f"2: {names[0]}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP\n"
    yield from out(lines + (f"    inet {address}/24 scope global {names[0]}\n" if words[0].startswith("a") else ""))
    return 0


COMMANDS: dict[str, Program] = {
    "dig": dig,
    "drill": dig,
    "getent": getent,
    "host": host,
    "ip": ip,
    "nc": nc,
    "ncat": nc,
    "netcat": nc,
    "nslookup": nslookup,
    "ping": ping,
    "telnet": telnet,
}
