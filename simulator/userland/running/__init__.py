"""Tools that run another command: with limits, with other surroundings, or for each line of input."""
