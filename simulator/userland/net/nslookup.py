"""nslookup: BIND's, and BusyBox' in each release, which differ in the names they ask for and in their exit code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from simulator.process.effects import Call, Effects, Process, Program, Sleep, Write
from simulator.process.errno import Errno
from simulator.process.fileio import read_file
from simulator.process.world import Address, NetError, Resolve
from simulator.units import SECOND
from simulator.userland.busybox.release import GLIBC, MUSL, Busybox
from simulator.userland.busybox.tool import busybox, usage
from simulator.userland.durations import duration
from simulator.userland.streams import out

CLUSTER_DNS = "10.96.0.10"  # kubeadm's default: the tenth address of 10.96.0.0/12
NO_SERVERS = ";; connection timed out; no servers could be reached\n"
UNANSWERED = (NetError.NO_DNS, NetError.DNS_REFUSED)
"""What a DNS client gets when no server answers it."""
_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+")
_PATIENCE = 5 * SECOND
"""How long the tool waits for replies (`-timeout=`)."""
_REVERSE_SILENCE = 10 * SECOND
"""How long glibc looks for the name of an address when the DNS server does not answer."""
_TYPES = frozenset({"a", "aaaa", "any", "cname", "mx", "ns", "ptr", "soa", "txt"})


def nslookup(call: Call) -> Process:
    """`nslookup [-type=type] [-timeout=seconds] name [server]`; BIND's in images that are not known to have BusyBox."""
    release = yield from busybox()
    if release is None:
        return (yield from _bind(call))
    names = [a for a in call.argv[1:] if not a.startswith("-")]
    if not names or (release.nslookup_uses_libc and len(names) != len(call.argv) - 1):
        return (yield from usage(call, release))
    if release.nslookup_uses_libc:
        return (yield from _with_libc(call, names[0]))
    return (yield from _own_client(call, release, names))


def reply_code(error: NetError) -> str:
    """What a DNS server says about a name that it gives no address for."""
    return "SERVFAIL" if error is NetError.DNS_FAILED else "NXDOMAIN"


def no_servers(error: NetError) -> str:
    """What BIND's tools say when no server answers (since 9.18 they name each error)."""
    reason = "connection refused" if error is NetError.DNS_REFUSED else "timed out"
    return f";; communications error to {CLUSTER_DNS}#53: {reason}\n;; no servers could be reached\n"


def _bind(call: Call) -> Process:
    """BIND's: the search list applies; 0 when the name resolves, 1 when not."""
    names = [a for a in call.argv[1:] if not a.startswith("-")]
    if not names:
        yield Write(2, "Usage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]\n")
        return 1
    answer = yield Resolve(names[0], dns_only=True)
    if answer in UNANSWERED:
        yield from out(no_servers(answer) + "\n")
        return 1
    server = names[1] if len(names) > 1 else CLUSTER_DNS
    yield from out(f"Server:\t\t{server}\nAddress:\t{server}:53\n\n")
    if isinstance(answer, NetError):
        yield from out(f"** server can't find {names[0]}: {reply_code(answer)}\n\n")
        return 1
    yield from out("".join(f"Name:\t{answer.name}\nAddress: {a}\n" for a in answer.addresses) + "\n")
    return 0


def _with_libc(call: Call, name: str) -> Process:
    """BusyBox before 1.29 asks the C library, as every other tool does: hosts file and search list apply."""
    server = yield from _name_of(call, CLUSTER_DNS)
    answer = yield Resolve(name, Busybox(libc=GLIBC).dns_silence)
    yield from out(f"Server:    {CLUSTER_DNS}\nAddress 1: {CLUSTER_DNS}{server}\n\n")
    if isinstance(answer, NetError) or not answer.addresses:
        yield Write(2, f"nslookup: can't resolve '{name}'\n")
        return 1
    yield from out(f"Name:      {name}\n")
    for number, address in enumerate(answer.addresses, 1):
        yield from out(f"Address {number}: {address}{(yield from _name_of(call, address))}\n")
    return 0


def _name_of(call: Call, address: str) -> Effects[str]:
    """The name of an address after a blank, as it is printed: the hosts file's, else DNS'; "" when neither has one."""
    text = yield from read_file(call, "/etc/hosts")
    hosts = [] if isinstance(text, Errno) else [line.split() for line in text.splitlines()]
    named = next((words[1] for words in hosts if words[:1] == [address] and len(words) > 1), None)
    if named is not None:
        return f" {named}"
    answer = yield Resolve(f"{_reverse(address)}.", _REVERSE_SILENCE, dns_only=True)
    return f" {answer.name}" if isinstance(answer, Address) else ""


def _reverse(address: str) -> str:
    """The name under which DNS knows the name of an address."""
    return ".".join(reversed(address.split("."))) + ".in-addr.arpa"


class _Reply(NamedTuple):
    """The reply to one query: what is printed of it, and whether the server reported an error."""

    text: str
    is_error: bool


def _own_client(call: Call, release: Busybox, names: Sequence[str]) -> Process:
    """BusyBox from 1.29 sends one query per name and record type, all at once, and prints the replies in that order."""
    kinds = [kind.lower() for a in call.argv[1:] for option, _, kind in (a.partition("="),) if option in ("-type", "-query", "-q")]
    unknown = next((kind for kind in kinds if kind not in _TYPES and not (kind == "srv" and release.nslookup_knows_srv)), None)
    if unknown is not None:
        yield Write(2, f'nslookup: invalid query type "{unknown}"\n')
        return 1
    patience = next((duration(a.partition("=")[2]) for a in call.argv[1:] if a.startswith("-timeout=")), None) or _PATIENCE
    queries = yield from _queries(call, release, kinds, names)
    if any(".." in name for _, name in queries):
        # No packet can hold an empty label, as in `web.$(cat .../namespace).svc` without the token's volume.
        yield Write(2, _unsent("Message too large" if release.libc == MUSL else "Message too long") + NO_SERVERS + "\n")
        return 1
    replies: list[tuple[str, _Reply]] = []
    for kind, name in queries:
        reply = yield from _query(release, kind, name, patience)
        if isinstance(reply, NetError):
            refusal = _unsent("Connection refused") if reply is NetError.DNS_REFUSED else ""
            yield Write(2, refusal + NO_SERVERS + "\n")
            return 1
        replies.append((name, reply))
    server = names[1] if len(names) > 1 else CLUSTER_DNS
    header = f"Server:\t\t{server}\nAddress:\t{server}:53\n\n"
    if release.nslookup_reuses_ids and len(replies) > 1:
        return (yield from _first_only(release, header, replies, patience))
    yield from out(header + "".join(reply.text for _, reply in replies))
    return int(release.nslookup_fails_on_errors and any(reply.is_error for _, reply in replies))


def _unsent(why: str) -> str:
    return f"nslookup: write to '{CLUSTER_DNS}': {why}\n"


def _queries(call: Call, release: Busybox, kinds: Sequence[str], names: Sequence[str]) -> Effects[list[tuple[str, str]]]:
    """The record types and full names that are asked for, in order."""
    name = names[0]
    if _ADDRESS.fullmatch(name):
        return [("ptr", _reverse(name))]
    full = [name]
    # A server on the command line leaves resolv.conf unread, and with it the search list.
    if release.nslookup_searches and "." not in name and len(names) == 1:
        full = [f"{name}.{domain}" for domain in (yield from _search_list(call))] or [name]
    return [(kind, one) for kind in kinds or ("a", "aaaa") for one in full]


def _search_list(call: Call) -> Effects[list[str]]:
    """The search domains of resolv.conf; the last `search` line counts."""
    text = yield from read_file(call, "/etc/resolv.conf")
    lines = [] if isinstance(text, Errno) else [line.split() for line in text.splitlines()]
    return next((words[1:] for words in reversed(lines) if words[:1] == ["search"]), [])


def _query(release: Busybox, kind: str, name: str, patience: int) -> Effects[_Reply | NetError]:
    """Ask the DNS server for one record; its error when it does not answer. The hosts file does not count."""
    answer: Address | NetError = yield Resolve(f"{name.rstrip('.')}.", patience, dns_only=True)
    if isinstance(answer, NetError) and answer in UNANSWERED:
        return answer
    if isinstance(answer, NetError):
        return _Reply(f"** server can't find {name}: {reply_code(answer)}\n\n", True)
    texts = _records(answer, kind, name)
    if texts:
        return _Reply(texts + "\n", False)
    return _Reply(f"*** Can't find {name}: No answer\n\n" if release.nslookup_names_empty_replies else "\n", False)


def _records(answer: Address, kind: str, name: str) -> str:
    """The records of a type, as they are printed. A name that answers with another one is an alias, whatever the type."""
    if kind == "ptr":
        return f"{name}\tname = {answer.name}\n"
    alias = "" if answer.name.lower() == name.rstrip(".").lower() else f"{name}\tcanonical name = {answer.name}\n"
    chosen = [a for a in answer.addresses if (":" in a) == (kind == "aaaa")] if kind in ("a", "aaaa", "any") else []
    return alias + "".join(f"Name:\t{answer.name}\nAddress: {a}\n" for a in chosen)


def _first_only(release: Busybox, header: str, replies: Sequence[tuple[str, _Reply]], patience: int) -> Process:
    """uclibc: the other replies have an ID that is already answered, so the tool waits for them until its time is over."""
    yield Sleep(patience)
    first = replies[0][1]
    yield from out(header + first.text + "".join(f"*** Can't find {name}: No answer\n" for name, _ in replies[1:]) + "\n")
    return int(release.nslookup_fails_on_errors and first.is_error)


COMMANDS: dict[str, Program] = {"nslookup": nslookup}
