"""The tree digest, and which paths a module may have."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.trust.errors import TreeRefused
from holdfast.trust.paths_of_trees import check_path, check_paths, is_harmless, is_left_out
from holdfast.trust.tree import TreeFile, tree_digest

EMPTY = hashlib.sha256(b"").hexdigest()


def file(path: str, data: bytes = b"", executable: bool = False) -> TreeFile:
    return TreeFile(path, executable, hashlib.sha256(data).hexdigest())


def test_the_digest_is_the_hash_of_the_lines_that_the_format_names() -> None:
    """One header line, then one line a file in the order of the bytes of the paths."""
    lines = (
        "holdfast-tree-v1\n"
        f"- {EMPTY} B.md\n"
        f"x {hashlib.sha256(b'run').hexdigest()} a/run\n"
        f"- {EMPTY} a0.md\n"
        f"- {EMPTY} \u00e9.md\n"
    )
    files = [file("\u00e9.md"), file("a0.md"), file("B.md"), file("a/run", b"run", executable=True)]
    assert tree_digest(files) == f"sha256:{hashlib.sha256(lines.encode()).hexdigest()}"


def test_the_digest_never_changes() -> None:
    """A golden value: pins hold it."""
    files = [file("module.toml", b"x"), file("tools/run", b"y", executable=True)]
    assert tree_digest(files) == "sha256:a88a91abe28da7235a70f5cc844b9359fbe51d8c3c14d9cc7bfcbf8130367fda"


@given(st.permutations([file("a.md"), file("b/c.md", b"1"), file("b/d.md", b"2", True), file("\u00fc.md")]))
def test_the_order_in_which_files_come_does_not_matter(files: list[TreeFile]) -> None:
    """The digest is one of a set."""
    assert tree_digest(files) == tree_digest(sorted(files))


@pytest.mark.parametrize(
    "other",
    [
        [file("a.md", b"1"), file("b.md")],
        [file("a.md", executable=True), file("b.md")],
        [file("a.md"), file("c.md")],
        [file("a.md")],
        [file("a.md"), file("b.md"), file("c.md")],
    ],
)
def test_a_flipped_bit_a_changed_mode_a_name_and_a_file_more_or_less_all_show(other: list[TreeFile]) -> None:
    """Nothing of a tree may change unseen."""
    assert tree_digest(other) != tree_digest([file("a.md"), file("b.md")])


@pytest.mark.parametrize("digest", ["", EMPTY[:-1], EMPTY.upper(), EMPTY + "0", "sha256:" + EMPTY])
def test_what_is_no_digest_is_refused(digest: str) -> None:
    """Sixty-four lower-case hexadecimal digits, nothing else."""
    with pytest.raises(TreeRefused):
        tree_digest([TreeFile("a.md", False, digest)])


HOSTILE = [
    "",
    "/etc/passwd",
    "//host/share",
    "../up.md",
    "a/../../up.md",
    "a/..",
    "./a.md",
    "a/./b.md",
    "a//b.md",
    "a/",
    "a\\b.md",
    "..\\up.md",
    "C:/a.md",
    "C:a.md",
    "a.md:stream",
    "nul",
    "NUL.txt",
    "a/Con",
    "com1.log",
    "LPT\u00b9",
    "con .txt",
    "conout$",
    "a.",
    "a./b.md",
    "a ",
    "a /b",
    "a<b",
    'a"b',
    "a|b",
    "what?",
    "*.md",
    "a\x00b",
    "a\nb",
    "a\tb",
    "\x1b[2J",
    "a\x7f",
    "a\x85",
    "safe\u202egnp.md",
    "a\u200bb",
    "a\u200db",
    "a\u2028b",
    "a\ufeff",
    "a\u00adb",
    "a\u3164b",
    "a\ufe0f",
    "a\U000e0041",
    "a\udc80",
    "e\u0301.md",
    "\u212b.md",
    "a" * 513,
    "\u00e9" * 257,
    "a/" * 32 + "b",
]


@pytest.mark.parametrize("path", HOSTILE, ids=ascii)
def test_a_path_that_means_another_thing_elsewhere_is_refused(path: str) -> None:
    """Absolute, upwards, reserved, invisible, not in normal form, too long, too deep."""
    with pytest.raises(TreeRefused) as refused:
        check_path(path)
    assert refused.value.path == path
    assert refused.value.reason


@pytest.mark.parametrize(
    "path",
    [
        "module.toml",
        "a b.md",
        ".hidden",
        "..a",
        "a..b",
        "console.md",
        "com10",
        "null",
        "\u00e9t\u00e9/\u65e5\u672c.md",
        "a" * 512,
        "a/" * 31 + "b",
        "guards@2/it's (1)+[x]=#~!$&,;.md",
    ],
)
def test_an_ordinary_path_is_taken(path: str) -> None:
    """What every system stores alike."""
    assert check_path(path) == path


@pytest.mark.parametrize(
    "paths",
    [
        ("a.md", "a.md"),
        ("a.md", "A.md"),
        ("stra\u00dfe", "STRASSE"),
        ("\u03c3", "\u03c2"),
        ("a", "a/b"),
        ("a/b", "a"),
        ("A", "a/b"),
        ("a/b/c", "a/B/d"),
        ("Guards/x.md", "guards/y.md"),
        ("\u01f0", "J\u030c"),
    ],
)
def test_paths_that_some_file_system_takes_for_one_are_refused(paths: tuple[str, ...]) -> None:
    """Case and spelling clashes, doublets, a file where another entry has a folder."""
    with pytest.raises(TreeRefused):
        check_paths(paths)


def test_paths_that_differ_may_stand_together() -> None:
    """The rule on clashes refuses only clashes."""
    check_paths(["a/b", "a/c", "a.md", "ab", "a0/b", "b/a", "b/b/a"])


@pytest.mark.parametrize(
    ("name", "out"),
    [
        (".git", True),
        (".GIT", True),
        (".hg", True),
        ("__pycache__", True),
        ("__PyCache__", True),
        ("a.pyc", True),
        ("A.PYC", True),
        (".DS_Store", True),
        ("acme-guards-1.0.0.tar.sig", True),
        (".gitignore", False),
        ("git", False),
        ("a.py", False),
        ("sig", False),
    ],
)
def test_what_is_never_part_of_a_module(name: str, out: bool) -> None:
    """Version control, bytecode, droppings and signatures, in whatever case."""
    assert is_left_out(name) is out


@pytest.mark.parametrize("name", ["__pycache__", "__PYCACHE__", "a.pyc", "A.PyC", "a.py"])
def test_bytecode_is_not_harmless(name: str) -> None:
    """It is left out, and still would run; version control and signatures would not."""
    assert not is_harmless(name)
    assert all(map(is_harmless, (".git", ".HG", "x.sig", ".DS_Store")))
