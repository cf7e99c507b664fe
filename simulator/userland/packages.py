"""Package managers: what they install is there afterwards. Repositories outside the cluster are assumed to answer."""

from __future__ import annotations

from simulator.process.effects import Call, Process, Program, Unsupported
from simulator.process.world import InstallPackages
from simulator.userland.clients.packages import guess

_INSTALLS = {
    "apk": ("add",),
    "apt": ("install",),
    "apt-get": ("install",),
    "dnf": ("install",),
    "gem": ("install",),
    "microdnf": ("install",),
    "npm": ("install", "i", "add", "ci"),
    "pip": ("install",),
    "pip3": ("install",),
    "yarn": ("add", "global"),
    "yum": ("install",),
}
"""The verbs that install packages, by manager."""
_WITH_VALUE = {
    "apk": ("-X", "--repository", "-t", "--virtual", "-p", "--root", "--keys-dir"),
    "apt-get": ("-o", "-t", "--target-release", "-c"),
    "pip": ("-r", "-i", "--index-url", "--extra-index-url", "-c", "-t", "--target", "--trusted-host"),
}
"""Options whose value is a word of its own."""


def manager(call: Call) -> Process:
    """`apt-get install name...`, `apk add name...` and their kin; every other verb changes nothing that containers notice.

    What goes into a directory of its own (`npm ci`, `pip install --target`) is unknown content there.
    """
    verb, *names = _operands(call) or [""]
    if verb in _INSTALLS[call.name]:
        packages = tuple(name.partition("=")[0].partition("~")[0].partition("@")[0] or name for name in names)
        yield Unsupported(call.name, f"takes no time, and the programs of {', '.join(packages) or 'the project'} are there afterwards")
        yield InstallPackages(call.name, packages or ("",))
    into_directory, _ = guess(call)
    return 0 if into_directory is None else (yield from into_directory(call))


def _operands(call: Call) -> list[str]:
    operands, skip = [], False
    valued = _WITH_VALUE.get({"pip3": "pip", "apt": "apt-get"}.get(call.name, call.name), ())
    for word in call.argv[1:]:
        if skip or word.startswith("-"):
            skip = not skip and word in valued
            continue
        operands.append(word)
    return operands


COMMANDS: dict[str, Program] = dict.fromkeys(_INSTALLS, manager)
