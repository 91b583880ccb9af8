"""What a lock may not say of npm packages: each refusal with its place, by both readers alike."""

import pytest

from holdfast.errors import LockFormatError
from holdfast.format.read import read
from holdfast.format.read_plain import read_plain
from holdfast.format.write import write
from tests.lockfile.format.npm_locks import digest, npm_sample

EXPECTED = {
    "name": "a name that does not begin with '.', '-' or '_'",
    "tarball": "the tarball of lodash 4.17.21",
    "range": "an npm range such as ^1.2, >=1.2 <3 or 1.x || 2.x",
    "condition": "optional, peer or an alias after ' ; '",
}
KIND = "a source of the kind npm"
OTHER_KIND = "a source of another kind than npm"
TEXT = write(npm_sample())
PYTHON = f"""\
[[package]]
name = "click"
source = "pypi"
version = "8.1.8"
artifacts = [
    {{ file = "click-8.1.8.tar.gz", hash = "sha256:{1:064x}" }},
]
signers = []
dependencies = [
    "npm:lodash ^4",
]

[[package]]
name = "@s/tool"
"""


@pytest.mark.parametrize(
    ("old", "new", "expected", "key"),
    [
        ('name = "a"', 'name = "../a"', EXPECTED["name"], "name"),
        ('name = "a"', 'name = "A"', "the tarball of A 1.0.0", "artifacts[0].file"),
        ('version = "17.0.2"', 'version = "17.0"', "a SemVer version such as 1.2.3 or 2.0.0-rc.1", "version"),
        ('version = "17.0.2"', 'version = "v17.0.2"', "a SemVer version in its normal form, 17.0.2", "version"),
        ("lodash-4.17.21.tgz", "lodash-4.17.20.tgz", EXPECTED["tarball"], "artifacts[0].file"),
        ("lodash-4.17.21.tgz", "../lodash-4.17.21.tgz", EXPECTED["tarball"], "artifacts[0].file"),
        (digest(6), "sha1:" + "0" * 40, "one of sha256:<hex>, sha384:<hex>, sha512:<hex>", "artifacts[0].hash"),
        (
            '" },\n]\nsigners = [\n',
            '", signers = [] },\n]\nsigners = [\n',
            "the keys file and hash only",
            "artifacts[0]",
        ),
        ("npm:react ^18", "npm:react", "a version range such as ^1.2, or *, after one blank", "dependencies[0]"),
        ("npm:react ^18", "npm:react  ^18", "a version range such as ^1.2, or *, after one blank", "dependencies[0]"),
        ("npm:react ^18", "npm:react >= 18", "a range in its canonical spelling, >=18", "dependencies[0]"),
        ("npm:react ^18", "npm:react git+ssh://x", EXPECTED["range"], "dependencies[0]"),
        ("npm:react ^18", "npm:react ^18 ; sys_platform == 'win32'", EXPECTED["condition"], "dependencies[0]"),
        ("npm:react ^18", "npm:react ^18 ; peer  optional", EXPECTED["condition"], "dependencies[0]"),
        ("npm:react ^18", "npm:react ^18 ; as ../x", EXPECTED["name"], "dependencies[0]"),
        ("npm:react ^18", "npm:../react ^18", EXPECTED["name"], "dependencies[0]"),
        (
            "npm:react ^18",
            "npm:react ^18 => none",
            "a version, since the entry is neither optional nor a peer",
            "dependencies[0]",
        ),
        ("npm:react ^18", "pypi:react", KIND, "dependencies"),
        ("npm:react ^18", "absent:react", "the source npm or pypi, or one with a [[source]] block", "dependencies"),
        ("of ^6 below", "of next below", EXPECTED["range"], "requires[0]"),
        (
            "below a@^1 /",
            "below a@^1 / /",
            "a name of letters, digits, '-', '_' and '.', or @scope/name",
            "requires[0]",
        ),
        ('eslint = "bin/eslint.js"', "eslint = 3", "a string", "bin.eslint"),
        ('bin = { "a b" = "x.js", eslint = "bin/eslint.js" }', 'bin = "x"', "an inline table", "bin"),
        ('os = ["!win32", "darwin"]', 'os = "darwin"', "an array", "os"),
        ('os = ["!win32", "darwin"]', 'os = ["darwin", "darwin"]', "each entry once", "os[1]"),
        ("install-script = true", 'install-script = "yes"', "true or false", "install-script"),
        ('bundled = ["@s/inner"]', 'bundled = ["../x"]', EXPECTED["name"], "bundled[0]"),
        ("number = 2", "number = 1", "a number from 2 to 999", "number"),
        ("number = 2\n", "", "a number from 2 to 999", "number"),
        ("number = 2", "number = 1000", "a number from 1 to 999", "number"),
        (
            'for = [\n    "npm:b 1.0.0",\n    "web/package.json",\n]',
            "for = []",
            "at least one that sees this instance",
            "for",
        ),
        (
            '    "npm:b 1.0.0",\n    "web',
            '    "npm:b 1.0",\n    "web',
            "a SemVer version such as 1.2.3 or 2.0.0-rc.1",
            "for[0]",
        ),
        (
            '    "npm:b 1.0.0",\n    "web',
            '    "npm:b 1.0.0#1",\n    "web',
            "the number of an instance after '#', from 2 to 999",
            "for[0]",
        ),
        ('    "web/package.json"', '    "/web/package.json"', "a path relative to the project, with '/'", "for[1]"),
        ("peer => 17.0.2", "peer", "a version after =>", "dependencies"),
        ('[[package]]\nname = "@s/tool"\n', PYTHON, OTHER_KIND, "dependencies"),
    ],
)
def test_a_wrong_npm_lock_is_refused(old: str, new: str, expected: str, key: str) -> None:
    """Names, versions, files, entries, facts and instances."""
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    with pytest.raises(LockFormatError) as caught:
        read(text)
    error = caught.value
    assert error.expected == expected
    assert key in str(error)
    assert error.line > 0
    with pytest.raises(LockFormatError) as plain:
        read_plain(text, "holdfast.lock")
    assert str(plain.value) == str(error)


def test_an_instance_twice_is_refused() -> None:
    """Two branches that took the same number: the second block is named."""
    block = TEXT[TEXT.index("\n[[instance]]") :]
    with pytest.raises(LockFormatError) as caught:
        read(TEXT + block)
    assert caught.value.expected == "instances sorted by source, name, version and number, each once"
    assert caught.value.line == TEXT.count("\n") + 3


def test_an_instance_of_another_world_is_refused() -> None:
    """Only npm packages have instances."""
    start = TEXT.index("[[instance]]")
    text = TEXT[:start] + TEXT[start:].replace('source = "npm"', 'source = "pypi"')
    with pytest.raises(LockFormatError, match="a source of the kind npm"):
        read(text)


def test_a_scoped_package_is_no_module() -> None:
    """What a name with a scope is, its source says: from pypi it is neither."""
    with pytest.raises(LockFormatError):
        read(TEXT.replace('source = "scoped"', 'source = "pypi"'))
