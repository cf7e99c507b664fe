"""Floor 2 of the shell: words to fields. Files and command output are asked for by effects."""
