"""Which paths of unknown content exist for one container: what a Scenario says, else what its processes rely on."""

from __future__ import annotations

from simulator.container.birth import ContentRules, Who


class PathDecisions:
    """The `UnknownContent` of one container. Without `rules`, everything that is unknown exists."""

    def __init__(self, who: Who, rules: ContentRules | None) -> None:
        self._who = who
        self._rules = rules

    def has(self, path: str, origin: str, *, is_relied_on: bool) -> bool:
        """See `UnknownContent`."""
        if self._rules is None:
            return bool(origin)
        stated = self._rules.stated(self._who, path)
        if stated is not None:
            return stated
        # A path that a script of the manifests creates is missing until that script has run.
        if not origin or self._rules.is_made(path):
            return False
        if is_relied_on:
            self._rules.record(self._who, path, f"what {origin} contains is unknown", exists=True)
        return True
