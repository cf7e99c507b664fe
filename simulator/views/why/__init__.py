"""`podsim why`: the chain of causes from what an object is now back to its YAML and its program. A module for each kind of question."""
