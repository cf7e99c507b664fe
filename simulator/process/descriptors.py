"""Open file descriptions: files, ends of pipes, streams of the container, connections, /dev/null."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from simulator.process.errno import Errno
from simulator.process.world import Exchange, HttpRequest, HttpResponse

PIPE_CAPACITY = 65536  # Linux' default, pipe(7)
_HTTP_METHODS = ("GET ", "HEAD ", "POST ", "PUT ", "DELETE ")


class Blocked:
    """The answer to an operation that has to wait."""


BLOCKED = Blocked()


class FileNode(Protocol):
    """An open file of the file system."""

    length: int
    origin: str

    def read(self, offset: int = 0) -> str:
        """The text from `offset`."""

    def write(self, offset: int | None, text: str) -> int:
        """Write at `offset` or at the end; where it ended."""


def _amount(text: str, amount: str) -> str:
    """The part of `text` that a read of `amount` takes."""
    end = _end(amount)
    return text[: text.find(end) + 1] or text if end else text


def _end(amount: str) -> str:
    """The character up to which a read goes; empty for one that takes what is there."""
    if amount == "line":
        return "\n"
    return amount[2:] if amount.startswith("to") else ""


class Stream:
    """An open file description (open(2)): descriptors that dup(2) or fork(2) made of one another share it, position included.

    This one is /dev/null. `holders` counts its descriptors; `made` is the turn of a loop in which it was opened, -1 outside of loops.
    """

    def __init__(self) -> None:
        self.holders = 0
        self.made = -1

    def read(self, amount: str) -> str | Errno | Blocked:
        """Text, "" at the end."""
        del amount
        return ""

    def write(self, data: str) -> Errno | Blocked | None:
        """Take all of `data`."""
        del data
        return None

    def closed(self) -> None:
        """The last descriptor was closed."""

    @property
    def is_unknown(self) -> bool:
        """Whether more may come out of it than podsim knows."""
        return False

    def carries_unknown(self) -> None:
        """What is written to it comes from something unknown."""


class Zeros(Stream):
    """/dev/zero: as many zero bytes as one read gets."""

    def read(self, amount: str) -> str:
        """A page of zeros."""
        del amount
        return "\0" * 4096


class Noise(Stream):
    """/dev/urandom: characters that follow from a seed, a page in one read.

    It ends, since a program that reads to the end would stop simulated time; `ended` is called then.
    """

    PAGE, PAGES = 1024, 64

    def __init__(self, seed: int, ended: Callable[[], object]) -> None:
        super().__init__()
        self._state = seed
        self._ended = ended
        self._left = self.PAGES

    def read(self, amount: str) -> str:
        """A page of them."""
        del amount
        self._left -= 1
        if self._left < 0:
            self._ended()
            return ""
        page = []
        for _ in range(self.PAGE):
            self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64  # Knuth's MMIX
            page.append(chr(self._state >> 57))
        return "".join(page)


class TextSource(Stream):
    """A text to read, such as a here-document."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rest = text

    def read(self, amount: str) -> str | Errno | Blocked:
        """The next of it."""
        taken = _amount(self.rest, amount)
        self.rest = self.rest[len(taken) :]
        return taken


class Sink(Stream):
    """A stream that leads out of the container: its log, or the output of an exec."""

    def __init__(self, write: Callable[[str], None]) -> None:
        super().__init__()
        self._write = write

    def write(self, data: str) -> Errno | Blocked | None:
        """Hand it out."""
        self._write(data)
        return None


class OpenFile(Stream):
    """A file with a position of its own; mode a always writes at the end."""

    def __init__(self, node: FileNode, mode: str) -> None:
        super().__init__()
        self.node, self.mode, self.position = node, mode, 0

    def read(self, amount: str) -> str | Errno | Blocked:
        """From the position on; a file cut shorter is read from its start, as `tail -f` does."""
        if self.mode in ("w", "a"):
            return Errno.EBADF
        if self.position > self.node.length:
            self.position = 0
        text = _amount(self.node.read(self.position), amount)
        self.position += len(text)
        return text

    def write(self, data: str) -> Errno | Blocked | None:
        """At the position, or at the end (O_APPEND: wherever another writer has moved it)."""
        if self.mode == "r":
            return Errno.EBADF
        self.position = self.node.write(None if self.mode == "a" else self.position, data)
        return None


class PipeBuffer:
    """What is between the two ends of a pipe."""

    def __init__(self) -> None:
        self.text, self.read_open, self.write_open, self.is_unknown = "", True, True, False


class PipeReader(Stream):
    """The end to read from."""

    def __init__(self, pipe: PipeBuffer) -> None:
        super().__init__()
        self._pipe = pipe

    def read(self, amount: str) -> str | Errno | Blocked:
        """Waits for a line, for something, or for the end."""
        pipe = self._pipe
        enough = amount == "some" or (_end(amount) != "" and _end(amount) in pipe.text) or len(pipe.text) >= PIPE_CAPACITY
        if pipe.write_open and not (pipe.text and enough):
            return BLOCKED
        taken = _amount(pipe.text, amount)
        pipe.text = pipe.text[len(taken) :]
        return taken

    def write(self, data: str) -> Errno | Blocked | None:
        """The other end is for that."""
        del data
        return Errno.EBADF

    def closed(self) -> None:
        """Writers get a broken pipe from now on."""
        self._pipe.read_open = False

    @property
    def is_unknown(self) -> bool:
        """Whether a writer has read something unknown."""
        return self._pipe.is_unknown


class Inlet(PipeReader):
    """A stream that leads into the container: the input of a command that someone outside types. `wake` is called when there is more."""

    def __init__(self, *, is_terminal: bool = False) -> None:
        super().__init__(PipeBuffer())
        self.is_terminal = is_terminal
        self.wake: Callable[[], object] = lambda: None

    def feed(self, text: str) -> None:
        """More input."""
        self._pipe.text += text
        self.wake()

    def end(self) -> None:
        """No more input."""
        self._pipe.write_open = False
        self.wake()


class PipeWriter(Stream):
    """The end to write to."""

    def __init__(self, pipe: PipeBuffer) -> None:
        super().__init__()
        self._pipe = pipe

    def read(self, amount: str) -> str | Errno | Blocked:
        """The other end is for that."""
        del amount
        return Errno.EBADF

    def write(self, data: str) -> Errno | Blocked | None:
        """Wait while the pipe is full. One write of any length fits into a pipe that is not: only later ones wait."""
        if not self._pipe.read_open:
            return Errno.EPIPE
        if len(self._pipe.text) >= PIPE_CAPACITY:
            return BLOCKED
        self._pipe.text += data
        return None

    def carries_unknown(self) -> None:
        """Its readers cannot know what is missing."""
        self._pipe.is_unknown = True

    def closed(self) -> None:
        """Readers see the end."""
        self._pipe.write_open = False


class Socket(TextSource):
    """A TCP connection: what was written is sent when the first read asks for the answer.

    One exchange is enough for the clients that scripts build of nc, telnet and /dev/tcp.
    """

    def __init__(self, host: str, port: int) -> None:
        super().__init__("")
        self.host, self.port, self.sent, self.answered = host, port, "", False

    def write(self, data: str) -> Errno | Blocked | None:
        """Keep it for the exchange."""
        self.sent += data
        return None

    def request(self) -> Exchange | HttpRequest:
        """What to ask the world so that the answer can be read: HTTP when that is what was written."""
        if not self.sent.startswith(_HTTP_METHODS):
            return Exchange("tcp", self.host, self.port, self.sent)
        head, _, body = self.sent.replace("\r\n", "\n").partition("\n\n")
        first, *lines = head.split("\n")
        method, path = ([*first.split(), "/"])[:2]
        headers = tuple((k, v.strip()) for k, _, v in (line.partition(":") for line in lines) if k)
        return HttpRequest(method, f"http://{self.host}:{self.port}{path}", headers, body)

    def answer(self, value: object) -> None:
        """The exchange is over; a network error reads as the end of the stream."""
        self.answered = True
        if isinstance(value, HttpResponse):
            headers = "".join(f"{k}: {v}\r\n" for k, v in value.headers)
            self.rest = f"HTTP/1.1 {value.status} {reason(value.status)}\r\n{headers}\r\n{value.body}"
        elif isinstance(value, str):
            self.rest = value


def reason(status: int) -> str:
    """The phrase of an HTTP status, as servers print it."""
    from http import HTTPStatus

    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
