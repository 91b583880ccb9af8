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
from holdfast.model.lock import Lock, Pin, PinnedArtifact, Signer
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


TOOL = Signer("github:101/.github/workflows/release.yml?environment=pypi", "acme/tool")
FORK = Signer("github:102/.github/workflows/release.yml", "acme/fork")
KEY = Signer("ed25519:" + "0c" * 32, "acme-release")


def identities(made: Pin, *signers: Signer) -> list[dict[str, str]] | None:
    """The `attestation-identities` of the export of one pin; None without the key."""
    text = pylock(lock(made, project=(made.name,))._replace(signers=signers), offered)
    document = Pylock.from_dict(tomllib.loads(text))
    found = document.packages[0].attestation_identities
    return None if found is None else [dict(one) for one in found]


def signed(made: Pin, signers: tuple[str, ...], **by_ending: tuple[str, ...]) -> Pin:
    """A pin with signers, and with others of the files that end so (`whl`, `gz`)."""
    return made._replace(
        signers=signers,
        artifacts=tuple(
            PinnedArtifact(one.file, one.hash, by_ending.get(one.file.rpartition(".")[2])) for one in made.artifacts
        ),
    )


def test_signers_are_attestation_identities() -> None:
    """Sorted publisher objects in the package's table; without a signer, or one that has no object, no key."""
    tool = {"kind": "GitHub", "repository": "acme/tool", "workflow": "release.yml", "environment": "pypi"}
    fork = {"kind": "GitHub", "repository": "acme/fork", "workflow": "release.yml"}
    made = pin("a", "1")
    assert identities(signed(made, (TOOL.id, FORK.id)), TOOL, FORK) == [fork, tool]
    assert identities(signed(made, (KEY.id, TOOL.id)), KEY, TOOL) == [tool]
    assert identities(signed(made, (KEY.id,)), KEY) is None
    assert identities(made) is None


def test_an_identity_of_any_exported_file_counts() -> None:
    """Who signed only the wheel is told; who signed only a file that is not exported is not."""
    made = pin("a", "1", files=("a-1-py3-none-any.whl", "a-1.tar.gz", "a-1.zip"))
    assert len(identities(signed(made, (), whl=(TOOL.id,)), TOOL) or ()) == 1
    assert len(identities(signed(made, (TOOL.id,), gz=(TOOL.id, FORK.id)), TOOL, FORK) or ()) == 2
    assert identities(signed(made, (), zip=(TOOL.id,)), TOOL) is None
    assert identities(signed(made, (TOOL.id,), whl=(), gz=()), TOOL) is None


def test_two_ids_of_one_publisher_object_are_told_once() -> None:
    """The object has names only: an old certificate's id and a new one's are the same there."""
    old = Signer("github-name:acme/fork/.github/workflows/release.yml", "acme/fork")
    assert len(identities(signed(pin("a", "1"), (old.id, FORK.id)), old, FORK) or ()) == 1


def test_identities_are_spelled_after_the_files() -> None:
    """One inline table on a line of its own, kind first, as the rest of the file."""
    made = lock(signed(pin("a", "1"), (TOOL.id,)), project=("a",))._replace(signers=(TOOL,))
    assert pylock(made, offered).splitlines()[-3:] == [
        "attestation-identities = [",
        '    { kind = "GitHub", repository = "acme/tool", workflow = "release.yml", environment = "pypi" },',
        "]",
    ]


def test_odd_names_of_signers_stay_in_their_strings() -> None:
    """A label or path with quotes and line ends is one string of the object, and a missing signer is left out."""
    odd = Signer("github:1/.github/workflows/%22%0A%20%5D.yml", 'acme/"]\nx')
    assert identities(signed(pin("a", "1"), (odd.id, "github:9/gone")), odd) == [
        {"kind": "GitHub", "repository": 'acme/"]\nx', "workflow": '"\n ].yml'}
    ]
