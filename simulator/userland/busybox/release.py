"""One BusyBox release with one C library, as named switches.

Measured from 1.24.2 to 1.38.0, in the official images and in builds of the tags.

The switches say what a waiting loop can notice. Where a boundary is a `.0`, it comes from BusyBox's history; the measured releases on both
sides of it agree.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from simulator.units import SECOND

GLIBC, UCLIBC, MUSL = "glibc", "uclibc", "musl"
Version = tuple[int, int, int]

FIRST: Version = (0, 0, 0)
NEWEST: Version = (1, 38, 0)
"""What `busybox:latest` is (since May 2026)."""

_OLD_BAR = f"{{:<20}} 100% |{'*' * 31}|{{:6}}   0:00:00 ETA"
_BAR = f"{{:<20}} 100% |{'*' * 32}|{{:6}}  0:00:00 ETA"

SWITCHES: dict[str, list[tuple[Version, Any]]] = {
    # nslookup: the C library's resolver (hosts file, search list) until the tool became a DNS client of its own.
    "nslookup_uses_libc": [(FIRST, True), ((1, 29, 0), False)],
    # The search list applies to names without a dot only: every domain is asked, and the bare name never is.
    "nslookup_searches": [(FIRST, False), ((1, 30, 0), True)],
    # One error among the replies is enough to fail; before, every reply was a success.
    "nslookup_fails_on_errors": [(FIRST, False), ((1, 31, 0), True)],
    "nslookup_knows_srv": [(FIRST, False), ((1, 32, 0), True)],
    # A reply without records (AAAA of an IPv4 Service) is reported as `No answer`, else as an empty line.
    "nslookup_names_empty_replies": [(FIRST, False), ((1, 32, 0), True), ((1, 34, 0), False)],
    # nc with -z, -v, -n, -u and without a message for refused connections.
    "nc_probes": [(FIRST, False), ((1, 28, 0), True)],
    "nc_checks_port_numbers": [(FIRST, False), ((1, 35, 0), True)],
    # `timeout SECONDS PROG`; before, `timeout [-t SECONDS] PROG`.
    "timeout_takes_operand": [(FIRST, False), ((1, 30, 0), True)],
    "timeout_kills_after": [(FIRST, False), ((1, 35, 0), True)],
    # Until then timeout counted whole seconds, at least one.
    "timeout_counts_fractions": [(FIRST, False), ((1, 37, 0), True)],
    # ash runs the last command of `-c` in its own process.
    "ash_execs_last": [(FIRST, False), ((1, 28, 0), True)],
    # `wait PID` prints `Terminated` or `Killed`.
    "ash_reports_jobs": [(FIRST, False), ((1, 32, 0), True)],
    # How the first line of `-c` is called, and whether all messages give the line.
    "ash_first_line": [(FIRST, 1), ((1, 35, 0), 0)],
    "ash_names_lines": [(FIRST, False), ((1, 38, 0), True)],
    # A builtin, which a signal or the end of a child cuts short (1.36.0 and 1.36.1 only).
    "ash_has_sleep": [(FIRST, False), ((1, 36, 0), True), ((1, 37, 0), False)],
    # -T covers the answer, not only the connection.
    "wget_times_out_reading": [(FIRST, False), ((1, 25, 0), True)],
    "wget_ignores_tries": [(FIRST, False), ((1, 25, 0), True)],
    # What is printed of the progress without -q: a name and a size.
    "wget_bar": [
        (FIRST, f"\r{_OLD_BAR}\n"),
        ((1, 25, 0), f"{_OLD_BAR}\n\n"),
        ((1, 29, 0), f"{_BAR}\n\n"),
        ((1, 30, 0), f"{_BAR}\n"),
    ],
    "wget_has_short_spider": [(FIRST, True), ((1, 26, 0), False)],
    "wget_prints_headers": [(FIRST, False), ((1, 27, 0), True)],
    "wget_says_where_to": [(FIRST, False), ((1, 31, 0), True)],
    "sleep_knows_infinity": [(FIRST, False), ((1, 31, 0), True)],
    "telnet_says_connected": [(FIRST, False), ((1, 31, 0), True)],
    # At the end of standard input telnet waits until the server closes.
    "telnet_waits_for_server": [(FIRST, False), ((1, 38, 0), True)],
    # -w ends a ping that gets no answer.
    "ping_deadline_works": [(FIRST, True), ((1, 29, 0), False)],
    # pgrep -a prints whole command lines, and -l only names; before, -l printed the lines.
    "pgrep_lists_lines": [(FIRST, False), ((1, 27, 0), True)],
    "ping_has_interval": [(FIRST, False), ((1, 30, 0), True)],
}

_DNS_SILENCE = {GLIBC: 20 * SECOND, UCLIBC: 30 * SECOND, MUSL: 5 * SECOND}
"""How long getaddrinfo waits for a DNS server that does not answer, through the search list of a pod."""
_ONE_ID_FROM, _ONE_ID_UNTIL = (1, 29, 0), (1, 37, 0)


class Busybox(NamedTuple):
    """One release, built with one C library (`glibc`, `uclibc` or `musl`). Every name in SWITCHES is an attribute."""

    version: Version = NEWEST
    libc: str = GLIBC

    def __str__(self) -> str:
        return ".".join(map(str, self.version))

    def __getattr__(self, name: str) -> Any:
        if name not in SWITCHES:
            raise AttributeError(f"no switch {name!r} of BusyBox")
        return next(value for since, value in reversed(SWITCHES[name]) if self.version >= since)

    @property
    def nslookup_reuses_ids(self) -> bool:
        """All queries of one nslookup have the same ID, so that only the first reply counts and the tool waits 5 s for the others."""
        return self.libc == UCLIBC and _ONE_ID_FROM <= self.version < _ONE_ID_UNTIL

    @property
    def dns_silence(self) -> int:
        """How long (ns) the C library waits for a DNS server that does not answer."""
        return _DNS_SILENCE[self.libc]

    @property
    def dns_failure(self) -> int:
        """How long (ns) the C library waits for a better answer than a refusal or SERVFAIL: musl counts neither as an answer."""
        return _DNS_SILENCE[MUSL] if self.libc == MUSL else 0
