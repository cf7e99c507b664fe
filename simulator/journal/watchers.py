"""Callbacks for changes of the store that can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from simulator.journal.records import LogLine, Write
from simulator.journal.store import Store
from simulator.objects.kinds import Object


class Watchers:
    """Callbacks that come and go, each kind being watched only once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._of_kind: dict[str, list[Callable[[], object]]] = {}
        self._of_logs: list[Callable[[], object]] | None = None

    def add(self, kinds: Iterable[str], notify: Callable[[], object], *, logs: bool = False) -> Callable[[], None]:
        """Call `notify` at each change of these kinds and, with `logs`, for each line that is printed. The function returned ends that."""
        lists = [self._kind(kind) for kind in kinds]
        if logs:
            lists.append(self._logs())
        for watchers in lists:
            watchers.append(notify)

        def leave() -> None:
            for watchers in lists:
                watchers.remove(notify)

        return leave

    def _kind(self, kind: str) -> list[Callable[[], object]]:
        if kind not in self._of_kind:
            watchers = self._of_kind[kind] = []

            def changed(_write: Write, _before: Object | None) -> None:
                for notify in watchers:
                    notify()

            self._store.watch(kind, changed)
        return self._of_kind[kind]

    def _logs(self) -> list[Callable[[], object]]:
        if self._of_logs is None:
            watchers = self._of_logs = []

            def printed(_line: LogLine) -> None:
                for notify in watchers:
                    notify()

            self._store.journal.watch_logs(printed)
        return self._of_logs
