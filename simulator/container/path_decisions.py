"""Which paths of unknown content exist for one container: what a Scenario says, else what its processes rely on."""

from __future__ import annotations

from simulator.container.birth import ContentRules, Who


class PathDecisions:
    """The `UnknownContent` of one container. Without `rules`, everything that is unknown exists."""

    def __init__(self, who: Who, rules: ContentRules | None) -> None:
        self._who = who
        self._rules = rules
        self._given: set[str] = set()

    def give(self, path: str) -> None:
        """See `UnknownContent`."""
        self._given.add(path.rstrip("/"))

    def may_be_made(self, path: str) -> bool:
        """See `UnknownContent`."""
        return any(path == given or path.startswith(f"{given}/") for given in self._given)

    def has(self, path: str, origin: str, *, relied_on: bool | None, is_new: bool = False) -> bool:
        """See `UnknownContent`."""
        if self._rules is None:
            return bool(origin) and relied_on is not False
        if origin and relied_on is not False and self.may_be_made(path.rstrip("/")):
            return True
        stated = self._rules.stated(self._who, path)
        if stated is not None:
            return stated
        # A path that a script of the manifests creates is missing until that script has run.
        if not origin or self._rules.is_made(path):
            return False
        if relied_on is not None:
            reason = f"{origin} is new, so it is empty" if is_new else f"what {origin} contains is unknown"
            self._rules.record(self._who, path, reason, exists=relied_on)
        return relied_on is not False
