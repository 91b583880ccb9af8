"""What a refusal says: the reason in the field's words, the line of the manifest, and a change that works."""

from pathlib import Path

import pytest

from holdfast_resolver.resolve.request import Impossible, Resolution
from holdfast_resolver.resolve.run import resolve
from holdfast_resolver.values.targets import parse_target
from tests.support.shelf import Release, Shelf, index_of, request_of

TARGETS = (parse_target("cp311 linux-x86_64 glibc-2.28"), parse_target("cp312 macos-arm64 14.0"))
END = "so this wish cannot be met on cp311 linux-x86_64 glibc-2.28"


def refusal(packages: dict[str, list[Release]], wishes: list[str], folder: Path) -> Impossible:
    outcome = resolve(request_of(wishes, TARGETS), index_of(Shelf(dict(packages)), str(folder)))
    assert isinstance(outcome, Impossible)
    return outcome


_ONE_WISH = {
    "a pre-release only": (
        {"a": [Release("1.0"), Release("2.0rc1")]},
        "a>=2.0",
        "a has no release in >=2.0: its newest is 2.0rc1, a pre-release",
        "a>=1.0",
    ),
    "a pre-release that another package needs": (
        {"a": [Release("1.0", ("b>=2.0rc1",))], "b": [Release("1.0"), Release("2.0rc1")]},
        "a",
        "b 2.0rc1 is a pre-release, and no wish of the project names one",
        "b>=2.0rc1",
    ),
    "yanked": (
        {"a": [Release("1.0"), Release("2.0", yanked="broken build")]},
        "a>=2",
        "a 2.0 was yanked: broken build",
        "a>=1.0",
    ),
    "requires-python": (
        {"a": [Release("1.0"), Release("2.0", requires_python=">=3.12")]},
        "a>=2",
        "a 2.0 requires Python >=3.12, which does not admit every release of cp311",
        "a>=1.0",
    ),
    "no wheel for the floor": (
        {"a": [Release("1.0", tags=("cp311-cp311-manylinux_2_34_x86_64",))]},
        "a",
        "a 1.0 has no wheel for cp311 linux-x86_64 glibc-2.28; the nearest is cp311-cp311-manylinux_2_34_x86_64",
        "",
    ),
    "an sdist that is not static": (
        {"a": [Release("1.0", tags=(), sdist="dynamic")]},
        "a",
        "a 1.0 has no wheel for cp311 linux-x86_64 glibc-2.28; it has only an sdist, whose requirements are not static",
        "",
    ),
    "an unknown package, with the nearest name": (
        {"requests": [Release("1.0", ("reqests",))]},
        "requests",
        "pypi has no package named reqests; did you mean requests",
        "",
    ),
    "metadata that cannot be used": (
        {"a": [Release("1.0", ("b @ https://files.example/b.whl",))]},
        "a",
        "a 1.0 cannot be used: it requires 'b @ https://files.example/b.whl', which is not from an index",
        "",
    ),
    "a range that nothing can be in": (
        {"a": [Release("1.0")]},
        "a>1,<1",
        "a has no release in >1,<1: its newest is 1.0",
        "a>=1.0",
    ),
}


@pytest.mark.parametrize("case", _ONE_WISH)
def test_the_reason_is_named(case: str, tmp_path: Path) -> None:
    """Each kind of reason is said of the release that it holds for, and the suggestion is the change that works."""
    packages, wish, reason, suggestion = _ONE_WISH[case]
    outcome = refusal(packages, [wish], tmp_path)
    assert outcome.sentences[0] == f"pyproject.toml:1 asks for {wish}"
    assert reason in outcome.sentences
    assert outcome.sentences[-1] == END
    assert [each.requirement for each in outcome.suggestions] == ([suggestion] if suggestion else [])


def test_a_chain_of_requirements_is_one_sentence(tmp_path: Path) -> None:
    """Requirements that lead from one wish to the other are told in one breath, in the packages' own ranges."""
    packages = {
        "a": [Release("1.0", ("b>=2",)), Release("2.0", ("b>=2",))],
        "b": [Release("1.0"), Release("2.0", ("c>=3",))],
        "c": [Release("1.0"), Release("3.0", ("d<2",))],
        "d": [Release("1.0"), Release("2.0")],
    }
    outcome = refusal(packages, ["a", "d>=2"], tmp_path)
    assert outcome.sentences == (
        "pyproject.toml:1 asks for a, and pyproject.toml:2 asks for d>=2",
        "a requires b>=2, which requires c>=3, which requires d<2",
        "so the wishes for a and d cannot be met together on cp311 linux-x86_64 glibc-2.28",
    )
    assert [each.requirement for each in outcome.suggestions] == ["d>=1.0"]


def test_an_extra_is_named_with_its_package(tmp_path: Path) -> None:
    """A requirement that only an extra brings in is told of that extra."""
    packages = {
        "a": [Release("1.0", ("b<2 ; extra == 'x'",), extras=("x",))],
        "b": [Release("1.0"), Release("2.0")],
    }
    assert "a[x] requires b<2" in refusal(packages, ["a[x]", "b>=2"], tmp_path).sentences


def test_an_unknown_extra_is_a_remark_and_not_a_refusal(tmp_path: Path) -> None:
    """As pip does: the package is locked without the extra, and that is said."""
    outcome = resolve(request_of(["a[nope]"], TARGETS), index_of(Shelf({"a": [Release("1.0")]}), str(tmp_path)))
    assert isinstance(outcome, Resolution)
    assert [(remark.code, remark.subject, remark.detail) for remark in outcome.remarks] == [
        ("extra-unknown", "a 1.0", "nope")
    ]
