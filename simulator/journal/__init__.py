"""The journal: every write of a run, in order, with its time and its cause. The only output of a simulation, the only input of a view."""

from simulator.journal.journal import Journal
from simulator.journal.records import Cause, Fact, Header, LogLine, Record, Write
from simulator.journal.snapshot import Snapshot

__all__ = ["Cause", "Fact", "Header", "Journal", "LogLine", "Record", "Snapshot", "Write"]
