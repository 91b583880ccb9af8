"""Other spellings of a lock, unknown keys, and the small grammars: names of files, strings, entries."""

import pytest

from holdfast.format import shapes
from holdfast.format.naming import belongs
from holdfast.format.read import read, read_canonical
from holdfast.format.strings import quote, value_text, visible
from holdfast.format.write import write
from tests.lockfile.format.lock_worlds import sample

TEXT = write(sample())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n", "\r\n"),
        ('"highest"', "'highest'"),
        ("[scope]", "# a person's words\n\n[ scope ]"),
        ("format = 1", "format=1"),
        ("pypi:click>=8.1", "pypi:Click (>= 8.1)"),
        ('"pypi"', '"\\u0070ypi"'),
        ('kind = "project"', 'name = ""\nkind = "project"'),
        (
            'strategy = "highest"\nprereleases = "if-necessary"',
            'prereleases = "if-necessary"\nstrategy = "highest"',
        ),
    ],
)
def test_another_spelling_is_the_same_lock(old: str, new: str) -> None:
    """A person's formatting is read, and the next write is canonical again."""
    text = TEXT.replace(old, new)
    assert text != TEXT
    assert read_canonical(text) is None
    assert read(text) == sample()
    assert write(read(text)) == TEXT


def test_unknown_plain_keys_are_kept() -> None:
    """Plain keys of a later version survive reading and writing, at the end of their block."""
    text = TEXT.replace("[scope]", "[scope]\n'odd key' = [ 1,2.50,\"x\" ]").replace(
        "features = []", "features = []\nlater = 0x10"
    )
    lock = read(text)
    assert lock.unknown == (("later", "16"),)
    assert lock.scope.unknown == (("odd key", '[1, 2.5, "x"]'),)
    again = write(lock)
    assert "features = []\nlater = 16\n" in again
    assert ']\n"odd key" = [1, 2.5, "x"]\n\n' in again
    assert read(again) == lock


def test_an_empty_lock_is_a_lock() -> None:
    """A project without dependencies has a lock without packages."""
    lock = sample()._replace(packages=(), signers=(), inputs=(), sources=())
    assert read_canonical(write(lock)) == lock


@pytest.mark.parametrize(
    ("file", "name", "version", "is_one"),
    [
        ("click-8.1.8-py3-none-any.whl", "click", "8.1.8", True),
        ("click-8.1.8-1build-py3-none-any.whl", "click", "8.1.8", True),
        ("click-8.1.8-build-py3-none-any.whl", "click", "8.1.8", False),
        ("click-8.1.8-py3-none.whl", "click", "8.1.8", False),
        ("click-8.1.8-py3--any.whl", "click", "8.1.8", False),
        ("click-8.1.8.tar.gz", "click", "8.1.8", True),
        ("click-8.1.8.exe", "click", "8.1.8", False),
        ("click-8.1.80.tar.gz", "click", "8.1.8", False),
        ("Zope.Interface-5.0.zip", "zope-interface", "5.0", True),
        ("zope-interface-5.0.tar.gz", "zope-interface", "5.0", True),
        ("zope.interface-5.0.0-cp39-cp39-win32.whl", "zope-interface", "5.0", True),
        ("foo-bar-1.0-1.tar.gz", "foo-bar", "1.0.post1", True),
        ("foo-bar-1.0.tar.gz", "foo", "1.0", False),
        ("torch-2.0_cpu-cp311-cp311-win_amd64.whl", "torch", "2.0+cpu", True),
        ("torch-2.0+cpu-cp311-cp311-win_amd64.whl", "torch", "2.0", False),
        ("../click-8.1.8.tar.gz", "click", "8.1.8", False),
        ("\u212aeras-1.0.tar.gz", "keras", "1.0", False),
        (".tar.gz", "click", "8.1.8", False),
        ("", "click", "8.1.8", False),
    ],
)
def test_a_file_belongs_to_its_package_by_name(file: str, name: str, version: str, is_one: bool) -> None:
    """Old and new names of wheels and sdists are known; another package's or version's are told apart."""
    assert belongs(file, name, version) is is_one


@pytest.mark.parametrize(
    ("entry", "version"),
    [
        ("pypi:click", ""),
        ("pypi:click>=8 => 8.1.8", "8.1.8"),
        ("pypi:celery[redis,s3]>=5.4,<6 ; sys_platform == 'win32' => 5.4.0", "5.4.0"),
        ("pypi:click ; platform_release == 'a => b'", ""),
        ("pypi:click ; platform_release == 'a => b' => 1.0", "1.0"),
    ],
)
def test_an_entry_round_trips(entry: str, version: str) -> None:
    """The version after the arrow is told from an arrow inside a marker's value."""
    edge = shapes.edge(entry)
    assert edge[1] == version
    assert shapes.edge_text(edge) == entry


def test_foreign_text_is_shown_harmlessly() -> None:
    """A message shows no raw control or bidirectional character, and no endless text."""
    assert visible("a\x1b[31mb\u202ec") == "a\\u001B[31mb\\u202Ec"
    assert len(visible("x" * 1000)) < 130
    assert quote('tab\t"\\') == '"tab\\t\\"\\\\"'


def test_a_table_is_no_plain_value() -> None:
    """Tables among unknown keys belong to a later format."""
    assert value_text({"a": 1}) is None
    assert value_text([{"a": 1}]) is None
    assert value_text([True, float("inf")]) == "[true, inf]"
