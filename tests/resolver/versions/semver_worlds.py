"""Random SemVer versions and npm ranges that nearly meet: grammar first, then what people and attackers write.

Everything is drawn from one `random.Random`, so a seed is a world. Numbers above 2**53 are such that npm, which rounds
them, still tells them apart.
"""

import random
from typing import NamedTuple

WORDS = ("alpha", "beta", "rc", "x", "a-b", "-", "--", "0a", "ALPHA", "Z", "next", "v1", "1-0")
LARGE = ("9007199254740990", "9007199254740991", "9007199254740992", "9007199254740994", "99999999999999999999")
HUGE = ("999999999999999999999", "1000000000000000000000", "1" * 40, "9" * 255, "1" * 257, "0" * 17 + "1")
WHITE = (" ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u2003", "\ufeff", "\u2028", "\u3000")
NOT_WHITE = ("\u0085", "\u001c", "\u200b", "\u180e")  # blanks to Python or to Unicode, not to JavaScript
GARBAGE = (
    *"<>=~^*xXv-+.|& 0159aZ_!@/\u00e9\u0663\U0001f600",
    "||",
    " - ",
    ">=",
    "~>",
    "==",
    "latest",
    *WHITE,
    *NOT_WHITE,
)
OPERATORS = ("", "", "=", "<", "<=", ">", ">=", "^", "^", "~", "~", "~>")


class Case(NamedTuple):
    """A range, and versions around the numbers it was made of."""

    range: str
    versions: tuple[str, ...]


class World:
    """A source of versions and ranges around one base version, which changes with `move`."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.base = (1, 2, 3)
        self.move()

    def move(self) -> None:
        """Take another base; small numbers, so that carets meet zeros."""
        draw = self.random.choice
        self.base = (draw((0, 0, 1, 1, 2, 9, 10)), draw((0, 0, 1, 2, 9)), draw((0, 1, 2, 3, 9, 99)))

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def number(self, value: int) -> str:
        """A number at or beside `value`; now and then one that is large, too large, or padded with zeros."""
        luck = self.random.random()
        if luck < 0.004:
            return self.random.choice(LARGE)
        if luck < 0.006:
            return self.random.choice(HUGE)
        if luck < 0.012:
            return "0" + str(value)
        return str(max(0, value + self.random.choice((-1, 0, 0, 0, 0, 0, 1))))

    def prerelease(self) -> str:
        """Dotted identifiers, mostly few and alike."""
        return ".".join([self.identifier() for _ in range(self.random.choice((1, 1, 1, 2, 2, 3)))])

    def identifier(self) -> str:
        luck = self.random.random()
        if luck < 0.5:
            return self.random.choice(("0", "1", "2", "10", "11"))
        if luck < 0.96:
            return self.random.choice(WORDS)
        if luck < 0.98:
            return self.random.choice(LARGE)
        return self.random.choice(("01", "00", "", "a" * 251, "1" * 40, HUGE[-1]))

    def build(self) -> str:
        return "+" + ".".join([self.random.choice((*WORDS, "001", "b1")) for _ in range(self.random.choice((1, 1, 2)))])

    def version(self) -> str:
        """A version near the base, mostly valid."""
        text = ".".join(map(self.number, self.base))
        if self.chance(0.45):
            text += "-" + self.prerelease()
        if self.chance(0.15):
            text += self.build()
        return text

    def odd_version(self) -> str:
        """A version as people write it: with signs, blanks, or a fault."""
        text = self.version()
        luck = self.random.random()
        if luck < 0.15:
            text = self.random.choice(("v", "=", "V", "v ", "= v", "vv", "==")) + text
        elif luck < 0.3:
            text = self.random.choice((*WHITE, *NOT_WHITE)) + text + self.random.choice(("", *WHITE))
        elif luck < 0.4:
            text = text.replace("-", "", 1)
        elif luck < 0.5:
            text = self.random.choice((text.rpartition(".")[0], text + ".1", "", text.replace(".", ".0")))
        elif luck < 0.53:
            text += "-" + "a." * self.random.choice((120, 123, 124, 125, 126)) + "b"
        elif luck < 0.8:
            text = self.mutated(text)
        return text

    def partial(self) -> str:
        """A version with parts left out or open."""
        text = ".".join([self.part(value) for value in self.base[: self.random.choice((1, 2, 3, 3, 3))]])
        if self.chance(0.4):
            text += "-" + self.prerelease()
        if self.chance(0.06):
            text += self.build()
        return ("v" if self.chance(0.03) else "") + text

    def part(self, value: int) -> str:
        return self.random.choice(("x", "X", "*")) if self.chance(0.1) else self.number(value)

    def comparator(self) -> str:
        blank = self.random.choice(("", "", "", "", " ", "  ")) if self.chance(0.5) else ""
        return self.random.choice(OPERATORS) + blank + (self.version() if self.chance(0.4) else self.partial())

    def alternative(self) -> str:
        luck = self.random.random()
        if luck < 0.15:
            return f"{self.partial()}{self.blank()}-{self.blank()}{self.partial()}"
        if luck < 0.2:
            return self.random.choice(
                ("", "*", "x", " ", ">=0.0.0", ">=0.0.0-0", "<0.0.0-0", ">*", "<x", "<=*", "latest")
            )
        return self.blank().join([self.comparator() for _ in range(self.random.choice((1, 1, 1, 2, 2, 3)))])

    def blank(self) -> str:
        return self.random.choice(WHITE) if self.chance(0.1) else " "

    def range(self) -> str:
        """A range, one in five of them spoiled."""
        bars = self.random.choice(("||", " || ", "|| "))
        text = bars.join([self.alternative() for _ in range(self.random.choice((1, 1, 1, 2, 2, 3)))])
        if self.chance(0.05):
            text = self.random.choice(WHITE) + text + self.random.choice((*WHITE, *NOT_WHITE))
        if self.chance(0.2):
            text = self.mutated(text)
        return text

    def mutated(self, text: str) -> str:
        """A text with one to three signs put in, taken out or doubled."""
        for _ in range(self.random.choice((1, 1, 2, 3))):
            place = self.random.randrange(len(text) + 1)
            kind = self.random.randrange(3)
            if kind == 0:
                text = text[:place] + self.random.choice(GARBAGE) + text[place:]
            elif kind == 1:
                text = text[:place] + text[place + 1 :]
            else:
                text = text[:place] + text[place : place + 1] + text[place:]
        return text

    def case(self, versions: int) -> Case:
        """A range and versions near it."""
        self.move()
        return Case(self.range(), tuple([self.version() for _ in range(versions)]))
