"""Names of npm packages."""

import pytest

from holdfast_resolver.values.npm_names import LONGEST_NAME, is_npm_name, tarball_file_name


@pytest.mark.parametrize("name", ["lodash", "@babel/core", "JSONStream", "a.b_c-d", "0x", "it's!", "@a/~x", "http"])
def test_names_that_npm_takes(name: str) -> None:
    """Those of old packages too: capitals, signs, names of Node's own modules."""
    assert is_npm_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        ".x",
        "-x",
        "_x",
        "@a/.b",
        "@.a/b",
        "@a",
        "@/b",
        "@a/",
        "@a/b/c",
        "a/b",
        "a\\b",
        "a b",
        " a",
        "a%2fb",
        "a:b",
        "a@1",
        "ä",
        "p\u0430ypal",  # a Cyrillic letter
        "a\x00",
        "a\u202eb",
        "NODE_modules",
        "favicon.ico",
        "@a/node_modules",
        "a" * (LONGEST_NAME + 1),
    ],
)
def test_names_that_npm_refuses(name: str) -> None:
    """Nothing that leaves a folder, hides a letter or means another place."""
    assert not is_npm_name(name)


def test_the_name_of_a_tarball() -> None:
    """As registries give it: without the scope."""
    assert tarball_file_name("lodash", "4.17.21") == "lodash-4.17.21.tgz"
    assert tarball_file_name("@babel/core", "8.0.0-rc.1") == "core-8.0.0-rc.1.tgz"
