"""Where findings stand in the project's files: the line of a package's block, of a table, of a key.

A check knows the file of what it says, and pays for the line only where a machine will show it. Texts in, findings
out; never decides what a text means, and never fails on one that is broken.
"""

import re
from collections.abc import Iterator, Mapping

from holdfast.findings.finding import Finding, Place

_LOCK = "holdfast.lock"
# The key of the configuration that a finding of this code is about, where its subject is something else.
_KEYS = {
    "baseline-second": "approver",
    "configuration-changed": "approver",
    "policy-age": "minimum-release-age",
    "policy-count": "max-packages",
    "policy-depth": "max-depth",
    "policy-license": "licenses",
    "policy-permission": "deny-permissions",
    "privileged-unlisted": "privileged",
    "privileged-untrusted": "privileged",
    "project-changed": "id",
    "signature-missing": "require-signatures",
}
_FIELD = re.compile(r'(name|source|version) = "([^"\\]*)"')
_FILE = re.compile(r'\s*\{ file = "([^"\\]*)"')
_HEADER = re.compile(r"\s*\[\[?\s*([^\[\]#]+?)\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"""\s*["']?([A-Za-z0-9_-]+)["']?\s*=""")
_NAME = re.compile(r"(?:[a-z0-9_-]+:)?(@?[A-Za-z0-9][A-Za-z0-9._/-]*)")


def with_lines(findings: tuple[Finding, ...], texts: Mapping[str, str]) -> tuple[Finding, ...]:
    """Return the findings; a place without a line has the line (1-based) of what the finding is about.

    `texts` are files by the path that findings name. A place in no file of these, and what a file does not have,
    stays without a line.
    """
    known = {
        path: LockLines(text) if path.rpartition("/")[2] == _LOCK else TomlLines(text) for path, text in texts.items()
    }
    return tuple(
        [
            finding._replace(place=Place(finding.place.path, known[finding.place.path].line_of(finding)))
            if finding.place.line == 0 and finding.place.path in known
            else finding
            for finding in findings
        ]
    )


class LockLines:
    """The lines of the `[[package]]` and `[[source]]` blocks of a lock, scanned once."""

    __slots__ = ("_lines",)

    def __init__(self, text: str) -> None:
        self._lines: dict[tuple[str, ...], int] = {}  # by each way to name a block; the first block has it
        for start, block in _blocks(text):
            fields = {found[1]: found[2] for found in map(_FIELD.match, block) if found}
            source, name, version = (fields.get(key, "") for key in ("source", "name", "version"))
            ways = [(source, f"{name} {version}"), (f"{name} {version}",), (name,)]
            ways.extend((found[1],) for found in map(_FILE.match, block) if found)
            for way in ways:
                self._lines.setdefault(way, start)

    def line_of(self, finding: Finding) -> int:
        """Return the line of the header of the block that a finding is about, 0 where there is none."""
        facts = dict(finding.facts)
        source = facts.get("source", "")
        for text in (facts.get("package", ""), finding.subject, *reversed(finding.path)):
            name = _NAME.match(text)
            ways = ((source, text), (text,), (name[1],) if name else ())
            line = next((self._lines[way] for way in ways if way in self._lines), 0)
            if line:
                return line
        return 0


class TomlLines:
    """The lines of tables, keys and requirements of a manifest or a configuration."""

    __slots__ = ("_rows", "_text")

    def __init__(self, text: str) -> None:
        self._text = text.split("\n")
        self._rows: dict[str, int] = {}  # the last part of a header, or a key; the first has it
        for number, line in enumerate(self._text, 1):
            header = _HEADER.fullmatch(line)
            key = _KEY.match(line)
            if header:
                self._rows.setdefault(header[1].rpartition(".")[2].strip("\"' "), number)
            elif key:
                self._rows.setdefault(key[1], number)

    def line_of(self, finding: Finding) -> int:
        """Return the line of the key, the table or the requirement that a finding is about, 0 where there is none."""
        key = _KEYS.get(finding.code, "")
        for term in (finding.subject, key):
            if term and term in self._rows:
                return self._rows[term]
        name = _NAME.match(finding.subject)
        return self._requirement(name[1]) if name and not key else 0

    def _requirement(self, name: str) -> int:
        """`flask>=3` stands in quotes, spelled as its author likes: `Flask >= 3`."""
        spelled = "[-_.]+".join(re.escape(part) for part in re.split("[-_.]+", name))
        wanted = re.compile(rf"""["']{spelled}(?![A-Za-z0-9._/-])""", re.IGNORECASE)
        return next((number for number, line in enumerate(self._text, 1) if wanted.search(line)), 0)


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line of the header, lines of the block) for each `[[package]]`, then each `[[source]]`."""
    lines = text.split("\n")
    headers = [number for number, line in enumerate(lines) if line.startswith("[")]
    for wanted in ("[[package]]", "[[source]]"):
        for start, end in zip(headers, [*headers[1:], len(lines)]):
            if lines[start].rstrip() == wanted:
                yield start + 1, lines[start + 1 : end]
