"""curl and wget."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Generator
from typing import Any
from urllib.parse import urlsplit

from simulator.process.descriptors import reason
from simulator.process.effects import Call, Effect, GetStat, Now, Program, Sleep, Stat, Unsupported, Write
from simulator.process.errno import Errno
from simulator.process.fileio import absolute, read_file, write_file
from simulator.process.problems import UsageError
from simulator.process.world import HttpRequest, HttpResponse, NetError
from simulator.units import SECOND
from simulator.userland.flags import integer
from simulator.userland.kubectl.letters import Options, options, own_up
from simulator.userland.net.http_options import CURL, WGET
from simulator.userland.net.network import UNRESOLVED, address_of, seconds
from simulator.userland.streams import Gen, complain, out

_CURL_CODES = {
    NetError.UNKNOWN_NAME: 6,
    NetError.NO_DNS: 6,
    NetError.REFUSED: 7,
    NetError.UNREACHABLE: 7,
    NetError.TIMED_OUT: 28,
    NetError.RESET: 56,
}
_TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})  # what `curl --retry` tries again
_TRANSIENT_ERRORS = frozenset({NetError.TIMED_OUT, NetError.UNKNOWN_NAME, NetError.NO_DNS})
_GNU_ONLY = frozenset("t4567")


def host_port(url: str) -> tuple[str, int]:
    """Raises UsageError for what is no URL."""
    try:
        parts = urlsplit(url)
        return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise UsageError(f"(3) URL using bad/illegal format or missing URL: {url}", 3) from None


def _absolute(url: str, base: str) -> str:
    from urllib.parse import urljoin

    return urljoin(base, url)


def _header(response: HttpResponse, name: str) -> str:
    return next((v for k, v in response.headers if k.lower() == name), "")


def _head(response: HttpResponse) -> str:
    return f"HTTP/1.1 {response.status} {reason(response.status)}\r\n" + "".join(f"{k}: {v}\r\n" for k, v in response.headers)


def _fetch(request: HttpRequest, *, follow: bool) -> Generator[Effect, Any, tuple[str, HttpResponse | NetError]]:
    """The last answer and its URL, along at most 20 redirections."""
    for _ in range(20):
        answer = yield request
        if not (follow and isinstance(answer, HttpResponse) and 300 <= answer.status < 400 and _header(answer, "location")):
            break
        url = _absolute(_header(answer, "location"), request.url)
        request = HttpRequest("GET", url, request.headers, "", request.connect_timeout, request.timeout)
    return request.url, answer


def curl(call: Call) -> Gen:
    """curl: 6 unknown host, 7 no connection, 22 an HTTP error under -f, 28 too slow."""
    chosen = options(call.argv[1:], "sSfOkLIivgGNJRZapqBl#012346_78jn", "owXHduAmExFbceTQUDrYyKCPz!+%^:@", CURL, lenient=True)
    yield from own_up(call, chosen)
    urls = chosen.rest + [v for k, v in chosen.all if k == "@"]
    if not urls:
        yield Write(2, "curl: (2) no URL specified\n")
        return 2
    status = 0
    for url in urls:
        status = yield from _curl_one(call, chosen, url if "://" in url else f"http://{url}")
    return status


def _curl_request(call: Call, chosen: Options, url: str) -> Generator[Effect, Any, HttpRequest]:
    bodies = []
    for value in (v for k, v in chosen.all if k == "d"):
        body = value
        if value.startswith("@"):
            found = yield from read_file(call, value[1:])
            body = found if isinstance(found, str) else ""
        bodies.append(body)
    headers = tuple((k, v.strip()) for k, _, v in (h.partition(":") for letter, h in chosen.all if letter == "H"))
    method = chosen.get("X") or ("HEAD" if "I" in chosen else "POST" if bodies and "G" not in chosen else "GET")
    return HttpRequest(method, url, headers, "&".join(bodies), seconds(chosen.get("!")), seconds(chosen.get("m")))


def _curl_one(call: Call, chosen: Options, url: str) -> Gen:
    host_port(url)
    request = yield from _curl_request(call, chosen, url)
    loud = "s" not in chosen or "S" in chosen
    started = yield Now()
    tries, delay = integer(chosen.get("+", "0")), SECOND
    while True:
        final, answer = (
            (yield from _fetch(request, follow="L" in chosen)) if "U" not in chosen else (yield from _over_socket(call, chosen, url))
        )
        again = answer.status in _TRANSIENT if isinstance(answer, HttpResponse) else answer in _TRANSIENT_ERRORS or "8" in chosen
        again = again or (answer is NetError.REFUSED and "7" in chosen)
        if tries <= 0 or not again:
            break
        tries -= 1
        yield Sleep(seconds(chosen.get("%")) or delay)
        delay = min(delay * 2, 600 * SECOND)  # curl doubles the pause up to ten minutes
    elapsed = (yield Now()) - started
    if isinstance(answer, NetError):
        code, text = _curl_failure(answer, request, elapsed)
        if loud:
            yield Write(2, f"curl: ({code}) {text}\n")
        yield from out(_written(chosen.get("w", ""), 0, 0, elapsed, final))
        return code
    failed = "f" in chosen and answer.status >= 400
    if failed:
        if loud:
            yield Write(2, f"curl: (22) The requested URL returned error: {answer.status}\n")
    else:
        body = (_head(answer) + "\r\n" if "I" in chosen or "i" in chosen else "") + ("" if request.method == "HEAD" else answer.body)
        target = chosen.get("o") or (posixpath.basename(urlsplit(final).path) if "O" in chosen else "-")
        if target == "-":
            yield from out(body)
        elif isinstance(problem := (yield from _save(call, target, body)), Errno):
            if loud:
                yield Write(2, f"curl: (23) Failure writing output to destination: {problem}\n")
            return 23
    yield from out(_written(chosen.get("w", ""), answer.status, len(answer.body), elapsed, final))
    return 22 if failed else 0


def _over_socket(call: Call, chosen: Options, url: str) -> Generator[Effect, Any, tuple[str, HttpResponse | NetError]]:
    """`--unix-socket`: who listens there is not simulated, but the file is there or not."""
    if not isinstance((yield GetStat(absolute(call, chosen["U"]))), Stat):
        return url, NetError.REFUSED
    yield Unsupported(call.name, f"whoever listens on {chosen['U']} is taken to answer 200")
    return url, HttpResponse(200, "OK")


def _save(call: Call, target: str, text: str) -> Generator[Effect, Any, Errno | None]:
    if absolute(call, target) == "/dev/null":
        return None
    return (yield from write_file(absolute(call, target), text))


def _curl_failure(error: NetError, request: HttpRequest, elapsed: int) -> tuple[int, str]:
    host, port = host_port(request.url)
    code, took = _CURL_CODES[error], elapsed // 1_000_000
    if code == 6:
        return code, f"Could not resolve host: {host}"
    if code == 7:
        return code, f"Failed to connect to {host} port {port} after {took} ms: Couldn't connect to server"
    if code == 28:
        late = request.connect_timeout is not None and elapsed <= request.connect_timeout
        return (
            code,
            f"Connection timed out after {took} milliseconds"
            if late
            else f"Operation timed out after {took} milliseconds with 0 bytes received",
        )
    return code, "Recv failure: Connection reset by peer"


def _written(template: str, status: int, size: int, elapsed: int, url: str) -> str:
    """`-w`."""
    values = {
        "http_code": f"{status:03d}", "response_code": f"{status:03d}", "size_download": str(size), "time_total": f"{elapsed / SECOND:.6f}",
        "url_effective": url, "num_redirects": "0", "exitcode": "0", "content_type": "", "time_connect": "0.000000",
    }  # fmt: skip
    text = re.sub(r"%\{(\w+)\}", lambda m: values.get(m[1], ""), template)
    return re.sub(r"\\([nrt])", lambda m: {"n": "\n", "r": "\r", "t": "\t"}[m[1]], text)


def wget(call: Call) -> Gen:
    """wget as busybox has it (status 1 for every failure); with options that only GNU's knows, as GNU's (4 network, 8 server error)."""
    chosen = options(_split_no(call.argv[1:]), "qSc1346NbxrEs9kKHpLdvm", "OTtUPhYaoewQiB257080", WGET, lenient=True)
    yield from own_up(call, chosen)
    if not chosen.rest:
        raise UsageError("missing URL")
    gnu = bool(_GNU_ONLY & set(chosen))
    tries = int(chosen.get("t", "1")) if chosen.get("t", "1").isdigit() else 1
    status = 0
    for url in chosen.rest:
        for turn in range(max(tries, 1)):
            status = yield from _wget_one(call, chosen, url if "://" in url else f"http://{url}", gnu=gnu)
            if status in (0, 8) or turn == tries - 1:
                break
            yield Sleep(min(turn + 1, (seconds(chosen.get("5")) or 10 * SECOND) // SECOND) * SECOND)
    return status


def _split_no(args: tuple[str, ...]) -> list[str]:
    """GNU's `-nv` and `-nc` as options of one letter."""
    return [{"-nv": "-4", "-nc": "-c"}.get(a, a) for a in args]


def _wget_one(call: Call, chosen: Options, url: str, *, gnu: bool) -> Gen:
    host, port = host_port(url)
    quiet = "q" in chosen
    address = yield from address_of(host)
    if isinstance(address, NetError):
        text = f"unable to resolve host address '{host}'" if gnu else f"bad address '{host}'"
        return (yield from complain(call, text, 4 if gnu else 1)) if not (quiet and gnu) else 4
    if not quiet:
        yield Write(2, f"Connecting to {host} ({address}:{port})\n")
    body = chosen.get("2", "")
    method = chosen.get("7") or ("HEAD" if "1" in chosen else "POST" if "2" in chosen else "GET")
    headers = tuple((k, v.strip()) for k, _, v in (h.partition(":") for letter, h in chosen.all if letter == "h"))
    _, answer = yield from _fetch(HttpRequest(method, url, headers, body, None, seconds(chosen.get("T"))), follow=True)
    if isinstance(answer, NetError):
        text = {
            NetError.TIMED_OUT: "download timed out",
            NetError.RESET: "error getting response: Connection reset by peer",
        }.get(answer, f"can't connect to remote host ({address}): {answer.value}")
        text = f"bad address '{host}'" if answer in UNRESOLVED else text
        return (yield from complain(call, text, 4 if gnu else 1)) if not (quiet and gnu) else 4
    if "S" in chosen:
        yield Write(2, "".join(f"  {line}\n" for line in _head(answer).splitlines()))
    if answer.status >= 400:
        text = f"server returned error: HTTP/1.1 {answer.status} {reason(answer.status)}"
        return (yield from complain(call, text, 8 if gnu else 1)) if not (quiet and gnu) else 8
    if "1" in chosen or "s" in chosen:  # busybox used to write --spider so
        if not quiet:
            yield Write(2, "remote file exists\n")
        return 0
    return (yield from _wget_save(call, chosen, url, answer.body))


def _wget_save(call: Call, chosen: Options, url: str, text: str) -> Gen:
    target = chosen.get("O")
    if target == "-":
        yield from out(text)
        return 0
    if target is None:
        target = posixpath.join(chosen.get("P", ""), posixpath.basename(urlsplit(url).path) or "index.html")
        if isinstance((yield GetStat(absolute(call, target))), Stat) and "c" not in chosen:
            return (yield from complain(call, f"can't open '{target}': {Errno.EEXIST}"))
    failed = yield from _save(call, target, text)
    if failed is not None:
        return (yield from complain(call, f"can't open '{target}': {failed}"))
    if "q" not in chosen:
        yield Write(2, f"saving to '{target}'\n'{target}' saved\n")
    return 0


COMMANDS: dict[str, Program] = {
    "curl": curl,
    "wget": wget,
}
