"""Kinds and versions of distribution file names."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import VERSION_PATTERN, InvalidVersion, Version

from holdfast_resolver.registries.file_names import _VERSION, file_version

# (file, package, kind, version)
TABLE = [
    ("click-8.1.8-py3-none-any.whl", "click", "wheel", "8.1.8"),
    ("click-8.1.8-1-py3-none-any.whl", "click", "wheel", "8.1.8"),
    ("click-8.1.8-1_linux-py3-none-any.whl", "click", "wheel", "8.1.8"),
    ("Foo.Bar_baz-1.0-py2.py3-none-any.whl", "foo-bar-baz", "wheel", "1.0"),
    (
        "foo-1.0+local.1-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        "foo",
        "wheel",
        "1.0+local.1",
    ),
    ("foo-2.0_1-py3-none-any.whl", "foo", "wheel", "2.0-1"),
    ("foo-bar-1.0-py3-none-any.whl", "foo-bar", "wheel", ""),
    ("foo-1.0-build-py3-none-any.whl", "foo", "wheel", ""),
    ("foo-1.0-py3-none.whl", "foo", "wheel", ""),
    ("foo-1.0-py3-none-any-more-and-more.whl", "foo", "wheel", ""),
    ("foo-one-py3-none-any.whl", "foo", "wheel", ""),
    ("other-1.0-py3-none-any.whl", "foo", "wheel", ""),
    ("foo-1.0-py3-none-../any.whl", "foo", "wheel", ""),
    (".whl", "foo", "wheel", ""),
    ("click-8.1.8.tar.gz", "click", "sdist", "8.1.8"),
    ("click-8.1.8.zip", "click", "sdist", "8.1.8"),
    ("Foo.Bar_baz-1.0.tar.gz", "foo-bar-baz", "sdist", "1.0"),
    ("foo__bar--baz-1.0.tar.gz", "foo-bar-baz", "sdist", "1.0"),
    ("python-dateutil-2.0-1.tar.gz", "python-dateutil", "sdist", "2.0-1"),
    ("foo-2-1.0.tar.gz", "foo-2", "sdist", "1.0"),
    ("foo-2-1.0.tar.gz", "foo", "sdist", ""),
    ("foo-bar-1.0.tar.gz", "foo", "sdist", ""),
    ("foo-1.0-rc.1.tar.gz", "foo", "sdist", "1.0-rc.1"),
    ("foo-v1.0.tar.gz", "foo", "sdist", "v1.0"),
    ("foo-1.0.win32.zip", "foo", "sdist", ""),
    ("foo-1.0/../../x-1.tar.gz", "foo", "sdist", ""),
    ("../foo-1.0.tar.gz", "foo", "sdist", ""),
    ("..\\foo-1.0.tar.gz", "foo", "sdist", ""),
    ("foo-1.0\x1b[31m.tar.gz", "foo", "sdist", ""),
    ("foo-1.0\n.tar.gz", "foo", "sdist", ""),
    ("\u212aeras-1.0.tar.gz", "keras", "sdist", ""),
    ("foo-\u0661.0.tar.gz", "foo", "sdist", ""),
    ("-1.0.tar.gz", "foo", "sdist", ""),
    ("foo-1.0.tar.bz2", "foo", "legacy", ""),
    ("foo-1.0.tgz", "foo", "legacy", ""),
    ("foo-1.0.egg", "foo", "", ""),
    ("foo-1.0.win32-py2.7.exe", "foo", "", ""),
    ("foo-1.0-1.noarch.rpm", "foo", "", ""),
    ("foo-1.0-py3-none-any.whl.metadata", "foo", "", ""),
    ("", "foo", "", ""),
]


@pytest.mark.parametrize(("file", "name", "kind", "version"), TABLE)
def test_file_version_follows_the_table(file: str, name: str, kind: str, version: str) -> None:
    """A file name gives its kind, and a version only when it is a file of the package."""
    assert file_version(file, name) == (kind, version)


VERSIONS = st.from_regex(re.compile(VERSION_PATTERN, re.VERBOSE | re.IGNORECASE | re.ASCII), fullmatch=True)


@given(VERSIONS | st.text("0123456789.abcrvdepost-_+!", max_size=12))
def test_a_version_is_what_packaging_calls_one(text: str) -> None:
    """The version grammar agrees with `packaging` on every text without surrounding white space."""
    try:
        Version(text)
        expected = text == text.strip()
    except InvalidVersion:
        expected = False
    assert bool(_VERSION.fullmatch(text)) == expected
