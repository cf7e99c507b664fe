"""nc: BusyBox' in each release, and OpenBSD's, which Debian and Ubuntu have."""

from __future__ import annotations

from simulator.process.effects import Call, Close, Effects, Listen, Process, Program, Read, Sleep, Write
from simulator.process.errno import Errno
from simulator.process.fileio import read_all
from simulator.process.world import Connect, NetError, lookup_error
from simulator.userland.busybox.images import Kind
from simulator.userland.busybox.release import Busybox
from simulator.userland.busybox.tool import address_of, bad_option, error_text, tools, usage
from simulator.userland.flags import Flags, count, seconds, switch, value, words
from simulator.userland.streams import complain

_OPENBSD_TIMEOUT = "timed out: Operation now in progress"
_OPTIONS = {False: ("l", "pwife"), True: ("lkzvnu", "pwifeso")}
"""The options of BusyBox' nc without and with a value, before it could probe ports and since (-z)."""


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
    """`nc [-zvn] [-w seconds] host port ...`; `nc -l -p port` serves. Refusals are silent below -vv, as in busybox from 1.28."""
    its = yield from tools()
    release = None if call.name == "ncat" else its.busybox
    is_openbsd = its.kind is Kind.GNU and call.name != "ncat"
    if release is not None:
        problem = bad_option(call.argv[1:], release, *_OPTIONS[release.nc_probes])
        if problem:
            return (yield from usage(call, release, problem))
    given = NcFlags.parse(call.argv[1:])
    if given.listen:
        return (yield from _listen(call, given.port or (given.operands[-1] if given.operands else "")))
    host, ports = (given.operands[0], given.operands[1:]) if given.operands else ("", [])
    if not ports or not all(port.partition("-")[0].isdigit() for port in ports):
        if release is not None and given.probe and given.operands and not ports:
            return 1
        return (yield from usage(call, release or Busybox()))
    if release is not None and (release.nc_checks_port_numbers or not release.nc_probes) and not ports[0].isdigit():
        return (yield from complain(call, f"bad port '{ports[0]}'"))
    if given.udp:
        return 0  # a datagram is sent whether or not there is a receiver
    status = 1
    for port in ports:
        # Several ports are tried in turn; one that is open is enough.
        status = min(status, (yield from _dial(call, given, host, int(port.partition("-")[0]), release, is_openbsd)))
    return status


def _dial(call: Call, given: NcFlags, host: str, port: int, release: Busybox | None, is_openbsd: bool) -> Process:
    """Connect once; without -z send what standard input has, and print the answer."""
    address = yield from address_of(host)
    if isinstance(address, NetError):
        text = f'getaddrinfo for host "{host}" port {port}: {lookup_error(address)}' if is_openbsd else f"bad address '{host}'"
        return (yield from complain(call, text))
    made = yield Connect(host, port, given.timeout)
    if isinstance(made, NetError):
        if is_openbsd:
            why = _OPENBSD_TIMEOUT if made is NetError.TIMED_OUT else f"failed: {made.value}"
            text = f"nc: connect to {host} ({address}) port {port} (tcp) {why}\n"
            yield Write(2, text if given.verbose else "")
            return 1
        if release is not None and not release.nc_probes:
            text = "timed out" if made is NetError.TIMED_OUT else f"can't connect to remote host ({address}): {error_text(made, release)}"
            return (yield from complain(call, text))
        if given.verbose > 1 or (given.verbose and made is not NetError.REFUSED):
            text = error_text(made, release)
            sums = "sent 0, rcvd 0\n" if release is not None and given.verbose > 1 else ""
            yield Write(2, f"{call.name}: {host} ({address}:{port}): {text}\n{sums}")
        return 1
    if given.verbose:
        # Slim images have no /etc/services to name the port by.
        succeeded = f"Connection to {host} ({address}) {port} port [tcp/*] succeeded!"
        yield Write(2, f"{succeeded}\n" if is_openbsd else f"{host} ({address}:{port}) open\n")
    if not given.probe:
        text = "" if given.receive_only else (yield from read_all())
        printed = yield from exchange(made, text)
        if release is not None and not printed and (not text or given.timeout is not None):
            # The server waits for a request, and this end does not close when its input ends.
            idle = 2 * given.timeout if given.timeout is not None and release.nc_probes else None
            yield Sleep(idle)
    yield Close(made)
    return 0


def exchange(connection: int, text: str) -> Effects[bool]:
    """Send a text, print what comes back; whether anything did."""
    yield Write(connection, text)
    printed = False
    while (answer := (yield Read(connection))) and not isinstance(answer, Errno):
        yield Write(1, answer)
        printed = True
    return printed


def _listen(call: Call, port: str) -> Process:
    if not port.isdigit():
        return (yield from complain(call, "bad port"))
    failed = yield Listen(int(port), "tcp")
    if failed is not None:
        return (yield from complain(call, f"bind: {failed}"))
    yield Sleep(None)
    return 0


COMMANDS: dict[str, Program] = {"nc": nc, "ncat": nc, "netcat": nc}
