"""What a lock may not say: each fault is refused by both readers, with its place."""

import pytest

from holdfast.errors import LockFormatError
from holdfast.format.fields import LARGEST_FILE, LONGEST_LINE
from holdfast.format.read import read
from holdfast.format.read_plain import read_plain
from holdfast.format.write import WriteError, write
from holdfast.model.lock import PinnedArtifact, Signer
from tests.lockfile.format.lock_worlds import digest, sample

TEXT = write(sample())
CLICK = f'{{ file = "click-8.1.8.tar.gz", hash = "{digest(3)}" }}'
RLO = "\u202e"

# (what is replaced, by what, the line it must be found on, part of `where`, part of `expected`)
FAULTS = {
    "unknown format": ("format = 1", "format = 2", "format = 2", "format", "format = 1"),
    "no format": ("format = 1\n", "", HEAD := "# Generated", "format", "`format`"),
    "boolean format": ("format = 1", "format = true", "format = true", "format", "`format`"),
    "unknown feature": ("features = []", 'features = ["npm"]', "features", "features", "known"),
    "no features": ("features = []\n", "", HEAD, "features", "`features`"),
    "no scope": ("[scope]", "[[scope]]", "[[scope]]", "scope", "[scope]"),
    "unknown section": ("[scope]", "[future]\nx = 1\n[scope]", HEAD, "future", "plain value"),
    "unknown word": ('"highest"', '"newest"', "strategy", "scope: strategy", "highest, lowest"),
    "wrong type": ('"highest"', "1", "strategy", "scope: strategy", "a string"),
    "unknown target": ("cp312 windows-x86_64", "cp312 amiga", "cp312 amiga", "scope: targets[", "one of"),
    "target twice": (
        '    "cp312 windows-x86_64",\n',
        '    "cp312 windows-x86_64",\n    "cp312 windows-x86_64", # again\n',
        "# again",
        "scope: targets[",
        "each entry once",
    ),
    "duplicate key": ("strategy", 'prereleases = "allow"\nstrategy', 'prereleases = "if', "", "valid TOML"),
    "no TOML": ('strategy = "highest"', "strategy = highest", "strategy", "", "valid TOML"),
    "source is the default": (
        'name = "acme"',
        'name = "pypi"',
        'name = "pypi"',
        "source[0]: name",
        "public default",
    ),
    "unknown kind": ('kind = "pypi"', 'kind = "cpan"', "cpan", "source[0]: kind", "pypi"),
    "credentials": (
        "https://packages",
        "https://me:secret@packages",
        "secret",
        "source[0]: identity",
        "credentials",
    ),
    "absolute path": (
        'path = "pyproject.toml"',
        'path = "/srv/x.toml"',
        "/srv",
        "input[0]: path",
        "relative",
    ),
    "group without name": (
        'name = "dev"\n',
        "",
        '[[input]]\npath = "pyproject.toml"\nkind = "group"',
        "input[1]: name",
        "name",
    ),
    "undeclared source of a wish": (
        "acme:acme-tool",
        "other:acme-tool",
        "other:",
        "input[1]: requires",
        "[[source]]",
    ),
    "no requirement": (
        '"pypi:click>=8.1"',
        '"pypi:click>=banana"',
        "banana",
        "input[0]: requires[0]",
        "clauses",
    ),
    "no entry": ('"pypi:click>=8.1"', '"click>=8.1"', "click>=8.1", "input[0]: requires[0]", "a source name"),
    "no name": (
        'name = "click"\n',
        "",
        '[[package]]\nsource = "pypi"\nversion = "8.1.8"',
        "package[1]",
        "`name`",
    ),
    "name not normal": (
        'name = "click"',
        'name = "Click"',
        'name = "Click"',
        "package[1] Click 8.1.8: name",
        "normalised",
    ),
    "no version": ('"8.1.8"', '"eight"', '"eight"', "package[1] click eight: version", "PEP 440"),
    "version with blanks": ('"8.1.8"', '" 8.1.8"', '" 8.1.8"', ": version", "blanks"),
    "undeclared source": (
        'name = "click"\nsource = "pypi"',
        'name = "click"\nsource = "zzz"',
        '"zzz"',
        ": source",
        "[[source]]",
    ),
    "no marker": (
        "when = \"sys_platform == 'win32'\"",
        'when = "windows"',
        '"windows"',
        ": when",
        "marker variable",
    ),
    "no range": ('">=3.7"', '"3.7"', '"3.7"', ": requires-python", "operators"),
    "hash dropped": (
        CLICK,
        '{ file = "click-8.1.8.tar.gz" }',
        "click-8.1.8.tar.gz",
        "artifacts[1].hash",
        "`hash`",
    ),
    "weak hash": (digest(3), "md5:" + "0" * 32, "md5:", "click 8.1.8: artifacts[1].hash", "sha256"),
    "short hash": (digest(3), "sha256:00", '"sha256:00"', "artifacts[1].hash", "64 lowercase"),
    "upper case hash": (digest(3), "sha256:" + "A" * 64, "AAAA", "artifacts[1].hash", "64 lowercase"),
    "size in an artifact": (
        CLICK,
        CLICK[:-2] + ", size = 1 }",
        "size = 1",
        "artifacts[1]",
        "file, hash and signers only",
    ),
    "artifact is no table": (
        CLICK,
        '"click-8.1.8.tar.gz"',
        ' "click-8.1.8.tar',
        "artifacts[1]",
        "inline table",
    ),
    "another package's file": (
        "click-8.1.8.tar.gz",
        "clock-8.1.8.tar.gz",
        "clock",
        "artifacts[1].file",
        "click 8.1.8",
    ),
    "another version's file": (
        "click-8.1.8.tar.gz",
        "click-8.1.7.tar.gz",
        "8.1.7",
        "artifacts[1].file",
        "click 8.1.8",
    ),
    "artifact twice": (
        f"    {CLICK},\n",
        f"    {CLICK},\n    {CLICK}, # again\n",
        "# again",
        "artifacts[2]",
        "each artifact",
    ),
    "no signer block": (
        '    "github:1946',
        '    "gitlab:1946',
        "    gitlab",
        "click 8.1.8: signers",
        "[[signer]]",
    ),
    "signer's id dropped": (
        'id = "github:19465412/.github/workflows/publish.yaml"\n',
        "",
        "[[signer]]",
        "signer[0]",
        "`id`",
    ),
    "edge to an undeclared source": (
        "pypi:colorama>",
        "zzz:colorama>",
        "zzz:",
        ": dependencies",
        "[[source]]",
    ),
    "edge to no version": ("=> 0.4.6", "=> latest", "latest", "dependencies[0]", "PEP 440"),
    "conflict markers": (
        'strategy = "highest"',
        '<<<<<<< HEAD\nstrategy = "highest"',
        "<<<<<<<",
        "",
        "conflict markers",
    ),
    "bidi text": ("pallets/click", f"pallets/{RLO}click", "pallets/", "", "bidirectional"),
    "bidi comment": ("[scope]", f"[scope] # {RLO}", "[scope]", "", "bidirectional"),
    "escaped bidi text": (
        "pallets/click",
        "pallets/\\u202eclick",
        "label = ",
        "signer[0]: label",
        "bidirectional",
    ),
    "escaped control": ("pallets/click", "pallets/\\u001bclick", "label = ", "signer[0]: label", "control"),
    "raw control": ("pallets/click", "pallets/\x1bclick", "pallets/", "", "control"),
    "byte order mark": ("# Generated", "\ufeff# Generated", HEAD, "", "control"),
    "unknown table": (
        'strategy = "highest"',
        'strategy = "highest"\nfuture = { a = 1 }',
        "future",
        "scope: future",
        "plain",
    ),
    "huge number": (
        'strategy = "highest"',
        'strategy = "highest"\nn = 0x' + "f" * 5000,
        "n = 0x",
        "scope: n",
        "plain",
    ),
    "huge decimal": (
        'strategy = "highest"',
        'strategy = "highest"\nn = 1' + "0" * 5000,
        "n = 1",
        "",
        "64 bits",
    ),
    "deep array": (
        'strategy = "highest"',
        'strategy = "highest"\nn = ' + "[" * 40 + "]" * 40,
        "n = [",
        "scope: n",
        "plain",
    ),
}


def refusal(text: str) -> LockFormatError:
    """The refusal of both readers, which must be the same."""
    with pytest.raises(LockFormatError) as fast:
        read(text)
    with pytest.raises(LockFormatError) as plain:
        read_plain(text, "holdfast.lock")
    assert fast.value.fields() == plain.value.fields()
    return fast.value


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_refused_with_its_line(fault: str) -> None:
    """Each fault names its line, its key path, what was expected and the next command, and nothing raw."""
    old, new, marked, where, expected = FAULTS[fault]
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    error = refusal(text)
    assert where in error.where
    assert expected in error.expected
    assert error.hint
    assert (error.found + error.where).isprintable()
    if marked:
        assert error.line == text[: text.replace("\ufeff", "").find(marked.strip())].count("\n") + 1
        assert error.column >= 1


def block(name: str) -> str:
    start = TEXT.index(f'[[package]]\nname = "{name}"')
    end = TEXT.find("\n\n", start)
    return TEXT[start:] if end < 0 else TEXT[start : end + 2]


def test_packages_out_of_order_are_refused() -> None:
    """Packages stand in the order of source, name and version; the block that breaks it is named."""
    text = TEXT.replace(block("click"), "").rstrip("\n") + "\n\n" + block("click").rstrip("\n") + "\n"
    error = refusal(text)
    assert (error.expected, error.where) == (
        "packages sorted by source, name and version",
        "package[2] click 8.1.8: name",
    )
    assert text.split("\n")[error.line - 1] == 'name = "click"'


def test_a_package_twice_is_refused() -> None:
    """The same source, name and version stand once, also in another spelling of the version."""
    again = block("colorama").replace('version = "0.4.6"', 'version = "0.4.6.0"')
    error = refusal(TEXT + "\n" + again)
    assert (error.expected, error.where) == ("each package once", "package[3] colorama 0.4.6.0: name")


def test_a_package_without_artifacts_is_refused() -> None:
    """A pin pins something: an empty array is no lock."""
    start = TEXT.index("artifacts = [", TEXT.index('name = "acme-tool"'))
    text = TEXT[:start] + "artifacts = []" + TEXT[TEXT.index("]", TEXT.index("}", start)) + 1 :]
    assert refusal(text).expected == "at least one artifact"


def test_a_file_that_is_no_utf8_is_refused_with_its_place() -> None:
    """The line and column of the first bad byte are given."""
    with pytest.raises(LockFormatError) as refused:
        read(b"# one\n# tw\xff\n")
    assert (refused.value.expected, refused.value.found) == ("UTF-8 text", "the byte 0xff")
    assert (refused.value.line, refused.value.column) == (2, 5)


def test_overlong_texts_are_refused() -> None:
    """Files and lines have a bound, and the canonical spelling is no way around it."""
    with pytest.raises(LockFormatError, match="at most"):
        read(" " * (LARGEST_FILE + 1))
    error = refusal(TEXT.replace("pallets/click", "a" * LONGEST_LINE))
    assert error.expected == f"lines of at most {LONGEST_LINE} characters"


def test_deep_nesting_is_refused() -> None:
    """Nesting that exhausts the parser is a refusal, not a crash."""
    assert "nesting" in refusal(TEXT.replace("[scope]", "n = " + "[" * 20000 + "\n[scope]")).expected


def test_conflict_markers_point_to_the_command_that_mends_them() -> None:
    """A lock that git left in conflict says that `holdfast lock` takes both sides."""
    assert "`holdfast lock`" in refusal("<<<<<<< HEAD\n" + TEXT).hint


def test_the_writer_refuses_what_the_reader_would() -> None:
    """A value that no lock may hold stops at the writer."""
    lock = sample()
    for broken in (
        lock._replace(signers=(*lock.signers, Signer("ed25519:00", f"{RLO}evil"))),
        lock._replace(signers=()),
        lock._replace(packages=(*lock.packages, lock.packages[0])),
        lock._replace(packages=(lock.packages[0]._replace(artifacts=(PinnedArtifact("x-1.0.zip", digest(1)),)),)),
    ):
        with pytest.raises(WriteError):
            write(broken)
