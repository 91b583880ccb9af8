"""What is refused before a lock is parsed: too large, no UTF-8, conflict markers, hidden characters, no TOML.

Knows texts and places; nothing of what a lock says.
"""

from __future__ import annotations

from holdfast.errors import LockFormatError
from holdfast.format.fields import LARGEST_FILE, LONGEST_LINE
from holdfast.format.strings import is_hidden, visible

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    pass

RESTORE = "restore the file from version control, or move it away and run `holdfast lock`"
_CONFLICTS = ("<<<<<<<", "|||||||", ">>>>>>>")


def decode(data: str | bytes, path: str) -> str:
    """Return the text of a lock within the bound on its size; raise `LockFormatError`."""
    if len(data) > LARGEST_FILE:
        raise LockFormatError(path, f"a lock of at most {LARGEST_FILE} bytes", f"{len(data)} bytes", hint=RESTORE)
    if isinstance(data, str):
        return data
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise LockFormatError(
            path, "UTF-8 text", f"the byte 0x{data[error.start]:02x}", line, column, hint=RESTORE
        ) from None


def inspect(text: str, path: str) -> None:
    """Raise `LockFormatError` for what no lock may hold anywhere, comments included."""
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.removesuffix("\r")
        if len(line) > LONGEST_LINE:
            raise LockFormatError(
                path,
                f"lines of at most {LONGEST_LINE} characters",
                f"{len(line)}",
                number,
                LONGEST_LINE + 1,
                hint=RESTORE,
            )
        if line.startswith(_CONFLICTS):
            raise LockFormatError(
                path,
                "a lock without conflict markers",
                visible(line),
                number,
                1,
                hint="run `holdfast lock`: it takes the pins of both sides and writes a whole lock",
            )
        if not line.isprintable():
            _inspect_line(line, number, path)


def _inspect_line(line: str, number: int, path: str) -> None:
    for column, character in enumerate(line, 1):
        if is_hidden(character) and character != "\t":
            raise LockFormatError(
                path,
                "text without control or bidirectional characters",
                f"U+{ord(character):04X}",
                number,
                column,
                hint=RESTORE,
            )


def parse(text: str, path: str) -> dict[str, object]:
    """Return what `tomllib` makes of a text; raise `LockFormatError`."""
    import tomllib  # start-up: only for what is not canonical

    try:
        data: dict[str, object] = tomllib.loads(text)
        return data
    except RecursionError:
        raise LockFormatError(path, "a lock without deep nesting", hint=RESTORE) from None
    except tomllib.TOMLDecodeError as error:
        line, column = _place(str(error), text)
        found = visible(str(error).partition(" (at ")[0]).lower()
        raise LockFormatError(path, "valid TOML", found, line, column, hint=RESTORE) from None
    except ValueError:  # Python reads no number of more than 4,300 digits
        line = next((number for number, line in enumerate(text.split("\n"), 1) if len(line) > 4300), 0)
        raise LockFormatError(path, "numbers of 64 bits", "a longer one", line, 1, hint=RESTORE) from None


def _place(message: str, text: str) -> tuple[int, int]:
    """Read the place off a `TOMLDecodeError`: `... (at line 3, column 5)` or `... (at end of document)`."""
    where = message.rpartition(" (at ")[2]
    if where.startswith("line "):
        line, _, column = where.removeprefix("line ").removesuffix(")").partition(", column ")
        if line.isdigit() and column.isdigit():
            return int(line), int(column)
    return text.count("\n") + (not text.endswith("\n")), 0
