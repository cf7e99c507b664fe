"""`podsim why`: traces an object's state back to its YAML and its program. A module for each kind of question."""
