"""kubectl's texts as templates: whatever changes with the mere passing of time is a mark, which the page fills in at the instant it shows.

A text of a snapshot changes for two reasons: something was written, or somebody looks at it later. Only ages change for the second
reason. So a template holds from one write to the next, and a page needs one for each write instead of one for each second.
`expanded` says what the page does with a template; `texts.js` does the same in the browser, and the tests hold both against kubectl's text.
"""

from __future__ import annotations

import re

from simulator.objects.event import Event
from simulator.units import parse_time
from simulator.views.kubectl.ages import human_duration
from simulator.views.kubectl.tabwriter import align
from simulator.views.kubectl.view import View

AGE, END_OF_AGE, END_OF_COLUMNS = "\x01", "\x02", "\x03"
"""Around the instant (microseconds since the start of the run) whose age is meant; behind lines whose tabs make columns together."""


class TemplateView(View):
    """What a describer is given that writes a template. `about` are the events of the object that is described: nobody looks for them."""

    about: list[Event] | None = None

    def age(self, timestamp: str | None) -> str:
        """A mark for the age of that instant."""
        if not timestamp:
            return super().age(timestamp)
        start = self.now - self.snapshot.t
        return f"{AGE}{(parse_time(timestamp) - start) // 1000}{END_OF_AGE}"

    def columns(self, text: str) -> str:
        """Tabs stay tabs."""
        return text + END_OF_COLUMNS

    def events(self, namespace: str | None) -> list[Event]:
        """Only those that can be about the object."""
        return super().events(namespace) if self.about is None else self.about


def expanded(template: str, t: int) -> str:
    """The text of a template at `t` (nanoseconds since the start of the run)."""
    aged = re.sub(f"{AGE}(-?\\d+){END_OF_AGE}", lambda found: human_duration(t - int(found[1]) * 1000), template)
    *parts, rest = aged.split(END_OF_COLUMNS)
    return "".join(align(part) for part in parts) + rest
