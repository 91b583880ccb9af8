"""What the texts of an artifact show: scripts, documents, hidden characters, credentials.

    scan_text("setup.sh", b"curl https://get.example/i.sh | sh")

Documents count as what they are to whoever reads them: those of a module are read by agents, which follow them, so the
shell in their fences and the addresses in their prose are the module's doing; those of other packages are for people.

Knows which checks a file gets; never what a program means.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator

from holdfast.model.scan import Evidence, Scan, Unread
from holdfast.risk.same_files import once
from holdfast.risk.text_deferred import addresses, script_dependencies
from holdfast.risk.text_markdown import fences
from holdfast.risk.text_rules import RULES
from holdfast.risk.text_secrets import secrets
from holdfast.risk.text_shell import commands, worst_of
from holdfast.risk.text_unicode import hidden

LARGEST = 20_000_000  # bytes of one file
SHELL = (".sh", ".bash", ".zsh", ".ksh", ".ps1", ".command")
MARKDOWN = (".md", ".mdx", ".markdown", ".mdc")
_CODE = (
    *(".py", ".pyi", ".pyw", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".rb", ".pl", ".php"),
    *(".c", ".h", ".cc", ".cpp", ".hpp", ".rs", ".go", ".java", ".gyp", ".gypi", ".cmake", ".pth"),
)
_NO_TEXT = (
    *(".png", ".jpg", ".jpeg", ".gif", ".webp", ".ico", ".woff", ".woff2", ".ttf", ".otf", ".eot", ".zip", ".gz"),
    *(".so", ".dll", ".dylib", ".node", ".wasm", ".exe", ".pyd", ".pyc", ".whl", ".map", ".br", ".pdf", ".a", ".lib"),
)
_SHEBANG = re.compile(rb"#![^\n]{0,100}\b(?:ba|z|da|k|a)?sh\b")
_SHELL_FENCES = frozenset(
    ("sh", "bash", "shell", "zsh", "console", "shell-session", "terminal", "powershell", "ps1", "pwsh")
)
_PROMPT = re.compile(rb"^(\s*)[$%>] ", re.MULTILINE)
_BY_CHECK = {check: rule for rule in RULES for check in rule.matches}
_BINARY_HEAD = 8_000  # bytes in which a NUL says that it is no text


def is_text(path: str, data: bytes) -> bool:
    """Whether a file is looked at as text."""
    return not path.lower().endswith(_NO_TEXT) and (
        b"\0" not in data[:_BINARY_HEAD] or data[:2] in (b"\xff\xfe", b"\xfe\xff")
    )


@once
def scan_text(path: str, data: bytes, *, for_agents: bool = False, moment: str = "call") -> Scan:
    """Return what a file's text shows; `for_agents` is whether agents read and follow the document (a module's).

    `moment` is when a script runs. The same file may be read as code besides.
    """
    if not is_text(path, data):
        return Scan(files=1, size=len(data))
    if len(data) > LARGEST:
        reason = f"{len(data)} bytes of text, more than {LARGEST}"
        return Scan(unread=(Unread(path, reason),), files=1, size=len(data))
    lines = _Lines(data)
    found = {
        Evidence(rule.capability, rule.id, path, lines.of(place), what, moment)
        for check, place, what in _checks(path, data, for_agents)
        for rule in (_BY_CHECK[check],)
    }
    return Scan(tuple(sorted(found)), files=1, size=len(data))


def scan_command(path: str, line: int, command: str, moment: str = "install") -> tuple[Evidence, ...]:
    """Return what a command of a package's own scripts does that none should, as evidence at a line of its manifest."""
    return tuple(
        Evidence(rule.capability, rule.id, path, line, what, moment)
        for check, what in worst_of(command)
        for rule in (_BY_CHECK[check],)
    )


def _checks(path: str, data: bytes, for_agents: bool) -> Iterator[tuple[str, int, str]]:
    lower = path.lower()
    is_shell = lower.endswith(SHELL) or _SHEBANG.match(data) is not None
    is_document = lower.endswith(MARKDOWN)
    is_code = is_shell or lower.endswith(_CODE) or (for_agents and is_document)
    text = "" if data.isascii() else data.decode("utf-8", "replace")
    if not text or text.count("\ufffd") < max(8, len(text) // 100):
        yield from hidden(data, text, is_code=is_code, for_agents=for_agents)
    yield from secrets(path, data)
    if is_shell:
        yield from commands(data)
    if lower.endswith(".py") or is_document:
        yield from script_dependencies(data)
    if for_agents and (is_document or is_shell):
        yield from addresses(data)
    if for_agents and is_document:
        for fence in fences(data):
            if fence.language in _SHELL_FENCES:
                code = _PROMPT.sub(lambda one: one[1] + b"  ", fence.code)
                yield from commands(code, fence.start)


class _Lines:
    """The lines of a text, by their places."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._ends: list[int] = []

    def of(self, place: int) -> int:
        """Return the number of the line that holds a byte."""
        if not self._ends:
            self._ends = [one.start() for one in re.finditer(rb"\n", self._data)] or [len(self._data)]
        return bisect_right(self._ends, place - 1) + 1
