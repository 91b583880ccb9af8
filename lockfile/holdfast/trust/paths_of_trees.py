r"""Which paths a module's files may have: the same file on every system, and what a reader sees is what is there.

Rule 1: UTF-8 in normal form C (UAX 15), "/" between parts, nothing absolute, no ".", ".." or empty part.
Rule 2: no character that is invisible, reorders text, or means something to a file system or a shell of Windows.
Rule 3: no name that Windows reserves, or changes by cutting dots and blanks off its end.
Rule 4: no two paths that a file system without regard to case or normal form would take for one, and no path that is
        a file here and a folder there.

Knows texts only; never looks at a disk.
"""

from collections.abc import Iterable, Iterator
from unicodedata import normalize

from holdfast.trust.errors import TreeRefused

LONGEST_PATH = 512  # bytes of UTF-8
DEEPEST_PATH = 32  # parts
# What no module holds: version control, caches of bytecode, droppings of desktops, detached signatures. Case aside.
LEFT_OUT = frozenset((".git", ".hg", "__pycache__", ".ds_store"))
LEFT_OUT_ENDINGS = (".pyc", ".sig")
_BYTECODE = "__pycache__"
_BYTECODE_ENDING = ".pyc"

_FORBIDDEN = frozenset('\\<>:"|?*')  # Windows: "Naming Files, Paths, and Namespaces"
_RESERVED = frozenset(
    (
        *("con", "prn", "aux", "nul", "conin$", "conout$"),
        *(f"{device}{digit}" for device in ("com", "lpt") for digit in "0123456789\xb9\xb2\xb3"),
    )
)
# First and last of each run: controls, bidirectional marks (UAX 9), default ignorable characters (UAX 44), halves of
# surrogate pairs, noncharacters.
_HIDDEN = (
    *((0x00, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5)),
    *((0x180B, 0x180F), (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xD800, 0xDFFF)),
    *((0xFDD0, 0xFDEF), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB), (0xFFFE, 0xFFFF)),
    *((0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
)


def is_left_out(name: str) -> bool:
    """Whether a file or folder of this name (one part of a path) never is part of a module."""
    folded = name.lower()
    return folded in LEFT_OUT or folded.endswith(LEFT_OUT_ENDINGS)


def is_harmless(name: str) -> bool:
    """Whether it is left out and nothing would ever run it: all but bytecode, which Python prefers to its source."""
    folded = name.lower()
    return is_left_out(name) and folded != _BYTECODE and not folded.endswith(_BYTECODE_ENDING)


def check_path(path: str) -> str:
    """Return `path` if a module's file may have it (rules 1 to 3); raise `TreeRefused` otherwise."""
    reason = _fault(path)
    if reason:
        raise TreeRefused(path, reason)
    return path


def check_paths(paths: Iterable[str]) -> None:
    """Raise `TreeRefused` unless the paths may stand together (all rules)."""
    files: dict[str, str] = {}  # caseless form -> path
    folders: dict[str, str] = {}
    for path in paths:
        check_path(path)
        folded = _caseless(path)
        known = files.get(folded)
        if known is not None:
            reason = "it is there twice" if known == path else f"only case or spelling tells it from {known}"
            raise TreeRefused(path, reason)
        files[folded] = path
        for folder in _folders(path):
            spelled = folders.setdefault(_caseless(folder), folder)
            if spelled != folder:
                raise TreeRefused(path, f"only case or spelling tells the folder {folder} from {spelled}")
    for folded, folder in folders.items():
        if folded in files:
            raise TreeRefused(files[folded], f"it is a file, and the folder of other files is called {folder}")


def _folders(path: str) -> Iterator[str]:
    """Yield each folder on the way: "a/b/c" gives "a", "a/b"."""
    at = path.find("/")
    while at >= 0:
        yield path[:at]
        at = path.find("/", at + 1)


def _caseless(text: str) -> str:
    """Return what canonical caseless matching compares (Unicode 3.13, D145)."""
    return text.lower() if text.isascii() else normalize("NFD", normalize("NFD", text).casefold())


def _fault(path: str) -> str:
    """Return why no file may have this path, "" if one may."""
    hidden = next((character for character in path if _is_hidden(ord(character))), "")
    if hidden:
        return f"the invisible or control character U+{ord(hidden):04X} in its name"
    if normalize("NFC", path) != path:
        return f"a name that is not in Unicode's normal form C; rename it to {normalize('NFC', path)}"
    if len(path.encode()) > LONGEST_PATH:
        return f"a path of more than {LONGEST_PATH} bytes"
    forbidden = next((character for character in path if character in _FORBIDDEN), "")
    if forbidden:
        return f"the character {forbidden} in its name"
    if path.startswith("/"):
        return "an absolute path"
    parts = path.split("/")
    if len(parts) > DEEPEST_PATH:
        return f"more than {DEEPEST_PATH} parts"
    return next(filter(None, map(_fault_of_part, parts)), "")


def _fault_of_part(part: str) -> str:
    if part in ("", ".", ".."):
        return f"the part {part or 'of no characters'} in its path"
    if part.endswith((".", " ")):
        return "a dot or a blank at the end of a name"
    stem = part.partition(".")[0].rstrip(" ").lower()
    if stem in _RESERVED:
        return f"the name {part}, which Windows reserves"
    return ""


def _is_hidden(point: int) -> bool:
    return not 0x20 <= point < 0x7F and any(first <= point <= last for first, last in _HIDDEN)
