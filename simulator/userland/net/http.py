"""What curl and wget share: URLs, headers, redirections."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

from simulator.process.descriptors import reason
from simulator.process.effects import Call, Effects, MarkUnknown
from simulator.process.errno import Errno
from simulator.process.fileio import absolute, write_file
from simulator.process.problems import UsageError
from simulator.process.unknown_text import is_unknown_text
from simulator.process.world import HttpRequest, HttpResponse, NetError

_MOST_REDIRECTIONS = 20


def with_scheme(url: str) -> str:
    """A URL without a scheme means http."""
    return url if "://" in url else f"http://{url}"


def host_port(url: str) -> tuple[str, int]:
    """Where a URL leads. Raises UsageError, in curl's words, for what is no URL."""
    try:
        parts = urlsplit(url)
        return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise UsageError(f"(3) URL using bad/illegal format or missing URL: {url}", 3) from None


def header_pairs(lines: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The name and value of each `Name: value`."""
    return tuple((name, text.strip()) for name, _, text in (line.partition(":") for line in lines))


def head_of(response: HttpResponse) -> str:
    """The status line and headers of an answer, as they are printed."""
    return f"HTTP/1.1 {response.status} {reason(response.status)}\r\n" + "".join(f"{k}: {v}\r\n" for k, v in response.headers)


def fetch(request: HttpRequest, *, follow: bool) -> Effects[tuple[str, HttpResponse | NetError]]:
    """The last answer and its URL, along at most 20 redirections; each is a GET, as browsers and curl -L make it."""
    for _ in range(_MOST_REDIRECTIONS):
        answer = yield request
        location = _location(answer) if follow else ""
        if not location:
            break
        url = urljoin(request.url, location)
        request = HttpRequest("GET", url, request.headers, "", request.connect_timeout, request.timeout)
    return request.url, answer


def _location(answer: HttpResponse | NetError) -> str:
    """Where an answer redirects to; "" when it does not."""
    if not isinstance(answer, HttpResponse) or not 300 <= answer.status < 400:
        return ""
    return next((text for name, text in answer.headers if name.lower() == "location"), "")


def save(call: Call, target: str, text: str) -> Effects[Errno | None]:
    """Write a body to a file, whose content is unknown if the body is."""
    if absolute(call, target) == "/dev/null":
        return None
    unknown = is_unknown_text(text)
    failed = yield from write_file(absolute(call, target), "" if unknown else text)
    if failed is None and unknown:
        yield MarkUnknown(absolute(call, target), "a download")
    return failed
