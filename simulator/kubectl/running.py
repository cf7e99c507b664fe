"""Commands of kubectl while they run in a running cluster: they print as things happen, and end when they are over."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from simulator.api.authorization.access import Access
from simulator.engine import Engine, Order, Timer
from simulator.journal.watchers import Watchers
from simulator.kubectl.errors import KubectlError
from simulator.kubectl.flags import Words
from simulator.kubectl.request import Request
from simulator.kubectl.verb import Caller, Reading
from simulator.kubectl.view import Pending, View
from simulator.kubectl.words import writing
from simulator.kubectl.write.acting import Acting, Origin, Part, Site, perform
from simulator.kubectl.write.printing import Printer

OUT, ERR = 1, 2
Texts = tuple[tuple[int, str], ...]
"""What was printed: descriptors and texts."""


class Cluster(NamedTuple):
    """The running cluster as commands see it."""

    site: Site
    watchers: Watchers

    @property
    def engine(self) -> Engine:
        """The clock."""
        return self.site.engine

    def view(self, access: Access | None) -> View:
        """The cluster as it is, for a user."""
        return View(self.site.api.store.journal.at(self.engine.now), exact=True, access=access)


class Ended:
    """A command that was over at once."""

    def __init__(self, code: int, out: str = "", err: str = "") -> None:
        self._code = code
        self._news: Texts = tuple((fd, text) for fd, text in ((OUT, out), (ERR, err)) if text)

    def read(self) -> tuple[Texts, int | None]:
        """See `simulator.process.world.Running`."""
        news, self._news = self._news, ()
        return news, self._code

    def stop(self) -> None:
        """Nothing is left to be stopped."""


class ReadCommand:
    """A verb that reads. While it waits, it looks again after each change that it waits for, and prints what has been added."""

    def __init__(self, reading: Reading, words: Words, caller: Caller, cluster: Cluster, wake: Callable[[], object]) -> None:
        self._reading, self._words, self._caller = reading, words, caller
        self._cluster = cluster
        self._wake = wake
        self._printed = {OUT: "", ERR: ""}
        self._news: Texts = ()
        self._code: int | None = None
        self._pending: Pending | None = None
        self._leave: Callable[[], None] = lambda: None
        self._timer: Timer | None = None
        self._changed = False
        self._look()

    def read(self) -> tuple[Texts, int | None]:
        """See `simulator.process.world.Running`."""
        if self._changed and self._code is None:
            self._look()
        news, self._news = self._news, ()
        return news, self._code

    def stop(self) -> None:
        """Look no more."""
        self._leave()
        self._leave = lambda: None
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        self._changed = False
        try:
            out, err, code, pending = self._reading.prints(self._words, self._cluster.view(self._caller.access), self._caller)
        except KubectlError as error:
            out, err, code, pending = "", f"{error}\n", error.code, None
        for fd, text in ((OUT, out), (ERR, err)):
            if added := text[len(self._printed[fd]) :]:
                self._news += ((fd, added),)
                self._printed[fd] = text
        if pending is None:
            self._code = code
            self.stop()
        elif pending != self._pending:
            self._await(pending)

    def _await(self, pending: Pending) -> None:
        self.stop()
        self._pending = pending
        self._leave = self._cluster.watchers.add(pending.kinds, self._notify, logs=pending.logs)
        if pending.deadline is not None:
            self._timer = self._cluster.engine.call_at(pending.deadline, self._notify, Order.OBSERVE)

    def _notify(self) -> None:
        if not self._changed:
            self._changed = True
            self._wake()


class WriteCommand:
    """A verb that writes; it is over when its work is done, and if it waits for that when what it deleted is gone."""

    def __init__(self, request: Request, origin: Origin, form: str, cluster: Cluster, wake: Callable[[], object]) -> None:
        self._cluster = cluster
        self._wake = wake
        self._waits = request.wait
        self._printer = Printer(form)
        self._news: list[tuple[int, str]] = []
        self._failed: int | None = None
        self._leave: Callable[[], None] | None = None
        self._acting = Acting(cluster.site, origin, request, self._print)
        process = perform(self._acting, writing(request.verb).act)
        if process is not None:
            process.then(lambda _value: wake())

    def read(self) -> tuple[Texts, int | None]:
        """See `simulator.process.world.Running`."""
        news, self._news = self._news, []
        return tuple(news), self._code()

    def stop(self) -> None:
        """Go no further."""
        self._acting.stopped = True
        if self._leave is not None:
            self._leave()
            self._leave = None

    def _code(self) -> int | None:
        answer = self._acting.answer
        if self._failed is not None:
            return self._failed
        if not answer.done:
            return None
        if self._waits and self._is_there():
            if self._leave is None:
                self._leave = self._cluster.watchers.add(dict.fromkeys(key.kind for key in answer.awaited), self._wake)
            return None
        self.stop()
        return answer.code

    def _is_there(self) -> bool:
        """Whether something that was deleted is not gone yet."""
        now = ((self._cluster.site.api.store.get(key), uid) for key, uid in self._acting.answer.awaited.items())
        return any(item is not None and item.metadata.uid == uid for item, uid in now)

    def _print(self, part: Part) -> None:
        if self._failed is not None:
            return
        try:
            self._news.append((ERR if part.stream == "stderr" else OUT, self._printer.text(part)))
        except KubectlError as error:
            self._news.append((ERR, f"{error}\n"))
            self._failed = error.code
        self._wake()
