"""kubectl's texts as templates: whatever changes with time alone is a mark, which the page fills in for the instant it shows.

A text changes because something was written, or because time has passed; the latter changes only ages and the heartbeats of nodes.
So a template holds from one write to the next, and a page needs one for each write instead of one for each second. `expanded` defines
how the page fills in a template; `web/src/viewer/texts.ts` does the same in the browser, and tests compare both with kubectl's text.
"""

from __future__ import annotations

import re

from simulator.client.node_lease import Beat
from simulator.golang.ages import human_duration, rfc1123
from simulator.golang.tabwriter import align
from simulator.kubectl.view import View
from simulator.objects.event import Event
from simulator.units import format_time, parse_time

AGE, END_OF_AGE, END_OF_COLUMNS = "\x01", "\x02", "\x03"
"""Around an instant (microseconds since the start of the run) whose age is shown; after lines whose tabs are aligned together."""
BEAT, END_OF_BEAT = "\x04", "\x05"
"""Around the first instant of a heartbeat, its period, and the start of the run since the epoch, in microseconds: shows the last beat."""


class TemplateView(View):
    """The view for describers that write a template. `about` has the events of the described object, collected once."""

    about: list[Event] | None = None

    def age(self, timestamp: str | None) -> str:
        """A mark for the age of that instant."""
        if not timestamp:
            return super().age(timestamp)
        start = self.now - self.snapshot.t
        return f"{AGE}{(parse_time(timestamp) - start) // 1000}{END_OF_AGE}"

    def latest(self, beat: Beat) -> str:
        """A mark for the last heartbeat."""
        start = self.now - self.snapshot.t
        return f"{BEAT}{(beat.first - start) // 1000},{beat.every // 1000},{start // 1000}{END_OF_BEAT}"

    def columns(self, text: str) -> str:
        """Tabs stay tabs."""
        return text + END_OF_COLUMNS

    def events(self, namespace: str | None) -> list[Event]:
        """Only the events that can be about the object."""
        return super().events(namespace) if self.about is None else self.about


def expanded(template: str, t: int) -> str:
    """The text of a template at `t` (nanoseconds since the start of the run)."""
    aged = re.sub(f"{AGE}(-?\\d+){END_OF_AGE}", lambda mark: human_duration(t - int(mark[1]) * 1000), template)
    text = re.sub(f"{BEAT}(-?\\d+),(\\d+),(\\d+){END_OF_BEAT}", lambda mark: _last(mark, t), aged)
    *parts, rest = text.split(END_OF_COLUMNS)
    return "".join(align(part) for part in parts) + rest


def _last(mark: re.Match[str], t: int) -> str:
    first, every, start = (int(number) * 1000 for number in mark.groups())
    return rfc1123(format_time(start + Beat(first, every).last(t)))
