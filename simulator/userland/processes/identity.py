"""Users and groups: id, whoami, groups, and the names of numbers."""

from __future__ import annotations

from simulator.process.effects import Call, Credentials, Effects, GetCredentials, Process, Program
from simulator.process.fileio import read_file
from simulator.userland.flags import Flags, switch
from simulator.userland.streams import complain, out

UNKNOWN_NUMBER = 1000
"""The number of a name that /etc/passwd does not have: the first ordinary user of most images."""


def names(database: str) -> Effects[dict[int, str]]:
    """The names in /etc/passwd or /etc/group by their numbers; root is always there."""
    text = yield from read_file(Call(("id",), {}), f"/etc/{database}")
    rows = [line.split(":") for line in text.splitlines()] if isinstance(text, str) else []
    return {0: "root"} | {int(row[2]): row[0] for row in rows if len(row) > 2 and row[2].isdigit()}


def number_of(database: str, name: str) -> Effects[int | None]:
    """The number of a user or group; None for no name at all."""
    if not name:
        return None
    if name.isdigit():
        return int(name)
    known = yield from names(database)
    return next((number for number, other in known.items() if other == name), UNKNOWN_NUMBER)


class _IdFlags(Flags):
    user = switch("-u")
    group = switch("-g")
    groups = switch("-G")
    name = switch("-n")
    without_effect = switch("-r", "-z", "-a")


def identify(call: Call) -> Process:
    """`id [-u|-g|-G] [-n]`, `whoami`, `groups`: a user without a name is printed as a number; whoami fails for one."""
    given = _IdFlags.parse(call.argv[1:])
    who: Credentials = yield GetCredentials()
    users, groups = (yield from names("passwd")), (yield from names("group"))
    if call.name == "whoami":
        if who.uid not in users:
            return (yield from complain(call, f"unknown uid {who.uid}"))
        yield from out(users[who.uid] + "\n")
        return 0
    every = [who.gid, *(group for group in who.groups if group != who.gid)]
    by_name = given.name or call.name == "groups"

    def shown(number: int, known: dict[int, str]) -> str:
        return known.get(number, str(number)) if by_name else str(number)

    if given.user:
        yield from out(shown(who.uid, users) + "\n")
    elif given.group:
        yield from out(shown(who.gid, groups) + "\n")
    elif given.groups or call.name == "groups":
        yield from out(" ".join(shown(number, groups) for number in every) + "\n")
    else:
        yield from out(f"uid={_both(who.uid, users)} gid={_both(who.gid, groups)} groups={','.join(_both(n, groups) for n in every)}\n")
    return 0


def _both(number: int, known: dict[int, str]) -> str:
    return f"{number}({known[number]})" if number in known else str(number)


COMMANDS: dict[str, Program] = {"groups": identify, "id": identify, "whoami": identify}
