"""`podsim play`: what a terminal shows of a run at one instant, and what its keys do; clock and terminal are the command's."""
