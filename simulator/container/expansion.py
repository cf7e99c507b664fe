"""References to variables in commands, arguments and values (third_party/forked/golang/expansion). Pure."""

from __future__ import annotations


def expand(text: str, env: dict[str, str]) -> str:
    """Replace `$(NAME)` by the variable's value; unknown names stay as they are."""
    out, i = [], 0
    while i < len(text):
        if text[i] != "$" or i + 1 == len(text):
            out.append(text[i])
            i += 1
        elif text[i + 1] == "$":
            out.append("$")
            i += 2
        elif text[i + 1] == "(" and (end := text.find(")", i)) > 0:
            name = text[i + 2 : end]
            out.append(env.get(name, text[i : end + 1]))
            i = end + 1
        else:
            out.append(text[i])
            i += 1
    return "".join(out)
