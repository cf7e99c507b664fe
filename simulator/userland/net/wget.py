"""wget, of busybox and of GNU."""

from __future__ import annotations

import posixpath
from urllib.parse import urlsplit

from simulator.process.descriptors import reason
from simulator.process.effects import Call, Effects, GetStat, Process, Program, Sleep, Stat, Write
from simulator.process.errno import Errno
from simulator.process.fileio import absolute
from simulator.process.problems import UsageError
from simulator.process.world import UNRESOLVED, HttpRequest, HttpResponse, NetError
from simulator.units import SECOND
from simulator.userland.busybox.images import UNKNOWN, Kind, Tools
from simulator.userland.busybox.release import Busybox
from simulator.userland.busybox.tool import address_of, bad_option, error_text, tools, usage
from simulator.userland.flags import Flags, Unknown, report_ignored, seconds, switch, value, values, words
from simulator.userland.net.http import fetch, head_of, header_pairs, host_port, save, with_scheme
from simulator.userland.streams import complain, out

_NETWORK, _SERVER_ERROR = 4, 8
"""GNU's exit codes for an error of the network, and for an answer that is one (wget(1)); busybox has 1 for both."""
_CLIENT_ERROR = 400
_LONGEST_WAIT = 10 * SECOND
"""GNU's --waitretry without an argument of its own."""


_LONG_OPTIONS = tuple(
    words(
        "continue quiet output-document output-file directory-prefix proxy user-agent timeout header post-data post-file spider "
        "no-check-certificate passive-ftp"
    )
)
"""BusyBox' long options, in all releases."""


class WgetFlags(Flags, unknown=Unknown.REPORT):
    """The options of wget; those that change nothing here are listed, so that only others are reported."""

    output_document = value("-O", "--output-document")
    directory_prefix = value("-P", "--directory-prefix", default="")
    keep_going = switch("-c", "-nc", "--continue")
    quiet = switch("-q", "--quiet")
    server_response = switch("-S", "--server-response")
    spider = switch("--spider")
    old_spider = switch("-s")  # as busybox used to write it
    header = values("--header")
    body = value("--post-data", "--body-data")
    timeout = seconds("-T", "--timeout", "--connect-timeout", "--read-timeout", "--dns-timeout")
    # GNU's own
    tries = value("-t", "--tries", default="1")
    no_verbose = switch("-nv", "--no-verbose", "--show-progress")
    wait_retry = seconds("--waitretry")
    retry_connrefused = switch("--retry-connrefused")
    method = value("--method")
    without_effect = switch(
        *("-" + letter for letter in "46NbxrEkKHpLdvm"),
        *words("""
        --no-check-certificate --no-proxy --content-on-error --inet4-only --inet6-only --no-cache --no-cookies --no-dns-cache --no-hsts
        --auth-no-challenge --keep-session-cookies --content-disposition --trust-server-names --no-directories --no-host-directories
        --no-parent --recursive --mirror --timestamping --https-only --random-wait --debug --retry-on-host-error --no-config
        """),
    )
    without_effect_values = value(
        *("-" + letter for letter in "UYaoewQiB"),
        *words("""
        --user-agent --progress --ca-certificate --ca-directory --certificate --private-key --certificate-type --user --password
        --http-user --http-password --retry-on-http-error --max-redirect --output-file --append-output --load-cookies --save-cookies
        --limit-rate --wait --referer --secure-protocol --post-file --body-file --bind-address --prefer-family --cut-dirs --accept
        --reject --level --execute
        """),
    )

    tools: Tools = UNKNOWN

    @property
    def gnu(self) -> bool:
        """Whether GNU's exit codes and messages apply."""
        if self.tools.kind is not Kind.UNKNOWN:
            return self.tools.kind is Kind.GNU
        rows = type(self)
        own = (rows.tries, rows.no_verbose, rows.wait_retry, rows.retry_connrefused, rows.method)
        return any(self.texts(row) for row in own)


def wget(call: Call) -> Process:
    """BusyBox' wget has status 1 for every failure and never retries; GNU's has 4 for the network and 8 for the server's errors.

    In an image with unknown tools it is GNU's if an option is used that only that one has.
    """
    its = yield from tools()
    if its.busybox is not None and (problem := _unknown_option(call, its.busybox)):
        return (yield from usage(call, its.busybox, problem))
    given = WgetFlags.parse(call.argv[1:])
    given.tools = its
    yield from report_ignored(call, given)
    if its.busybox is not None and not given.operands:
        return (yield from usage(call, its.busybox))
    if not given.operands:
        raise UsageError("missing URL")
    tries = int(given.tries) if given.tries.isdigit() and given.gnu else 1
    status = 0
    for url in given.operands:
        for turn in range(max(tries, 1)):
            status = yield from _try(call, given, with_scheme(url))
            if status in (0, _SERVER_ERROR) or turn == tries - 1:
                break
            # GNU waits a second longer before each retry, up to --waitretry.
            yield Sleep(min(turn + 1, (given.wait_retry or _LONGEST_WAIT) // SECOND) * SECOND)
    return status


def _unknown_option(call: Call, release: Busybox) -> str:
    """What BusyBox' wget says about an option that it does not have; "" when it has all of them."""
    letters = "cq" + ("nr" if release.wget_ignores_tries else "") + ("s" if release.wget_has_short_spider else "")
    words = _LONG_OPTIONS + (("tries", "no-verbose", "no-clobber") if release.wget_ignores_tries else ())
    if release.wget_prints_headers:
        letters, words = letters + "S", (*words, "server-response")
    args = [arg.replace("-nv", "-n").replace("-nc", "-n") for arg in call.argv[1:]]
    return bad_option(args, release, letters, "OPUTYo" + "t" * release.wget_ignores_tries, words)


def _try(call: Call, given: WgetFlags, url: str) -> Process:
    host, port = host_port(url)
    address = yield from address_of(host)
    if isinstance(address, NetError):
        text = f"unable to resolve host address '{host}'" if given.gnu else f"bad address '{host}'"
        return (yield from _fail(call, given, text, _NETWORK))
    if not given.quiet:
        yield Write(2, f"Connecting to {urlsplit(url).netloc.rpartition('@')[2]} ({address}:{port})\n")
    request = HttpRequest(given.method or _method(given), url, header_pairs(given.header), given.body or "", *_limits(given))
    _, answer = yield from fetch(request, follow=True)
    if isinstance(answer, NetError):
        return (yield from _fail(call, given, _failure(given, answer, host, address), _NETWORK))
    if given.server_response:
        yield Write(2, _head(given, answer))
    if answer.status >= _CLIENT_ERROR:
        text = f"server returned error: HTTP/1.1 {answer.status} {reason(answer.status)}"
        return (yield from _fail(call, given, text, _SERVER_ERROR))
    if given.spider or given.old_spider:
        if not given.quiet and _says_where_to(given):
            yield Write(2, "remote file exists\n")
        return 0
    return (yield from _save(call, given, url, answer.body))


def _head(given: WgetFlags, answer: HttpResponse) -> str:
    """What -S prints of the headers: BusyBox' wget stops reading at a status that is an error, and prints the empty line at their end."""
    lines = head_of(answer).splitlines()
    if given.tools.busybox is not None:
        lines = lines[:1] if answer.status >= _CLIENT_ERROR else [*lines, ""]
    return "".join(f"  {line}\n" for line in lines)


def _limits(given: WgetFlags) -> tuple[int | None, int | None]:
    """The time limits of the connection and of the whole request: -T of BusyBox before 1.25 knows only the first."""
    release = given.tools.busybox
    return (given.timeout, None) if release is not None and not release.wget_times_out_reading else (None, given.timeout)


def _method(given: WgetFlags) -> str:
    if given.spider:
        return "HEAD"
    return "POST" if given.body is not None else "GET"


def _failure(given: WgetFlags, error: NetError, host: str, address: str) -> str:
    """busybox' message for an error of the network."""
    if error in UNRESOLVED:
        return f"bad address '{host}'"
    if error is NetError.TIMED_OUT:
        return "download timed out"
    if error is NetError.RESET:
        return "error getting response: Connection reset by peer"
    return f"can't connect to remote host ({address}): {error_text(error, given.tools.busybox)}"


def _fail(call: Call, given: WgetFlags, text: str, status: int) -> Process:
    """Complain, unless GNU's wget is to be quiet: busybox' -q silences no errors. busybox has one exit code for all of them."""
    if given.quiet and given.gnu:
        return status
    return (yield from complain(call, text, status if given.gnu else 1))


def _says_where_to(given: WgetFlags) -> bool:
    return given.tools.busybox is None or bool(given.tools.busybox.wget_says_where_to)


def _save(call: Call, given: WgetFlags, url: str, text: str) -> Process:
    target = given.output_document
    if target == "-":
        says = not given.quiet and given.tools.busybox is not None and _says_where_to(given)
        if says:
            yield Write(2, "writing to stdout\n")
        yield from out(text)
        yield from _bar(given, "-", text)
        if says:
            yield Write(2, "written to stdout\n")
        return 0
    if target is None:
        target = posixpath.join(given.directory_prefix, posixpath.basename(urlsplit(url).path) or "index.html")
        if isinstance((yield GetStat(absolute(call, target))), Stat) and not given.keep_going:
            return (yield from complain(call, f"can't open '{target}': {Errno.EEXIST}"))
    failed = yield from save(call, target, text)
    if failed is not None:
        return (yield from complain(call, f"can't open '{target}': {failed}"))
    if not given.quiet and _says_where_to(given):
        yield Write(2, f"saving to '{target}'\n")
    yield from _bar(given, target, text)
    if not given.quiet and _says_where_to(given):
        yield Write(2, f"'{target}' saved\n")
    return 0


def _bar(given: WgetFlags, name: str, text: str) -> Effects[None]:
    """BusyBox' progress at its end. Unknown content has an unknown size, and no bar."""
    if text and not given.quiet and given.tools.busybox is not None:
        yield Write(2, given.tools.busybox.wget_bar.format(posixpath.basename(name)[:20], len(text)))


COMMANDS: dict[str, Program] = {"wget": wget}
