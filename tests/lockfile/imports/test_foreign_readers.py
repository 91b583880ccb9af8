"""What other tools' lock files say, format by format."""

import pytest

from holdfast.errors import ForeignFileError
from holdfast.imports.port import ForeignEdge, ForeignLock, ForeignPin, Skipped
from holdfast.imports.table import ROWS, detect, read_foreign
from tests.lockfile.imports.foreign_files import POETRY, PYLOCK, REQUIREMENTS, UV, A, B, C, D


def pins(foreign: ForeignLock) -> dict[str, ForeignPin]:
    return {f"{pin.name} {pin.version}": pin for pin in foreign.pins}


def test_uv_lock() -> None:
    """Registry packages with hashes, forks and edges; the project and git packages are skipped by name."""
    foreign = read_foreign("sub/uv.lock", UV)
    assert (foreign.tool, foreign.path, foreign.requires_python) == ("uv", "sub/uv.lock", ">=3.11")
    assert foreign.complete
    found = pins(foreign)
    assert list(found) == [
        "celery 5.4.0",
        "django 5.2",
        "django 6.0",
        "jsfetch 1.0",
        "redis 5.0",
        "vine 5.1.0",
    ]
    assert found["celery 5.4.0"] == ForeignPin(
        "celery",
        "5.4.0",
        (("celery-5.4.0-py3-none-any.whl", A),),
        line=9,
        edges=(ForeignEdge("vine"), ForeignEdge("redis", extra="redis")),
    )
    assert found["django 6.0"].marker == "python_full_version >= '3.12'"
    assert found["vine 5.1.0"].artifacts == (("vine-5.1.0+local-py3-none-any.whl", C),)
    assert foreign.skipped == (Skipped("local-tool", "git", 51), Skipped("web", "virtual", 75))
    assert ForeignEdge("celery", extras=("redis",), marker="sys_platform != 'darwin'") in foreign.roots
    assert ForeignEdge("vine") in foreign.roots


def test_uv_lines_name_the_entries() -> None:
    """The line of a pin is the line that opens its block."""
    lines = UV.split("\n")
    for pin in read_foreign("uv.lock", UV).pins:
        assert lines[pin.line - 1] == "[[package]]"
        assert lines[pin.line].lower() == f'name = "{pin.name}"'


def test_poetry_lock() -> None:
    """Packages with files and markers, those of groups joined; Poetry's own range grammar is translated."""
    foreign = read_foreign("poetry.lock", POETRY)
    assert (foreign.tool, foreign.requires_python, foreign.marked) == ("poetry", ">=3.11,<4", True)
    found = pins(foreign)
    assert found["celery 5.4.0"].artifacts == (("celery-5.4.0-py3-none-any.whl", A),)
    assert found["colorama 0.4.6"].marker == "platform_system == 'Windows' or sys_platform == 'win32'"
    assert found["redis 5.0"].marker == "extra == 'redis'"
    assert foreign.skipped == (Skipped("local-tool", "git", 24),)
    assert not read_foreign("poetry.lock", POETRY.replace('"2.1"', '"2.0"')).marked


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("^3.11", ">=3.11,<4"),
        ("~3.11", "==3.11.*"),
        (">=3.9,<4.0", ">=3.9,<4.0"),
        ("*", ""),
        (">=3.8 || <3", ""),
    ],
)
def test_poetry_ranges(written: str, expected: str) -> None:
    """`^` and `~` have a PEP 440 form; what has none says nothing."""
    text = POETRY.replace('python-versions = "^3.11"', f'python-versions = "{written}"')
    assert read_foreign("poetry.lock", text).requires_python == expected


def test_pylock() -> None:
    """Wheels and sdists by name or URL, the strongest agreed hash, directories skipped."""
    foreign = read_foreign("pylock.dev.toml", PYLOCK)
    assert (foreign.tool, foreign.environments) == ("pylock", ("sys_platform != 'darwin'",))
    assert not foreign.complete
    found = pins(foreign)
    assert found["celery 5.4.0"].artifacts == (("celery-5.4.0-py3-none-any.whl", A),)
    assert found["vine 5.1"].artifacts == (("vine-5.1.tar.gz", f"sha512:{'e' * 128}"),)
    assert [(entry.name, entry.kind) for entry in foreign.skipped] == [("web", "directory")]


def test_requirements() -> None:
    """Continued lines, comments, options; hashes stand without file names."""
    foreign = read_foreign("requirements.txt", REQUIREMENTS)
    assert foreign.pins == (
        ForeignPin("celery", "5.4.0", (("", A), ("", B)), "sys_platform == 'win32'", 3),
        ForeignPin("vine", "5.1", (("", C),), "", 7),
        ForeignPin("plain", "1.0", (), "", 9),
    )
    assert foreign.skipped == (Skipped("local-tool", "url", 8),)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("tool", "text"), [("uv", UV), ("poetry", POETRY), ("pylock", PYLOCK), ("requirements", REQUIREMENTS)]
)
def test_files_of_other_names_are_known_by_their_words(tool: str, text: str, newline: str) -> None:
    """A renamed file, or one with CRLF, is still read as what it is."""
    renamed = read_foreign("their.lock", text.replace("\n", newline))
    assert renamed.tool == tool
    assert renamed.pins == read_foreign(ROWS[[row.tool for row in ROWS].index(tool)].patterns[0], text).pins


def test_a_file_of_no_known_format_is_refused() -> None:
    """The refusal names the files that could be read."""
    with pytest.raises(ForeignFileError) as caught:
        detect("Cargo.lock", "version = 4\n")
    files = "uv.lock, poetry.lock, pylock.toml, pylock.*.toml, *.txt, package-lock.json, npm-shrinkwrap.json"
    assert caught.value.expected == f"one of {files}, pnpm-lock.yaml, pnpm-lock.*.yaml"


FAULTS = [
    ("uv.lock", UV.replace("version = 1\n", "version = 2\n", 1), 0, "version", "version = 1"),
    ("uv.lock", UV.replace("version = 1\n", "version = true\n", 1), 0, "version", "version = 1"),
    ("uv.lock", UV.replace(f'hash = "{D}"', "hash = 7", 1), 43, "package[3].wheels[0].hash", "text"),
    (
        "uv.lock",
        UV.replace(D, "sha256:dd", 1),
        43,
        "package[3].wheels[0].hash",
        "64 lowercase hex digits after sha256:",
    ),
    ("uv.lock", UV.replace(D, "beef", 1), 43, "package[3].wheels[0].hash", "<algorithm>:<hex>"),
    ("uv.lock", UV.replace('"5.4.0"', '"five"', 1), 9, "package[0].version", "a version"),
    ("uv.lock", UV.replace('"5.4.0"', "{ a = 1 }", 1), 9, "package[0].version", "text"),
    (
        "uv.lock",
        UV.replace('"5.2"', '"6.0"', 1).replace("< '3.12'", ">= '3.12'"),
        34,
        "django 6.0",
        "one entry for django 6.0",
    ),
    ("uv.lock", UV.replace('name = "Django"', 'nome = "Django"'), 25, "package[1]", "the key 'name'"),
    (
        "uv.lock",
        UV.replace("dependencies = [", "dependencies = [1, ", 1),
        9,
        "package[0].dependencies[0]",
        "a table",
    ),
    ("poetry.lock", POETRY.replace('"2.1"', '"1.1"'), 0, "metadata.lock-version", "a lock-version 2.x"),
    (
        "poetry.lock",
        POETRY.replace(B, "sha256:" + "g" * 64),
        12,
        "package[1].files[0].hash",
        "64 lowercase hex digits after sha256:",
    ),
    (
        "pylock.toml",
        PYLOCK.replace("sys_platform == 'linux'", "beos == 'linux'"),
        6,
        "packages[0].marker",
        "a marker: a marker variable or a quoted value",
    ),
    ("pylock.toml", PYLOCK.replace('"1.0"', '"2.0"'), 0, "lock-version", 'lock-version = "1.0"'),
    ("pylock.toml", PYLOCK.replace('version = "5.1"\n', ""), 15, "packages[1]", "the key 'version'"),
    (
        "requirements.txt",
        REQUIREMENTS + "-r other.txt\n",
        10,
        "",
        "the pins themselves instead of another file",
    ),
    ("requirements.txt", "-c other.txt\n", 1, "", "the pins themselves instead of another file"),
    ("requirements.txt", "-e .\n", 1, "", "a release of an index instead of an editable install"),
    ("requirements.txt", "-rother.txt\n", 1, "", "the pins themselves instead of another file"),
    ("requirements.txt", "--requirement=other.txt\n", 1, "", "the pins themselves instead of another file"),
    ("requirements.txt", "--wild\n", 1, "", "name==version with --hash, or an index option"),
    ("requirements.txt", "\nvine>=5\n", 2, "", "name==version"),
    ("requirements.txt", "vine==5.*\n", 1, "", "name==version"),
    ("requirements.txt", "vine==5,!=6\n", 1, "", "name==version"),
    ("requirements.txt", "vine==5 --hash=sha256:12\n", 1, "", "64 lowercase hex digits after sha256:"),
    ("requirements.txt", "vine==5 --frob=1\n", 1, "", "--hash=<algorithm>:<hex>"),
    ("requirements.txt", "vine==5\nVine==5.0.0\nvine==5\n", 3, "vine 5", "one entry for vine 5"),
]


@pytest.mark.parametrize(("path", "text", "line", "where", "expected"), FAULTS)
def test_faults_are_named_with_their_place(path: str, text: str, line: int, where: str, expected: str) -> None:
    """A fault says the file, the line of the entry, the path to the value, and what was expected."""
    with pytest.raises(ForeignFileError) as caught:
        read_foreign(path, text)
    error = caught.value
    assert (error.path, error.line, error.where, error.expected) == (path, line, where, expected)


def test_two_hashes_of_one_file_are_refused() -> None:
    """A file listed twice with different hashes has no hash that could be believed."""
    doubled = UV.replace(
        "wheels = [\n", f'wheels = [{{ path = "x/celery-5.4.0-py3-none-any.whl", hash = "{B}" }},\n', 1
    )
    with pytest.raises(ForeignFileError) as caught:
        read_foreign("uv.lock", doubled)
    assert caught.value.expected == "one hash for celery-5.4.0-py3-none-any.whl"
    assert caught.value.found == f"{B} and {A}"


def test_toml_faults_carry_line_and_column() -> None:
    """A file that is not TOML is refused where it stops being so."""
    with pytest.raises(ForeignFileError) as caught:
        read_foreign("uv.lock", "version = 1\n[[package]\n")
    assert (caught.value.line, caught.value.expected) == (2, "TOML")
    assert caught.value.column > 0


def test_weak_hashes_say_nothing() -> None:
    """A file with md5 alone is named without a hash: there is nothing to compare."""
    foreign = read_foreign("uv.lock", UV.replace(D, "md5:" + "0" * 32))
    assert pins(foreign)["redis 5.0"].artifacts == (("redis-5.0-py3-none-any.whl", ""),)
