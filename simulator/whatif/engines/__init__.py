"""Where runs are executed: in this process, in a pool of processes, or on a Dask cluster. The order of their results never matters."""
