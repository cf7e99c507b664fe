"""`podsim play`: the terminal's content at an instant of a run, and what its keys do. The command owns clock and terminal."""
