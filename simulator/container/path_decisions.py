"""Which paths of unknown content exist for one container: what a Scenario says, else what its processes rely on."""

from __future__ import annotations

from simulator.container.birth import ContentRules, Who


class PathDecisions:
    """The `UnknownContent` of one container. Without `rules`, everything that is unknown exists."""

    def __init__(self, who: Who, rules: ContentRules | None) -> None:
        self._who = who
        self._rules = rules

    def has(self, path: str, origin: str, *, relied_on: bool | None, is_new: bool = False) -> bool:
        """See `UnknownContent`."""
        if self._rules is None:
            return bool(origin) and relied_on is not False
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
