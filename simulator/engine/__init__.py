"""The clock of the simulation, and the only package that imports SimPy.

Time is an integer number of nanoseconds since the start. Calls at the same instant run in the order of `Order`: first the world changes,
then components act on what they have observed, then observers look (probes, relists); first come, first served within each. So ties are
always broken the same way.
"""

from simulator.engine.engine import Engine, Event, Order, Part, Process, Timer
from simulator.engine.mailbox import Gate, Mailbox
from simulator.engine.streams import Streams

__all__ = ["Engine", "Event", "Gate", "Mailbox", "Order", "Part", "Process", "Streams", "Timer"]
