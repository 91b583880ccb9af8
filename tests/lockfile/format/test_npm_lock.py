"""npm packages in a lock: what is written, and that both readers give it back."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.format.conflicts import read_pins
from holdfast.format.fields import NPM
from holdfast.format.order import canonical
from holdfast.format.read import read, read_canonical
from holdfast.format.read_plain import read_plain
from holdfast.format.write import WriteError, write
from holdfast.model.lock import NpmFacts
from holdfast_resolver.values.npm import NpmRequirement
from tests.lockfile.format.lock_worlds import npm_facts, npm_instances, npm_pins, sample
from tests.lockfile.format.npm_locks import TEXT, edge, npm_sample, pin
from tests.lockfile.format.test_format_twins import _mutated, judged


def test_an_npm_lock_is_written_like_this() -> None:
    """Every key in its place, a fact in one line, instances last; the fast reader takes it."""
    text = write(npm_sample())
    assert text.partition("[[source]]\n")[2] == TEXT.partition("[[source]]\n")[2]
    assert read_canonical(text) == npm_sample()
    assert read_plain(text, "x") == npm_sample()


@pytest.mark.parametrize("old", ["= true\n", ' = "react"\n', '["!win32", "darwin"]', " eslint = ", "\n\n[[instance"])
def test_another_spelling_gives_the_same_lock(old: str) -> None:
    """Blanks, comments, the order of array items and of keys do not matter to the plain reader."""
    new = {
        "= true\n": "=true # yes\n",
        ' = "react"\n': " = 'react'\n",
        '["!win32", "darwin"]': '[\n"darwin",\n"!win32"]',
        " eslint = ": " 'eslint' = ",
        "\n\n[[instance": "\n\n\n[[ instance",
    }[old]
    text = write(npm_sample())
    other = text.replace(old, new).replace("[[ instance]]", "[[ instance ]]")
    assert other != text
    assert read_canonical(other) is None
    assert read(other) == npm_sample()


def test_entries_of_npm_are_npm_requirements() -> None:
    """Also where the name has a scope, and the source another name than npm; a module's are not."""
    lock = npm_sample()
    entries = [one for part in lock.inputs for one in part.requires]
    entries += [one for found in lock.packages for one, _ in found.dependencies]
    assert {type(one) for one in entries} == {NpmRequirement}
    plain = read_plain(write(lock), "x")
    assert {type(one) for found in plain.packages for one, _ in found.dependencies} == {NpmRequirement}
    alias = next(one for one in entries if one.marker == "as underscore")
    assert isinstance(alias, NpmRequirement)
    assert (alias.alias, alias.kind, str(alias)) == ("underscore", "", "npm:lodash ^4 ; as underscore")


def test_ranges_are_stored_in_one_spelling() -> None:
    """What a manifest spells otherwise, or leaves out, is written as it is stored."""
    lock = npm_sample()
    loose = NpmRequirement("npm", "react", (), " >= 1   <3||x")
    none = NpmRequirement("npm", "lodash")
    odd = lock.packages[0]._replace(dependencies=((loose, ""), (none, "")))
    text = write(lock._replace(packages=(odd, *lock.packages[1:])))
    assert '    "npm:lodash *",\n    "npm:react *",\n' in text


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_the_fast_reader_takes_every_npm_lock(data: st.DataObject) -> None:
    """Whatever the facts, edges and instances are; only unknown keys and escapes are left to the plain reader."""
    whole = npm_sample()
    sources = ["npm", "scoped"]
    keys = data.draw(st.lists(npm_pins(sources, []), max_size=6))
    unique = {(one.source, one.name, one.version.partition("+")[0]): one._replace(unknown=()) for one in keys}
    places = {one[:4]: one._replace(unknown=()) for one in data.draw(st.lists(npm_instances(sources), max_size=3))}
    if len({(*one[:2], one[2].partition("+")[0], one[3]) for one in places}) < len(places):
        places = {}
    lock = whole._replace(packages=tuple(unique.values()), instances=tuple(places.values()))
    text = write(lock)
    if "\\" not in text:
        assert read_canonical(text) == canonical(lock)
    assert read_plain(text, "x") == canonical(lock)


@given(npm_facts())
@settings(max_examples=40, deadline=None)
def test_every_fact_comes_back(facts: NpmFacts) -> None:
    """The model's fields and the table's agree, one by one."""
    assert [field.attribute for field in NPM.fields if "." in field.attribute] == [
        f"npm.{one}" for one in facts._fields
    ]
    lock = npm_sample()
    first = lock.packages[0]._replace(npm=facts)
    again = read(write(lock._replace(packages=(first, *lock.packages[1:])))).packages[0].npm
    assert again is not None
    for key, value in facts._asdict().items():
        assert getattr(again, key) == (tuple(sorted(value)) if isinstance(value, tuple) else value)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_a_mutated_npm_lock_is_judged_alike_by_both_readers(data: st.DataObject) -> None:
    """Random damage gives equal locks or the same refusal."""
    text = write(npm_sample())
    for _ in range(data.draw(st.integers(1, 3))):
        text = data.draw(st.composite(_mutated)(text))
    assert judged(text, plain=False) == judged(text, plain=True)


def test_a_pin_without_npm_facts_is_not_written_as_npm() -> None:
    """A pin of an npm source says so in the model too."""
    lock = npm_sample()
    with pytest.raises(WriteError):
        write(lock._replace(packages=(lock.packages[0]._replace(npm=None), *lock.packages[1:])))


def test_what_no_lock_may_hold_is_not_written() -> None:
    """A spec that is neither a range nor a tag, a foreign tarball, an edge to another world."""
    lock = npm_sample()
    first = lock.packages[0]
    for wrong in (
        first._replace(dependencies=((NpmRequirement("npm", "x", (), "git+ssh://x"), ""),)),
        first._replace(artifacts=pin("b", "1.0.0").artifacts),
        first._replace(dependencies=((edge("npm:react ^17")[0], "none"),)),
        first._replace(npm=NpmFacts(bins=(("a\u202e", "x"),))),
    ):
        with pytest.raises(WriteError):
            write(lock._replace(packages=(wrong, *lock.packages[1:])))


def test_pins_are_read_from_a_conflicted_lock() -> None:
    """Blocks of every npm source are understood alone, the last one without the instances behind it."""
    found = [(one.source, one.name, one.version) for one in read_pins(write(npm_sample()))]
    assert found == [(one.source, one.name, one.version) for one in npm_sample().packages]


def test_a_lock_without_npm_loads_nothing_of_it() -> None:
    """Neither shapes nor readers of npm, nor SemVer."""
    code = (
        "import sys\nfrom holdfast.format.read import read_canonical\n"
        "assert read_canonical(sys.stdin.read()) is not None\n"
        "print([name for name in sys.modules if name.startswith('holdfast') and ('npm' in name or 'semver' in name)])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=write(sample()), capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
