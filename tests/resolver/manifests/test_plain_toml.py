"""The plain reader against `tomllib`: the same document, or no answer."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from holdfast_resolver.manifests.plain_toml import read_plain

_KEYS = st.sampled_from(["a", "b", "project", "dev-1", "X_y", "0"])
_SCALARS = st.sampled_from(
    [
        "true",
        "false",
        "0",
        "42",
        '"x>=1"',
        "'raw \\ text'",
        '""',
        "''",
        '"a # b"',
        '"ü"',
        "1.5",
        "-3",
        '"a\\nb"',
        "1979-05-27",
    ]
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]"),
        st.lists(inner, max_size=3).map(lambda items: "[\n" + "".join(f"  {item}, # why\n" for item in items) + "]"),
        st.lists(st.tuples(_KEYS, inner), max_size=2).map(
            lambda pairs: "{ " + ", ".join(f"{key} = {value}" for key, value in pairs) + " }"
        ),
    ),
    max_leaves=5,
)
_LINES = st.one_of(
    st.builds(lambda key, value: f"{key} = {value}", _KEYS, _VALUES),
    st.builds(lambda key, value: f"  {key}={value}   # note", _KEYS, _SCALARS),
    st.lists(_KEYS, min_size=1, max_size=3).map(lambda keys: f"[{'.'.join(keys)}]"),
    st.lists(_KEYS, min_size=1, max_size=2).map(lambda keys: f"[[{'.'.join(keys)}]]"),
    st.sampled_from(["", "# a comment", "\t", "a.b = 1", '"quoted" = 1', "= 1", "[x", "a = ", "\x07", 'k = """m"""']),
)


def judged(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


@given(st.lists(_LINES, max_size=12).map("\n".join))
@settings(max_examples=1500)
@example("[a]\nb = {}\n[a.b]\nc = 1")
@example("[a.b]\n[a]\nb = 1")
@example("[[a]]\n[a.b]\n[[a]]\n[a.b]\nx = 1")
@example("a = []\n[[a]]")
@example('a = ""x')
@example("a = 1\na = 1")
@example('a = """"')
@example("a = 01")
@example("a = 1.2")
@example("a = 10:00")
@example("a\r\n= 1")
def test_it_says_what_tomllib_says_or_nothing(text: str) -> None:
    """Whatever the text, the answer is that of `tomllib`, down to the types, or None."""
    mine = read_plain(text)
    if mine is not None:
        assert repr(mine) == repr(judged(text))


@given(st.data(), st.integers(0, 5000), st.characters(codec="utf-8", exclude_categories=["Cs"]))
def test_a_damaged_manifest_is_never_read_otherwise(data: st.DataObject, place: int, character: str) -> None:
    """One character put anywhere into a real manifest: the same document as `tomllib`'s, or None."""
    text = Path(__file__).parents[3].joinpath("pyproject.toml").read_text()
    place %= len(text)
    for mutated in (text[:place] + character + text[place:], text[:place] + text[place + 1 :], text[:place]):
        mine = read_plain(mutated)
        if mine is not None:
            assert repr(mine) == repr(judged(mutated))


@pytest.mark.parametrize("folder", ["fixtures/projects/web", "bench/workloads/L"])
def test_ordinary_manifests_are_plain(folder: str) -> None:
    """The manifests that people write do not need `tomllib`."""
    path = Path(__file__).parents[3] / folder / "pyproject.toml"
    assert read_plain(path.read_text()) == tomllib.loads(path.read_text())
