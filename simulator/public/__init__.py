"""podsim from Python: runs, sweeps, comparisons and clusters for tests, with objects that show themselves in a notebook.

`simulator` offers the names that users import (`simulator.run`, `simulator.SimulatedCluster`, ...). Nothing is imported here.
"""
