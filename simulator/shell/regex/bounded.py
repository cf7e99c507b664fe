"""Matching in linear time: a place in the program is tried once at each place of the text, for what failed there before will fail again."""

from __future__ import annotations

from simulator.process.problems import NotSimulatedError
from simulator.shell.regex.program import Again, Here, Jump, One, Program, Save, Split

LARGEST_SEARCH = 1_000_000
"""Steps of one search: about two seconds."""


class BoundedMatch:
    """A match: the text, and where each group begins and ends (-1: took no part)."""

    def __init__(self, text: str, slots: tuple[int, ...]) -> None:
        self.text, self.slots = text, slots

    def __getitem__(self, group: int) -> str | None:
        """The text of a group; 0: of all."""
        start, end = self.slots[2 * group : 2 * group + 2]
        return None if start < 0 or end < 0 else self.text[start:end]

    def start(self) -> int:
        """Where it begins."""
        return self.slots[0]

    def end(self) -> int:
        """Where it ends."""
        return self.slots[1]

    def groups(self) -> tuple[str | None, ...]:
        """The texts of the groups."""
        return tuple(self[group] for group in range(1, len(self.slots) // 2))


class Matcher:
    """Runs a program. Raises NotSimulatedError beyond LARGEST_SEARCH."""

    def __init__(self, program: Program, groups: int) -> None:
        self._program, self._groups = program, groups
        # Whether a back-reference matches depends on more than the place, so nothing can be remembered.
        self._remembers = not any(isinstance(instruction, Again) for instruction in program)

    def match(self, text: str, at: int, *, whole: bool = False) -> BoundedMatch | None:
        """A match that begins at a place, and with `whole` ends at the end."""
        return _Search(self._program, text, self._groups, whole=whole, remembers=self._remembers).from_(at)

    def search(self, text: str, start: int) -> BoundedMatch | None:
        """The first match from a place on."""
        search = _Search(self._program, text, self._groups, whole=False, remembers=self._remembers)
        for at in range(start, len(text) + 1):
            if (match := search.from_(at)) is not None:
                return match
        return None


class _Search:
    """One search: what failed at an earlier start fails at a later one too."""

    def __init__(self, program: Program, text: str, groups: int, *, whole: bool, remembers: bool) -> None:
        self._program, self._text = program, text
        self._whole, self._remembers = whole, remembers
        self._slots = [-1] * (2 * groups + 2)
        self._left: list[tuple[int, int]] = []
        """What is left to try, the next at the end: (instruction, place), or (-1 - slot, its former value) to take a Save back."""
        self._tried: set[tuple[int, int]] = set()
        self._steps = 0

    def from_(self, start: int) -> BoundedMatch | None:
        """Try one start."""
        self._left.append((0, start))
        while self._left:
            state: tuple[int, int] | None = self._left.pop()
            if state is not None and state[0] < 0:
                self._slots[-1 - state[0]] = state[1]
                continue
            while state is not None:
                at, place = state
                if at == len(self._program) and not (self._whole and place < len(self._text)):
                    self._slots[:2] = start, place
                    return BoundedMatch(self._text, tuple(self._slots))
                state = None if at == len(self._program) or self._was_tried(state) else self._step(at, place)
        return None

    def _was_tried(self, state: tuple[int, int]) -> bool:
        self._steps += 1
        if self._steps > LARGEST_SEARCH:
            raise NotSimulatedError(f"a search for a regular expression of more than {LARGEST_SEARCH} steps")
        if state in self._tried:
            return True
        if self._remembers:
            self._tried.add(state)
        return False

    def _step(self, at: int, place: int) -> tuple[int, int] | None:
        """Where one instruction leads; None: it fails."""
        match self._program[at]:
            case One(item):
                return (at + 1, place + 1) if item.match(self._text, place) is not None else None
            case Split(first, second):
                self._left.append((at + second, place))
                return at + first, place
            case Jump(to):
                return at + to, place
            case Save(slot):
                self._left.append((-1 - slot, self._slots[slot]))
                self._slots[slot] = place
                return at + 1, place
            case Here(assertion):
                return (at + 1, place) if assertion.match(self._text, place) is not None else None
            case Again(group, ignore_case):
                return self._again(at, place, group, ignore_case=ignore_case)

    def _again(self, at: int, place: int, group: int, *, ignore_case: bool) -> tuple[int, int] | None:
        start, end = self._slots[2 * group : 2 * group + 2]
        if start < 0 or end < 0:
            return None
        old, new = self._text[start:end], self._text[place : place + end - start]
        same = old.casefold() == new.casefold() if ignore_case else old == new
        return (at + 1, place + len(new)) if same else None
