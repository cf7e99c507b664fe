"""The numbers of a run: what happened when (`timeline`), and named metrics (`table`). Pure functions of a snapshot."""

from simulator.metrics.measure import Reading, measure, measure_all, readings, worst
from simulator.metrics.story import Story
from simulator.metrics.table import METRICS, Metric, metric

__all__ = ["METRICS", "Metric", "Reading", "Story", "measure", "measure_all", "metric", "readings", "worst"]
