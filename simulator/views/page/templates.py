"""kubectl's texts as templates: whatever changes with the mere passing of time is a mark, which the page fills in at the instant it shows.

A text of a snapshot changes for two reasons: something was written, or somebody looks at it later. Only ages, and the heartbeats of
nodes, change for the second reason. So a template holds from one write to the next, and a page needs one for each write instead of one
for each second. `expanded` says what the page does with a template; `texts.js` does the same in the browser, and the tests hold both
against kubectl's text.
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
"""Around the instant (microseconds since the start of the run) whose age is meant; behind lines whose tabs make columns together."""
BEAT, END_OF_BEAT = "\x04", "\x05"
"""Around the first instant of a beat, its period, and the start of the run since the epoch, in microseconds: its last instant is meant."""


class TemplateView(View):
    """What a describer is given that writes a template. `about` are the events of the object that is described: nobody looks for them."""

    about: list[Event] | None = None

    def age(self, timestamp: str | None) -> str:
        """A mark for the age of that instant."""
        if not timestamp:
            return super().age(timestamp)
        start = self.now - self.snapshot.t
        return f"{AGE}{(parse_time(timestamp) - start) // 1000}{END_OF_AGE}"

    def latest(self, beat: Beat) -> str:
        """A mark for the last of its instants."""
        start = self.now - self.snapshot.t
        return f"{BEAT}{(beat.first - start) // 1000},{beat.every // 1000},{start // 1000}{END_OF_BEAT}"

    def columns(self, text: str) -> str:
        """Tabs stay tabs."""
        return text + END_OF_COLUMNS

    def events(self, namespace: str | None) -> list[Event]:
        """Only those that can be about the object."""
        return super().events(namespace) if self.about is None else self.about


def expanded(template: str, t: int) -> str:
    """The text of a template at `t` (nanoseconds since the start of the run)."""
    aged = re.sub(f"{AGE}(-?\\d+){END_OF_AGE}", lambda found: human_duration(t - int(found[1]) * 1000), template)
    beaten = re.sub(f"{BEAT}(-?\\d+),(\\d+),(\\d+){END_OF_BEAT}", lambda found: _last(found, t), aged)
    *parts, rest = beaten.split(END_OF_COLUMNS)
    return "".join(align(part) for part in parts) + rest


def _last(mark: re.Match[str], t: int) -> str:
    first, every, start = (int(number) * 1000 for number in mark.groups())
    return rfc1123(format_time(start + Beat(first, every).last(t)))
