"""A lock as `pylock.toml`."""

import tomllib
from collections.abc import Mapping

import pytest
from hypothesis import given
from packaging.pylock import Pylock

from holdfast.errors import Undecided, UsageError
from holdfast.exports.port import LocatedFile
from holdfast.exports.pylock import pylock
from holdfast.imports.compare import compare
from holdfast.imports.table import read_foreign
from holdfast.model.graph import LockGraph
from holdfast.model.lock import Lock, Pin
from holdfast_resolver.values.targets import Target
from holdfast_resolver.versions.grid import Grid
from tests.lockfile.exports.small_locks import TARGETS, digest, lock, locks, pin


def offered(made: Pin) -> Mapping[str, LocatedFile]:
    """An index that has every pinned file."""
    return {
        artifact.file: LocatedFile(f"https://files.example/{artifact.file}", artifact.hash)
        for artifact in made.artifacts
    }


GOLDEN = f"""\
lock-version = "1.0"
environments = [
    "python_version == '3.12' and sys_platform == 'linux' and platform_machine == 'x86_64'",
    "python_version >= '3.11' and python_version < '3.14' and python_version != '3.12' \
and sys_platform == 'win32' and platform_machine == 'AMD64'",
]
requires-python = ">=3.11"
created-by = "holdfast"

[[packages]]
name = "click"
version = "8.1"
requires-python = ">=3.7"
index = "https://index.example/simple/"
sdist = {{ name = "click-8.1.tar.gz", url = "https://files.example/click-8.1.tar.gz", \
hashes = {{ sha256 = "{digest("click-8.1.tar.gz")[7:]}" }} }}
wheels = [
    {{ name = "click-8.1-py3-none-any.whl", upload-time = 2024-11-08T17:25:46.184Z, \
url = "https://files.example/click-8.1-py3-none-any.whl", size = 12345, \
hashes = {{ sha256 = "{digest("click-8.1-py3-none-any.whl")[7:]}" }} }},
]

[[packages]]
name = "colorama"
version = "0.4"
marker = "sys_platform == 'win32'"
wheels = [
    {{ name = "colorama-0.4-py3-none-any.whl", url = "https://files.example/colorama-0.4-py3-none-any.whl", \
hashes = {{ sha256 = "{digest("colorama-0.4-py3-none-any.whl")[7:]}" }} }},
]
"""


def test_the_whole_file() -> None:
    """Keys in the order of the specification, one file per line, markers for the declared targets."""
    targets = (
        Target((3, 12), "linux-x86_64", "glibc-2.28"),
        Target((3, 11), "windows-x86_64", ""),
        Target((3, 13), "windows-x86_64", ""),
    )
    made = lock(
        pin("click", "8.1", "colorama ; sys_platform == 'win32'")._replace(requires_python=">=3.7"),
        pin("colorama", "0.4", files=("colorama-0.4-py3-none-any.whl",)),
        pin("unused", "1"),
        project=("click",),
        targets=targets,
    )

    def locate(wanted: Pin) -> Mapping[str, LocatedFile]:
        files = dict(offered(wanted))
        if wanted.name == "click":
            for name in files:
                files[name] = files[name]._replace(index_url="https://index.example/simple/")
            wheel = "click-8.1-py3-none-any.whl"
            files[wheel] = files[wheel]._replace(size=12345, upload_time="2024-11-08T17:25:46.184Z")
        return files

    assert pylock(made, locate) == GOLDEN


@given(locks())
def test_what_is_written_is_read_back(made: Lock) -> None:
    """The file is valid by the specification, and has every reached pin on exactly its targets."""
    text = pylock(made, offered)
    Pylock.from_dict(tomllib.loads(text))
    foreign = read_foreign("pylock.toml", text)
    grid = Grid(TARGETS)
    reached = LockGraph(made, grid).reach(made.inputs)
    expected = {(made.packages[index].name, made.packages[index].version, mask) for index, mask in reached.items()}
    assert {(p.name, p.version, grid.condition(p.marker)) for p in foreign.pins} == expected
    assert compare(made, foreign) == ()


def test_extras_and_groups_are_taken_when_named() -> None:
    """Without names only the project's own wishes are exported."""
    made = lock(
        pin("a", "1"),
        pin("b", "1"),
        pin("c", "1"),
        project=("a",),
        extras={"fast": ("b",)},
        groups={"dev-tools": ("c",)},
    )

    def names(text: str) -> list[str]:
        return [made.name for made in read_foreign("pylock.toml", text).pins]

    assert names(pylock(made, offered)) == ["a"]
    assert names(pylock(made, offered, extras=["Fast"], groups=["dev_tools"])) == ["a", "b", "c"]
    with pytest.raises(UsageError) as caught:
        pylock(made, offered, extras=["quick"])
    assert (caught.value.found, caught.value.hint) == ("quick", "known: fast")


def test_a_file_that_is_not_offered_is_undecided() -> None:
    """Without a place for a pinned file there is no export, and the file is named."""
    made = lock(pin("a", "1"), project=("a",))
    with pytest.raises(Undecided) as caught:
        pylock(made, lambda wanted: {})
    assert caught.value.reason.startswith("a-1-py3-none-any.whl, pinned for a 1,")
    assert caught.value.hint == "holdfast update a"


def test_a_file_with_another_hash_is_undecided() -> None:
    """A URL is taken only if the index gives the pinned hash for it."""
    made = lock(pin("a", "1"), project=("a",))
    changed = {name: file._replace(hash=digest("evil")) for name, file in offered(made.packages[0]).items()}
    with pytest.raises(Undecided) as caught:
        pylock(made, lambda wanted: changed)
    assert digest("evil") in caught.value.reason
    assert caught.value.hint == "holdfast verify a"


@pytest.mark.parametrize("instant", ["", "yesterday", "2024-13-45T00:00:00Z", "2024-11-08", "20241108T172546Z"])
def test_an_upload_time_that_is_none_is_left_out(instant: str) -> None:
    """Only what TOML takes as a date and time is written."""
    made = lock(pin("a", "1"), project=("a",))
    files = {name: file._replace(upload_time=instant) for name, file in offered(made.packages[0]).items()}
    assert "upload-time" not in pylock(made, lambda wanted: files)


def test_strange_urls_are_escaped() -> None:
    """Quotes, backslashes and control characters of a URL cannot leave their string."""
    made = lock(pin("a", "1", files=("a-1.tar.gz",)), project=("a",))
    url = 'https://files.example/"\\\n\u202e/a-1.tar.gz'
    text = pylock(made, lambda wanted: {"a-1.tar.gz": LocatedFile(url, wanted.artifacts[0].hash)})
    assert tomllib.loads(text)["packages"][0]["sdist"]["url"] == url
    assert "\u202e" not in text
