"""kubectl: the host runs its command lines against the API server; this process hands over what it prints."""

from __future__ import annotations

from simulator.process.effects import Call, Effects, GetStat, Process, Program, Read, Stat, Write
from simulator.process.world import Follow, Kubectl, NetError, UnknownCommand

REFUSED = "The connection to the server localhost:8080 was refused - did you specify the right host or port?\n"
STDIN = ("-", "-f-", "-f=-", "--filename=-", "/dev/stdin")
"""Words by which a command line names standard input."""


def kubectl(call: Call) -> Process:
    """kubectl with any verb; one that podsim does not have is an unknown command."""
    reads = any(word in STDIN for word in call.argv[1:])
    text = (yield Read(0, "all")) if reads else ""
    running = yield Kubectl(call.argv[1:], text if isinstance(text, str) else "", call.cwd, (yield from _kubeconfig(call)))
    if isinstance(running, NetError):
        yield Write(2, REFUSED)
        return 1
    if running is None:
        program = yield UnknownCommand(call, "step")
        return (yield from program(call)) if program else 1
    code = None
    try:
        while code is None:
            printed, code = yield Follow(running)
            for fd, part in printed:
                yield Write(fd, part)
    finally:
        running.stop()
    return int(code)


def _kubeconfig(call: Call) -> Effects[str]:
    """The file in which kubectl looks for its clusters: named by --kubeconfig or KUBECONFIG (of several the first), else in the home.

    The one in the home counts only if something has put it there: no manifest relies on it, whatever the image contains.
    """
    words = iter(call.argv[1:])
    for word in words:
        if word == "--kubeconfig":
            return next(words, "")
        if word.startswith("--kubeconfig="):
            return word.partition("=")[2]
    if named := call.env.get("KUBECONFIG", "").split(":")[0]:
        return named
    usual = f"{call.env.get('HOME', '/root').rstrip('/')}/.kube/config"
    return usual if isinstance((yield GetStat(usual)), Stat) else ""


COMMANDS: dict[str, Program] = {
    "kubectl": kubectl,
}
