"""curl."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import urlsplit

from simulator.process.effects import Call, Effects, GetStat, Process, Program, Sleep, Stat, Unsupported, Write
from simulator.process.errno import Errno
from simulator.process.fileio import absolute, read_file
from simulator.process.pacing import Stopwatch
from simulator.process.world import UNRESOLVED, HttpRequest, HttpResponse, NetError
from simulator.units import MILLISECOND, SECOND
from simulator.userland.flags import Flags, Unknown, number, report_ignored, seconds, switch, value, values, words
from simulator.userland.net.http import fetch, head_of, header_pairs, host_port, save, with_scheme
from simulator.userland.streams import out

_CODES = {
    **dict.fromkeys(UNRESOLVED, 6),
    NetError.REFUSED: 7,
    NetError.UNREACHABLE: 7,
    NetError.TIMED_OUT: 28,
    NetError.RESET: 56,
}
"""curl's exit codes (libcurl-errors(3))."""
_HTTP_ERROR, _WRITE_ERROR, _NO_URL = 22, 23, 2
_TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})
_TRANSIENT_ERRORS = UNRESOLVED | {NetError.TIMED_OUT}
"""What `--retry` tries again; a refused connection only with --retry-connrefused (curl(1))."""
_LONGEST_PAUSE = 600 * SECOND


class CurlFlags(
    Flags,
    unknown=Unknown.REPORT,
    missing="option {option}: requires parameter\ncurl: try 'curl --help' or 'curl --manual' for more information",
    missing_status=2,
):
    """The options of curl; those that change nothing here are listed, so that only others are reported."""

    url = values("--url")
    # what is sent
    request = value("-X", "--request")
    header = values("-H", "--header")
    data = values("-d", "--data", "--data-raw", "--data-binary", "--data-ascii", "--data-urlencode", "--json")
    get = switch("-G", "--get")
    head = switch("-I", "--head")
    # when it gives up
    fail = switch("-f", "--fail", "--fail-with-body")
    location = switch("-L", "--location", "--location-trusted")
    max_time = seconds("-m", "--max-time")
    connect_timeout = seconds("--connect-timeout")
    retry = number("--retry")
    retry_delay = seconds("--retry-delay")
    retry_connrefused = switch("--retry-connrefused")
    retry_all_errors = switch("--retry-all-errors")
    unix_socket = value("--unix-socket", "--abstract-unix-socket")
    # what is printed
    silent = switch("-s", "--silent")
    show_error = switch("-S", "--show-error")
    include = switch("-i", "--include", "--show-headers")
    output = value("-o", "--output")
    remote_name = switch("-O", "--remote-name")
    write_out = value("-w", "--write-out", default="")
    without_effect = switch(
        *("-" + letter for letter in "kvgNJRZapqBl#012346jn"),
        *words("""
        --insecure --verbose --compressed --no-progress-meter --progress-bar --globoff --create-dirs --no-buffer --basic --digest --ntlm
        --negotiate --anyauth --path-as-is --ipv4 --ipv6 --http0.9 --http1.0 --http1.1 --http2 --http2-prior-knowledge --http3 --tlsv1
        --tlsv1.0 --tlsv1.1 --tlsv1.2 --tlsv1.3 --ssl --ssl-reqd --ssl-no-revoke --ca-native --netrc --netrc-optional --no-keepalive
        --no-sessionid --no-alpn --tcp-nodelay --tcp-fastopen --raw --disable --fail-early --parallel --remote-header-name --remote-time
        --no-clobber --styled-output --post301 --post302 --post303 --proxy-insecure --cert-status --trace-time
        """),
    )
    without_effect_values = value(
        *("-" + letter for letter in "uAxFEbceTQUDrYyKCPz"),
        *words("""
        --user --user-agent --proxy --form --cookie --referer --upload-file --cert --retry-max-time --cacert --capath --key --key-type
        --cert-type --ciphers --tls13-ciphers --tls-max --pass --pinnedpubkey --crlfile --engine --resolve --connect-to --noproxy --proto
        --proto-default --proto-redir --proxy-user --proxy-header --preproxy --socks5 --socks5-hostname --oauth2-bearer --aws-sigv4
        --cookie-jar --dump-header --netrc-file --range --rate --limit-rate --speed-limit --speed-time --keepalive-time --max-filesize
        --max-redirs --form-string --interface --local-port --dns-servers --doh-url --stderr --trace --trace-ascii --output-dir
        --parallel-max --config --url-query --expect100-timeout --login-options --etag-save --etag-compare --continue-at --time-cond
        --request-target --happy-eyeballs-timeout-ms
        """),
    )

    @property
    def loud(self) -> bool:
        """Whether errors are printed."""
        return not self.silent or self.show_error


def curl(call: Call) -> Process:
    """curl: 6 unknown host, 7 no connection, 22 an HTTP error under -f, 28 too slow."""
    given = CurlFlags.parse(call.argv[1:])
    yield from report_ignored(call, given)
    urls = [*given.operands, *given.url]
    if not urls:
        yield Write(2, "curl: (2) no URL specified\n")
        return _NO_URL
    status = 0
    for url in urls:
        status = yield from _transfer(call, given, with_scheme(url))
    return status


def _request(call: Call, given: CurlFlags, url: str) -> Effects[HttpRequest]:
    bodies = []
    for text in given.data:
        if text.startswith("@"):  # the content of a file
            content = yield from read_file(call, text[1:])
            bodies.append(content if isinstance(content, str) else "")
        else:
            bodies.append(text)
    method = given.request or _method(given)
    return HttpRequest(method, url, header_pairs(given.header), "&".join(bodies), given.connect_timeout, given.max_time)


def _method(given: CurlFlags) -> str:
    if given.head:
        return "HEAD"
    return "POST" if given.data and not given.get else "GET"


def _transfer(call: Call, given: CurlFlags, url: str) -> Process:
    """One URL, with all its tries."""
    host_port(url)
    request = yield from _request(call, given, url)
    started = yield Stopwatch()
    final, answer = yield from _answer(call, given, request)
    elapsed = (yield Stopwatch()) - started
    if isinstance(answer, NetError):
        code, text = _failure(answer, request, elapsed)
        if given.loud:
            yield Write(2, f"curl: ({code}) {text}\n")
        yield from out(_written(given.write_out, None, elapsed, final))
        return code
    failed = given.fail and answer.status >= 400
    if failed and given.loud:
        yield Write(2, f"curl: (22) The requested URL returned error: {answer.status}\n")
    if not failed and (problem := (yield from _output(call, given, request, final, answer))) is not None:
        if given.loud:
            yield Write(2, f"curl: (23) Failure writing output to destination: {problem}\n")
        return _WRITE_ERROR
    yield from out(_written(given.write_out, answer, elapsed, final))
    return _HTTP_ERROR if failed else 0


def _answer(call: Call, given: CurlFlags, request: HttpRequest) -> Effects[tuple[str, HttpResponse | NetError]]:
    """The answer and the URL it came from, after as many tries as --retry allows."""
    tries, delay = given.retry, SECOND
    while True:
        if given.unix_socket is not None:
            final, answer = yield from _over_socket(call, given.unix_socket, request.url)
        else:
            final, answer = yield from fetch(request, follow=given.location)
        if tries <= 0 or not _is_tried_again(answer, given):
            return final, answer
        tries -= 1
        yield Sleep(given.retry_delay or delay)
        delay = min(delay * 2, _LONGEST_PAUSE)  # curl doubles the pause up to ten minutes


def _is_tried_again(answer: HttpResponse | NetError, given: CurlFlags) -> bool:
    if isinstance(answer, HttpResponse):
        return answer.status in _TRANSIENT
    if answer is NetError.REFUSED and given.retry_connrefused:
        return True
    return answer in _TRANSIENT_ERRORS or given.retry_all_errors


def _over_socket(call: Call, path: str, url: str) -> Effects[tuple[str, HttpResponse | NetError]]:
    """`--unix-socket`: what listens there is not simulated, but the socket's file exists or not."""
    if not isinstance((yield GetStat(absolute(call, path))), Stat):
        return url, NetError.REFUSED
    yield Unsupported(call.name, f"the server on {path} is assumed to answer 200")
    return url, HttpResponse(200, "OK")


def _output(call: Call, given: CurlFlags, request: HttpRequest, final: str, answer: HttpResponse) -> Effects[Errno | None]:
    """Print or save what came."""
    head = head_of(answer) + "\r\n" if given.head or given.include else ""
    body = head + ("" if request.method == "HEAD" else answer.body)
    target = given.output or (posixpath.basename(urlsplit(final).path) if given.remote_name else "-")
    if target == "-":
        yield from out(body)
        return None
    return (yield from save(call, target, body))


def _failure(error: NetError, request: HttpRequest, elapsed: int) -> tuple[int, str]:
    """curl's exit code and message for an error of the network."""
    host, port = host_port(request.url)
    code, took = _CODES[error], elapsed // MILLISECOND
    match code:
        case 6:
            return code, f"Could not resolve host: {host}"
        case 7:
            return code, f"Failed to connect to {host} port {port} after {took} ms: Couldn't connect to server"
        case 28 if request.connect_timeout is not None and elapsed <= request.connect_timeout:
            return code, f"Connection timed out after {took} milliseconds"
        case 28:
            return code, f"Operation timed out after {took} milliseconds with 0 bytes received"
    return code, "Recv failure: Connection reset by peer"


def _written(template: str, answer: HttpResponse | None, elapsed: int, url: str) -> str:
    """`--write-out`; without an answer the status is 000."""
    status, size = (answer.status, len(answer.body)) if answer is not None else (0, 0)
    variables = {
        "http_code": f"{status:03d}", "response_code": f"{status:03d}", "size_download": str(size), "time_total": f"{elapsed / SECOND:.6f}",
        "url_effective": url, "num_redirects": "0", "exitcode": "0", "content_type": "", "time_connect": "0.000000",
    }  # fmt: skip
    text = re.sub(r"%\{(\w+)\}", lambda m: variables.get(m[1], ""), template)
    return re.sub(r"\\([nrt])", lambda m: {"n": "\n", "r": "\r", "t": "\t"}[m[1]], text)


COMMANDS: dict[str, Program] = {"curl": curl}
