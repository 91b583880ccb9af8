"""Whatever stands in a foreign file, its reader answers or raises `ForeignFileError`, and nothing else."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.errors import ForeignFileError
from holdfast.imports.compare import compare
from holdfast.imports.table import read_foreign
from tests.lockfile.exports.small_locks import lock, pin
from tests.lockfile.imports.foreign_files import POETRY, PYLOCK, REQUIREMENTS, UV

FILES = {"uv.lock": UV, "poetry.lock": POETRY, "pylock.toml": PYLOCK, "requirements.txt": REQUIREMENTS}
OURS = lock(pin("celery", "5.4.0", "vine"), pin("vine", "5.1"), project=("celery",))
WRONG = [
    '"x"',
    "7",
    "true",
    "1.5",
    "1979-05-27",
    "[]",
    "{}",
    '[["x"]]',
    '{ a = "b" }',
    '"\\u202e"',
    '""',
    "[1]",
    "[{}]",
]


def attempt(path: str, text: str) -> None:
    """Read and compare; a refusal has something to say, in printable text."""
    refusal: ForeignFileError | None = None
    try:
        compare(OURS, read_foreign(path, text))
    except ForeignFileError as error:
        refusal = error
    if refusal is not None:
        assert refusal.expected
        assert (refusal.found + refusal.where + refusal.expected).isprintable()


def toml(value: Any) -> str:
    """Inline TOML of plain values (JSON strings are TOML strings)."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    return json.dumps(value)


def assignments() -> list[tuple[str, int]]:
    """Every `key = value` line of every fixture that can be replaced alone."""
    places = []
    for path, text in FILES.items():
        for number, line in enumerate(text.split("\n")):
            if " = " in line and path != "requirements.txt" and not line.startswith(" ") and not line.endswith("["):
                places.append((path, number))
    return places


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_types_everywhere(wrong: str) -> None:
    """Any value of any key may have any type."""
    for path, number in assignments():
        lines = FILES[path].split("\n")
        lines[number] = lines[number].partition(" = ")[0] + " = " + wrong
        attempt(path, "\n".join(lines))


KEYS = st.sampled_from(
    [
        "name",
        "version",
        "source",
        "registry",
        "git",
        "wheels",
        "sdist",
        "url",
        "path",
        "hash",
        "hashes",
        "sha256",
        "marker",
        "markers",
        "files",
        "file",
        "groups",
        "dependencies",
        "optional-dependencies",
        "extra",
        "dev-dependencies",
        "resolution-markers",
        "requires-python",
        "environments",
    ]
)
TEXTS = st.sampled_from(
    ["a", "1.0", "sha256:" + "a" * 64, "sys_platform == 'x'", ">=3", "x/y.whl", "\u202e", "", "2.1"]
)
VALUES = st.recursive(
    st.one_of(TEXTS, st.integers(-3, 3), st.booleans()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)


@settings(max_examples=100)
@given(
    st.sampled_from(["uv.lock", "poetry.lock", "pylock.toml"]),
    st.lists(st.dictionaries(KEYS, VALUES, max_size=6)),
)
def test_random_tables(path: str, packages: list[dict[str, Any]]) -> None:
    """Random entries with the right keys and random values."""
    head = {
        "uv.lock": 'version = 1\nrequires-python = ">=3.11"\n',
        "poetry.lock": 'metadata = { lock-version = "2.1", python-versions = "^3" }\n',
        "pylock.toml": 'lock-version = "1.0"\n',
    }[path]
    key = "packages" if path == "pylock.toml" else "package"
    attempt(path, f"{head}{key} = {toml(packages)}\n")


@settings(max_examples=300)
@given(st.sampled_from(sorted(FILES)), st.data())
def test_cut_and_spliced_files(path: str, data: st.DataObject) -> None:
    """Any cut of a file, with any text put in its place."""
    text = FILES[path]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 60)))
    attempt(path, text[:start] + data.draw(st.text(max_size=8)) + text[end:])


@settings(max_examples=200)
@given(st.text(alphabet="abc=.-#\\ \t\n;[]@<>'\"1:/\x00\u2028\u202e", max_size=60))
def test_random_requirements(text: str) -> None:
    """Random text with the characters that matter."""
    attempt("requirements.txt", text)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("uv.lock", "a = " + "[" * 20_000),
        ("uv.lock", "version = " + "9" * 10_000),
        ("uv.lock", "version = 1\nx = 2024-13-45\n"),
        ("pylock.toml", 'lock-version = "1.0"\nenvironments = ["' + "(" * 5_000 + '"]\n'),
        (
            "pylock.toml",
            'lock-version = "1.0"\nenvironments = ["python_version < \'' + "9" * 9_000 + "'\"]\n",
        ),
        ("requirements.txt", "a==" + "1" * 10_000 + "\n"),
        ("requirements.txt", "a==1 \\\n" * 5_000),
        ("requirements.txt", "a==1 ; " + "(" * 5_000 + "\n"),
        ("uv.lock", "\ufeff\x00"),
    ],
)
def test_huge_and_deep_values(path: str, text: str) -> None:
    """Depth, length and impossible numbers are refused, or read, and never more than that."""
    attempt(path, text)


def test_an_oversized_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a limit on the length of a file."""
    monkeypatch.setattr("holdfast.imports.reading.LARGEST", 100)
    monkeypatch.setattr("holdfast.imports.requirements.LARGEST", 100)
    for path, text in FILES.items():
        with pytest.raises(ForeignFileError) as caught:
            read_foreign(path, text)
        assert caught.value.expected == "at most 100 characters"
