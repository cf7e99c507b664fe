"""What a short program in another language waits for, read from its text: podsim does not run it, but the text names its servers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from simulator.units import MICROSECOND, MILLISECOND, SECOND
from simulator.userland.inline.cluster import cluster_objects
from simulator.userland.inline.drivers import drivers
from simulator.userland.inline.needs import Need, Reading, need_of_url
from simulator.userland.inline.values import Values, inside, split_at_commas

PAUSE = 1 * SECOND
"""Between two attempts, where the program does not say it readably. Assumed."""

_LOOPS = re.compile(r"\b(?:while|until|for|retry|loop|redo|setTimeout|setInterval|goto)\b")
_ENDS = re.compile(
    r"\b(?:break|last|exit|die|return|quit|resolve)\b|\bwhile\s+not\b|\bwhile\s*\(?\s*!|\buntil\b|\bretry\b|\bfor\b|\bwhile\b[^\n]*connect_ex"
)
"""What ends a loop when the need is met; a loop without any of these runs for another reason."""
_TRIES = re.compile(r"\brange\(\s*(?:\d+\s*,\s*)?(\d+)\s*\)|\b1\.\.(\d+)\b|(\d+)\.times\b|<=?\s*(\d+)\s*;")
_SLEEP = re.compile(r"\b(u?sleep)\b\s*\(?\s*([\w.]+)")
_LATER = re.compile(r"\bset(?:Timeout|Interval)\(")
_SERVES = re.compile(r"\b(listen|serve|Server)")

Needs = Iterator[tuple[int, Need]]
"""What is needed, each with its place in the text: programs need things in that order."""


def read_program(text: str, env: Mapping[str, str]) -> Reading | None:
    """What a program does; None: it does more than wait, or nothing that can be read."""
    values = Values(text, env)
    places = sorted(((at, need) for reader in _READERS for at, need in reader(text, values)), key=lambda item: item[0])
    needs = tuple(dict.fromkeys(need for _, need in places))
    loops = _LOOPS.search(text) is not None
    if not needs:
        only_sleeps = "sleep" in text and not loops and not _SERVES.search(text)
        return Reading((), 1, 0, sum(_sleeps(text, values))) if only_sleeps else None
    if loops and not _ENDS.search(text):
        return None
    return Reading(needs, _tries(text) if loops else 1, next(_sleeps(text, values), PAUSE), 0)


def _tries(text: str) -> int | None:
    """How often a loop runs, where it counts; None: without end."""
    limit = _TRIES.search(text)
    return int(next(filter(None, limit.groups()))) if limit else None


def _sleeps(text: str, values: Values) -> Iterator[int]:
    """The pauses in a program, in nanoseconds, as far as they can be read."""
    for match in _SLEEP.finditer(text):
        value = values.of(match[2])
        if value is not None and re.fullmatch(r"\d+(\.\d+)?", value):
            yield round(float(value) * (MICROSECOND if match[1] == "usleep" else SECOND))
    for match in _LATER.finditer(text):
        arguments = split_at_commas(inside(text, match.end() - 1))
        value = values.of(arguments[-1]) if arguments else None
        if value is not None and value.isdigit():
            yield int(value) * MILLISECOND


def _calls(text: str, pattern: str) -> Iterator[tuple[int, list[str]]]:
    """Every call of what `pattern` names (it ends before the bracket), with its arguments."""
    for match in re.finditer(pattern + r"\s*\(", text):
        yield match.start(), split_at_commas(inside(text, match.end() - 1))


def _pair(host: str, port: str, values: Values) -> Need | None:
    name, number = values.of(host), values.of(port)
    return Need("tcp", name, int(number)) if name and number and number.isdigit() else None


_CONNECTING = r"(?:create_connection|connect_ex|connect|TCPSocket\.(?:new|open)|Socket\.tcp|createConnection|p?fsockopen)"
_PERL_PEER = re.compile(r"PeerAddr\s*=>\s*([^,)]+)(?:,\s*PeerPort\s*=>\s*([^,)]+))?")


def _sockets(text: str, values: Values) -> Needs:
    """Connections that are made by hand: host and port are neighbours, in either order, as a pair or by name."""
    for at, arguments in _calls(text, _CONNECTING):
        if arguments and arguments[0][:1] == "(":  # Python's sockets take a tuple
            arguments = split_at_commas(arguments[0][1:-1])
        if len(arguments) >= 2:
            # Node's net.connect has the port first.
            port_first = (values.of(arguments[0]) or "").isdigit()
            host, port = (arguments[1], arguments[0]) if port_first else (arguments[0], arguments[1])
            if need := _pair(host, port, values):
                yield at, need
    for match in _PERL_PEER.finditer(text):
        name = values.of(match[1])
        if name and (need := _pair(match[1], match[2], values) if match[2] else need_of_url(f"tcp://{name}")):
            yield match.start(), need
    for at, arguments in _calls(text, r"(?:IO::Socket::INET->new|stream_socket_client)"):
        if arguments and (name := values.of(arguments[0])) and (need := need_of_url(name if "://" in name else f"tcp://{name}")):
            yield at, need


def _requests(text: str, values: Values) -> Needs:
    """HTTP requests. A program that reads the ServiceAccount's token and says `Bearer` sends it."""
    token = "serviceaccount/token" in text and "Bearer" in text
    calls = r"(?:urlopen|requests\.\w+|httpx\.\w+|fetch|axios\.\w+|axios|Net::HTTP\.\w+|URI|URI\.open|file_get_contents|\bget)"
    for at, arguments in _calls(text, calls):
        url = values.of(arguments[0]) if arguments else None
        if url and url.startswith(("http://", "https://")):
            yield at, Need("http", url, token=token)


def _names(text: str, values: Values) -> Needs:
    """Look-ups of names."""
    calls = r"(?:gethostbyname|getaddrinfo|dns(?:\.promises)?\.(?:lookup|resolve4?)|Resolv\.getaddress|dns_get_record)"
    for at, arguments in _calls(text, calls):
        if arguments and (name := values.of(arguments[0])):
            yield at, Need("dns", name)


def _files(text: str, values: Values) -> Needs:
    """Whether files exist."""
    calls = r"(?:os\.path\.(?:exists|isfile|isdir)|File\.exists?\?|(?:fs|'\))\.existsSync|file_exists|is_file)"
    for at, arguments in _calls(text, calls):
        if arguments and (name := values.of(arguments[0])):
            yield at, Need("file", name)
    for at, arguments in _calls(text, r"\bPath"):
        if arguments and (name := values.of(arguments[0])) and re.match(r"[^\n]*?\)\.(?:exists|is_file|is_dir)\(", text[at:]):
            yield at, Need("file", name)


_READERS: tuple[Callable[[str, Values], Needs], ...] = (_sockets, drivers, cluster_objects, _requests, _names, _files)
