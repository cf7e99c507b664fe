"""What a container can learn about itself and its node: hostname, uname, nproc, uptime, ps."""

from __future__ import annotations

from simulator.process.effects import Call, Now, Process, Processes, Program
from simulator.process.errno import Errno
from simulator.process.problems import NotSimulatedError
from simulator.process.world import HostName, NetError, Resolve
from simulator.units import SECOND
from simulator.userland.busybox.tool import bad_option, busybox, usage
from simulator.userland.flags import Flags, switch
from simulator.userland.streams import complain, out


def ps(call: Call) -> Process:
    """`ps` and `ps aux|-ef|-o ...` as busybox prints it."""
    release = yield from busybox()
    if release is not None and any(a.startswith("-p") for a in call.argv[1:]):
        return (yield from usage(call, release, bad_option(["-p"], release, "", "")))
    if any(a.startswith("-o") for a in call.argv[1:]):
        raise NotSimulatedError("option -o")
    table = yield Processes()
    yield from out("PID   USER     TIME  COMMAND\n" + "".join(f"{pid:5} root      0:00 {' '.join(argv)}\n" for pid, _, argv, _ in table))
    return 0


class _HostnameFlags(Flags):
    address = switch("-i", "--ip-address")
    all_addresses = switch("-I", "--all-ip-addresses")
    domain = switch("-d", "--domain")
    full = switch("-f", "--fqdn", "--long")
    short = switch("-s", "--short")


def hostname(call: Call) -> Process:
    """`hostname [-i|-I|-f|-s|-d]`. The full name is the canonical one that the resolver has for the short one, as in /etc/hosts."""
    release = yield from busybox()
    if release is not None and (problem := bad_option(call.argv[1:], release, "sidfF", "")):
        return (yield from usage(call, release, problem))
    given = _HostnameFlags.parse(call.argv[1:])
    if given.operands:
        return (yield from complain(call, f"sethostname: {Errno.EPERM}"))
    name, address = yield HostName()
    if given.all_addresses:
        yield from out(f"{address} \n")
        return 0
    text = name.partition(".")[0] if given.short else name
    if given.domain or given.full or given.address:
        answer = yield Resolve(name)
        if isinstance(answer, NetError):
            return (yield from complain(call, "Name or service not known"))
        domain = answer.name.partition(".")[2]
        text = " ".join(answer.addresses) if given.address else domain if given.domain else answer.name
    yield from out(f"{text}\n" if text or not given.domain else "")
    return 0


_UNAME = {"s": "Linux", "n": "", "r": "6.1.0", "v": "#1 SMP", "m": "x86_64", "o": "GNU/Linux"}


def uname(call: Call) -> Process:
    """`uname [-asrmnpo]` of an ordinary x86-64 node."""
    name, _ = yield HostName()
    letters = "".join(call.argv[1:]).replace("-", "") or "s"
    letters = letters.replace("p", "m").replace("i", "m")
    shown = {**_UNAME, "n": name}
    yield from out(" ".join(text for letter, text in shown.items() if letter in letters or "a" in letters) + "\n")
    return 0


def nproc(call: Call) -> Process:
    """One processor."""
    del call
    yield from out("1\n")
    return 0


def uptime(call: Call) -> Process:
    """How long process 1 has run."""
    del call
    table = yield Processes()
    up = ((yield Now()) - min(started for _, _, _, started in table)) // SECOND
    yield from out(f" up {up // 60} min,  load average: 0.00, 0.00, 0.00\n")
    return 0


COMMANDS: dict[str, Program] = {
    "hostname": hostname,
    "nproc": nproc,
    "ps": ps,
    "uname": uname,
    "uptime": uptime,
}
