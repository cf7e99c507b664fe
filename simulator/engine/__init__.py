"""The clock of the simulation, and the only room that knows SimPy.

Time is an integer number of nanoseconds since the start. Whatever happens at one and the same instant happens in the order of `Order`:
first the world changes, then components act on what they were told, then observers look (probes, relists); first come, first served
within each. So no tie is decided by luck.
"""

from simulator.engine.engine import Engine, Event, Order, Process, Timer
from simulator.engine.mailbox import Gate, Mailbox
from simulator.engine.streams import Streams

__all__ = ["Engine", "Event", "Gate", "Mailbox", "Order", "Process", "Streams", "Timer"]
