"""Layer 2 of the shell: words to fields (POSIX 2.6). Files and command output are requested by effects."""
