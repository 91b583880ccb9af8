r"""A requirements file in pip's hash-checking mode ("Requirements File Format", "Hash-checking Mode"):

    click==8.1.8 ; python_version >= '3.11' \
        --hash=sha256:63c132... \
        --hash=sha256:ed53c9...

The hashes stand without file names. Index options say nothing about pins and are passed over; what would
bring in another file, or something that is no release, is refused.
"""

from collections.abc import Iterator

from holdfast.errors import ForeignFileError
from holdfast.imports.entries import refuse_duplicates
from holdfast.imports.port import ForeignLock, ForeignPin, Skipped
from holdfast.imports.reading import LARGEST, Node, describe
from holdfast_resolver.errors import DirectReference, InvalidInput
from holdfast_resolver.values.requirements import parse_requirement

# Options that change where or how pip fetches, never what is pinned.
_PASSED_OVER = frozenset(
    (
        "-i",
        "--index-url",
        "--pypi-url",
        "--extra-index-url",
        "--no-index",
        "-f",
        "--find-links",
        "--trusted-host",
        "--pre",
        "--prefer-binary",
        "--no-binary",
        "--only-binary",
        "--require-hashes",
        "--use-feature",
    )
)
_REFUSED = {
    "-r": "the pins themselves instead of another file",
    "--requirement": "the pins themselves instead of another file",
    "-c": "the pins themselves instead of another file",
    "--constraint": "the pins themselves instead of another file",
    "-e": "a release of an index instead of an editable install",
    "--editable": "a release of an index instead of an editable install",
}


def read_requirements(path: str, text: str) -> ForeignLock:
    """Read hashed requirements; raise `ForeignFileError`, and nothing else."""
    if len(text) > LARGEST:
        raise ForeignFileError(path, f"at most {LARGEST} characters", f"{len(text)} characters")
    pins: list[ForeignPin] = []
    skipped: list[Skipped] = []
    for number, logical in _logical_lines(text):
        line = Node(path, logical, line=number)
        if logical.startswith("-"):
            _option(line, logical)
            continue
        requirement, hashes = _split(line, logical)
        entry = _entry(line, requirement, hashes)
        if isinstance(entry, Skipped):
            skipped.append(entry)
        else:
            pins.append(entry)
    refuse_duplicates(path, pins)
    return ForeignLock("requirements", path, tuple(pins), complete=False, skipped=tuple(skipped))


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    r"""Yield (number of the first line, joined text) without comments and blank lines.

    A line that ends in `\` goes on in the next; a line that is a comment ends what goes on.
    """
    parts: list[str] = []
    start = 0
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        start = start if parts else number
        if line.startswith("#"):
            line = ""
        elif line.endswith("\\"):
            parts.append(line[:-1])
            continue
        parts.append(line)
        logical = _without_comment(" ".join(parts))
        parts = []
        if logical:
            yield start, logical
    logical = _without_comment(" ".join(parts))
    if logical:
        yield start, logical


def _without_comment(line: str) -> str:
    """Cut at a `#` that stands after a space."""
    position = line.replace("\t", " ").find(" #")
    return (line if position < 0 else line[:position]).strip()


def _option(line: Node, logical: str) -> None:
    option = logical.split(None, 1)[0].partition("=")[0]
    short = option if option.startswith("--") else option[:2]
    if short in _REFUSED:
        line.fail(_REFUSED[short], hint="write the file without that line")
    if short not in _PASSED_OVER:
        line.fail("name==version with --hash, or an index option")


def _split(line: Node, logical: str) -> tuple[str, list[str]]:
    """`a==1 --hash=sha256:x --hash sha256:y` -> ("a==1", ["sha256:x", "sha256:y"])."""
    requirement, *options = logical.replace("\t", " ").split(" --")
    hashes = []
    for option in options:
        key, _, value = option.strip().replace(" ", "=", 1).partition("=")
        if key == "hash":
            hashes.append(value.strip())
        elif key not in ("global-option", "config-settings", "config-setting"):
            line.fail("--hash=<algorithm>:<hex>", found=describe(f"--{option}"))
    return requirement.strip(), hashes


def _entry(line: Node, text: str, hashes: list[str]) -> ForeignPin | Skipped:
    if not text.isprintable():
        line.fail("text without control characters")
    try:
        requirement = parse_requirement(text)
    except DirectReference:
        return Skipped(line.narrowed(text.partition("@")[0].partition("[")[0].strip()).name(), "url", line.line)
    except InvalidInput as error:
        line.fail(error.expected or "name==version", found=describe(text))
    version = requirement.range.lstrip("=")
    if not requirement.range.startswith("==") or "," in version or version.endswith(".*"):
        line.fail("name==version", found=describe(text))
    artifacts = {("", line.narrowed(value).digest()) for value in hashes}
    return ForeignPin(
        requirement.name,
        line.narrowed(version).version(),
        tuple(sorted(artifacts - {("", "")})),
        requirement.marker,
        line.line,
    )
