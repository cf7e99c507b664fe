"""An action that waits until something holds in the cluster, or gives up."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from simulator.engine import Engine, Order
from simulator.journal.records import Cause, Fact
from simulator.journal.store import Store
from simulator.journal.watchers import Watchers
from simulator.objects.kinds import Key
from simulator.scenario.conditions import holds, in_words, kinds_of
from simulator.scenario.spec import Action
from simulator.units import short_duration

CAUSE = Cause(0, "USR-01")


class Wait:
    """Looks after each change of the kinds that decide; `act` does the action, `print_errors` says that it gave up."""

    def __init__(
        self,
        engine: Engine,
        store: Store,
        action: Action,
        namespace: str,
        act: Callable[[Action], None],
        print_errors: Callable[[Iterable[str]], None],
    ) -> None:
        self.action = action
        self._engine = engine
        self._store = store
        self._namespace = str(action.options.get("namespace") or namespace)
        self._act = act
        self._print_errors = print_errors
        self._is_over = self._is_due = False
        self._note("waits")
        self._leave = Watchers(store).add(kinds_of(action.when), self._ask)
        self._timer = engine.call_after(action.when["timeout"], self._give_up, Order.OBSERVE)
        self._look()

    def end(self) -> None:
        """Wait no more."""
        self._is_over = True
        self._leave()
        self._timer.cancel()

    def _ask(self) -> None:
        """Look at this instant, after all that changes at once."""
        if not self._is_due and not self._is_over:
            self._is_due = True
            self._engine.call_at(self._engine.now, self._look, Order.OBSERVE)

    def _look(self) -> None:
        self._is_due = False
        if not self._is_over and holds(self.action.when, self._store, self._namespace):
            self.end()
            self._note("goes ahead")
            self._act(self.action)

    def _give_up(self) -> None:
        self.end()
        self._note("gives up")
        after = short_duration(self.action.when["timeout"])
        self._print_errors([f"error: {self._what}: gave up after {after}, as it never held that {in_words(self.action.when)}"])

    @property
    def _what(self) -> str:
        """The action in short."""
        target = self.action.target
        return f"{self.action.verb} {target}" if isinstance(target, str) else self.action.verb

    def _note(self, what: str) -> None:
        """Record how the wait goes."""
        data = {"path": self.action.path, "action": self._what, "until": in_words(self.action.when), "state": what}
        self._store.journal.append(Fact(self._engine.now, "user.waits", Key("", self._namespace, ""), data, CAUSE))
