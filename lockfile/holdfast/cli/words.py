"""The command line's words, read by the table: `holdfast lock --dry-run --project=web` -> values by name.

Knows the usual grammar of flags: `--flag VALUE`, `--flag=VALUE`, `-oVALUE`, `-qv`, `--` before words that
begin with a dash. Written by hand, since a library for it costs more start-up than a whole `check`.
"""

from __future__ import annotations

from holdfast.cli.table import COMMON, Command, Parameter
from holdfast.errors import UsageError
from holdfast_resolver.values.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Mapping, Sequence

_TRUE = ("1", "true", "yes", "on")
_FALSE = ("", "0", "false", "no", "off")


class Arguments(NamedTuple):
    """What a command was given, by the names of its parameters."""

    command: str
    switches: frozenset[str]
    texts: Mapping[str, str]  # of "value" and "word"
    lists: Mapping[str, tuple[str, ...]]  # of "values" and "words"

    def switch(self, name: str) -> bool:
        """Whether a switch is on."""
        return name in self.switches

    def text(self, name: str, default: str = "") -> str:
        """Return a value, `default` when it was not given."""
        return self.texts.get(name, default)

    def texts_of(self, name: str) -> tuple[str, ...]:
        """Return all values of a parameter that takes several."""
        return self.lists.get(name, ())


def parse(command: Command, words: Sequence[str], environment: Mapping[str, str]) -> Arguments:
    """Read the words after the command's name. Raises `UsageError`."""
    return _Reader(command, environment).read(list(words))


class _Reader:
    def __init__(self, command: Command, environment: Mapping[str, str]) -> None:
        self._command = command
        self._environment = environment
        self._parameters = command.parameters + COMMON
        self._by_flag = {flag: one for one in self._parameters for flag in one.flags}
        self._switches: set[str] = set()
        self._texts: dict[str, str] = {}
        self._lists: dict[str, list[str]] = {}
        self._free: list[str] = []

    def read(self, words: list[str]) -> Arguments:
        place = 0
        while place < len(words):
            word = words[place]
            place += 1
            if word == "--":
                self._free.extend(words[place:])
                break
            if not word.startswith("-") or word == "-":
                self._free.append(word)
            elif word.startswith("--"):
                flag, equals, value = word.partition("=")
                place += self._flag(flag, value if equals else None, words[place : place + 1])
            else:
                place += self._short(word, words[place : place + 1])
        self._positionals()
        self._twins()
        lists = {name: tuple(values) for name, values in self._lists.items()}
        return Arguments(self._command.name, frozenset(self._switches), self._texts, lists)

    def _short(self, word: str, following: list[str]) -> int:
        """`-qv`, `-oFILE`, `-o FILE`; returns how many of the following words were taken."""
        for place in range(1, len(word)):
            flag = "-" + word[place]
            parameter = self._known(flag)
            if parameter.kind != "switch":
                rest = word[place + 1 :].removeprefix("=")
                return self._flag(flag, rest or None, following)
            self._switches.add(parameter.name)
        return 0

    def _flag(self, flag: str, value: str | None, following: list[str]) -> int:
        parameter = self._known(flag)
        if parameter.kind == "switch":
            if value is not None:
                raise UsageError(f"{flag} without a value", value, self._usage())
            self._switches.add(parameter.name)
            return 0
        taken = 0
        if value is None:
            if not following or (following[0].startswith("-") and len(following[0]) > 1):
                raise UsageError(f"{parameter.metavar} after {flag}", hint=self._usage())
            value, taken = following[0], 1
        self._keep(parameter, value, flag)
        return taken

    def _known(self, flag: str) -> Parameter:
        found = self._by_flag.get(flag)
        if found is None:
            hint = nearest(flag, [one for one in self._by_flag if one.startswith("--")])
            raise UsageError(f"a flag of `holdfast {self._command.name}`", flag, hint or self._usage())
        return found

    def _keep(self, parameter: Parameter, value: str, name: str) -> None:
        if not value:
            raise UsageError(f"{parameter.metavar} for {name}", "an empty text", self._usage())
        if parameter.choices and value not in parameter.choices:
            expected = f"one of {', '.join(parameter.choices)} for {name}"
            raise UsageError(expected, value, nearest(value, parameter.choices))
        if parameter.kind in ("values", "words"):
            self._lists.setdefault(parameter.name, []).append(value)
        elif parameter.name in self._texts and parameter.kind == "value":
            raise UsageError(f"{name} once", f"{self._texts[parameter.name]} and {value}")
        else:
            self._texts[parameter.name] = value

    def _positionals(self) -> None:
        free = self._free
        for parameter in self._command.parameters:
            if parameter.kind not in ("word", "words"):
                continue
            taken = free[: 1 if parameter.kind == "word" else len(free)]
            free = free[len(taken) :]
            for word in taken:
                self._keep(parameter, word, parameter.metavar)
            if parameter.required and not taken and "help" not in self._switches:
                what = parameter.metavar + (f" ({', '.join(parameter.choices)})" if parameter.choices else "")
                raise UsageError(f"{what} after `holdfast {self._command.name}`", "nothing", self._usage())
        if free:
            raise UsageError(f"nothing more after `holdfast {self._command.name}`", free[0], self._usage())

    def _twins(self) -> None:
        """What the environment says where the command line is silent."""
        for parameter in self._parameters:
            variable = parameter.environment
            text = self._environment.get(variable, "").strip() if variable else ""
            if not text:
                continue
            if parameter.kind == "switch":
                if text.lower() not in _TRUE + _FALSE:
                    raise UsageError(f"1 or 0 in {variable}", text)
                if text.lower() in _TRUE:
                    self._switches.add(parameter.name)
            elif parameter.name not in self._texts:
                self._keep(parameter, text, variable)

    def _usage(self) -> str:
        return f"see `holdfast {self._command.name} --help`"


def nearest(word: str, known: Sequence[str]) -> str:
    """Return `did you mean lock?`, or "" when nothing is near."""
    from difflib import get_close_matches  # start-up: only for a message

    near = get_close_matches(word, known, 1, 0.5)
    return f"did you mean {near[0]}?" if near else ""
