"""All targets at once, each target alone, any order of answers: the same pins (docs/adr/0001-targets-and-forks.md).

The oracle evaluates markers and ranges with `packaging`, on the first and on the last release of a minor, and finds
solutions by trying every combination.
"""

import random
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement as PackagingRequirement
from packaging.specifiers import SpecifierSet

from holdfast_resolver.resolve.request import Impossible, Outcome, Resolution
from holdfast_resolver.resolve.run import resolve
from holdfast_resolver.values.targets import PLATFORMS, Target, parse_target
from tests.support.shelf import Release, Shelf, index_of, request_of
from tests.support.toy import Need, Toy, all_answers

TARGETS = tuple(
    parse_target(text)
    for text in (
        "cp311 linux-x86_64 glibc-2.28",
        "cp311 windows-x86_64",
        "cp312 linux-x86_64 glibc-2.28",
        "cp312 macos-arm64 14.0",
    )
)
_MARKERS = (
    "python_version < '3.12'",
    "python_version >= '3.12'",
    "sys_platform == 'win32'",
    "sys_platform != 'win32'",
    "python_full_version < '3.11.4'",
    "platform_machine == 'arm64' and python_version >= '3.12'",
)
_TAGS = (
    *[("py3-none-any",)] * 8,
    ("cp311-cp311-manylinux_2_17_x86_64", "cp312-cp312-manylinux_2_17_x86_64"),
    ("cp311-abi3-manylinux_2_17_x86_64", "cp311-abi3-win_amd64"),
    ("cp312-cp312-macosx_11_0_arm64", "cp311-abi3-manylinux_2_34_x86_64", "cp311-cp311-win_amd64"),
)


def random_shelf(seed: int) -> tuple[Shelf, list[str]]:
    rng = random.Random(seed)
    names = [f"p{i}" for i in range(rng.randint(2, 5))]

    def need(owner: str) -> str:
        other = rng.choice([name for name in names if name != owner])
        extra = rng.choice(("", "", "[x]"))
        version = rng.randint(1, 3)
        clause = rng.choice(
            ("", "", f">={version}", f"<={version}", f"=={version}", f"!={version}", f">={version - 1}")
        )
        marker = f" ; {rng.choice(_MARKERS)}" if rng.random() < 0.35 else ""
        return f"{other}{extra}{clause}{marker}"

    def release(name: str, version: int) -> Release:
        requires = [need(name) for _ in range(rng.choice((0, 0, 1, 1, 2)))]
        if rng.random() < 0.4:
            requires.append(_with_extra(need(name)))
        return Release(
            f"{version}.0",
            tuple(requires),
            rng.choice(("", "", "", "", "", "", ">=3.12", "<3.12", ">=3.11.2")),
            rng.choice(_TAGS),
            rng.choice(("", "", "static", "dynamic")),
            ("x",),
            "broken" if rng.random() < 0.05 else None,
        )

    shelf = Shelf({name: [release(name, version) for version in range(1, rng.randint(3, 6))] for name in names})
    return shelf, [need("") for _ in range(rng.randint(1, 2))]


def _with_extra(need: str) -> str:
    return f"{need} and extra == 'x'" if ";" in need else f"{need} ; extra == 'x'"


def pins(outcome: Outcome, position: int) -> dict[str, str] | None:
    if isinstance(outcome, Impossible):
        return None
    return {chosen.name: chosen.version for chosen in outcome.packages if chosen.targets >> position & 1}


def test_restricted_to_one_target_a_lock_is_that_targets_own(tmp_path: Path) -> None:
    """Projection: what all targets chose together is what each chooses alone; one refuses if and only if all do."""
    forked = refused = 0
    for seed in range(400):
        shelf, wishes = random_shelf(seed)
        whole = resolve(request_of(wishes, TARGETS), index_of(shelf, str(tmp_path / "cache")))
        alone = [resolve(request_of(wishes, (target,)), index_of(shelf, str(tmp_path / "cache"))) for target in TARGETS]
        if isinstance(whole, Impossible):
            refused += 1
            assert any(isinstance(outcome, Impossible) for outcome in alone), seed
            continue
        for position, outcome in enumerate(alone):
            assert pins(whole, position) == pins(outcome, 0), seed
        forked += any(pins(whole, 0) != pins(whole, position) for position in range(len(TARGETS)))
    assert forked > 40
    assert 40 < refused < 300


def test_the_order_of_answers_changes_nothing(tmp_path: Path) -> None:
    """The same resolution, to the last field, whatever order the network answers in."""
    for seed in range(150):
        shelf, wishes = random_shelf(seed)
        outcomes = [
            resolve(request_of(wishes, TARGETS), index_of(shelf, str(tmp_path / "cache"), order))
            for order in (None, 1, 2, 3)
        ]
        first = outcomes[0]
        for outcome in outcomes[1:]:
            assert outcome == first, seed


def test_every_target_agrees_with_the_oracle(tmp_path: Path) -> None:
    """A target's pins are a solution of the oracle's, and it refuses only where the oracle has none."""
    for seed in range(250):
        shelf, wishes = random_shelf(seed)
        for target in TARGETS:
            outcome = resolve(request_of(wishes, (target,)), index_of(shelf, str(tmp_path / "cache")))
            answers = all_answers(plain_toy(shelf, wishes, target))
            if isinstance(outcome, Impossible):
                assert answers == [], (seed, str(target))
            else:
                mine = {chosen.name: int(chosen.version[0]) for chosen in outcome.packages}
                assert mine in [answer[0] for answer in answers], (seed, str(target))


def test_every_refusal_is_short_and_its_suggestions_lock(tmp_path: Path) -> None:
    """At most six sentences of at most 160 characters; each suggestion, applied, has a solution on every target."""
    tried = 0
    for seed in range(200):
        shelf, wishes = random_shelf(seed)
        outcome = resolve(request_of(wishes, TARGETS), index_of(shelf, str(tmp_path / "cache")))
        if isinstance(outcome, Resolution):
            continue
        assert 1 <= len(outcome.sentences) <= 6
        assert all(0 < len(sentence) <= 160 for sentence in outcome.sentences)
        for suggestion in outcome.suggestions:
            assert suggestion.wish is not None
            changed = list(wishes)
            changed[suggestion.wish.line - 1] = suggestion.requirement
            again = resolve(request_of(changed, TARGETS), index_of(shelf, str(tmp_path / "cache")))
            assert isinstance(again, Resolution), (seed, suggestion)
            tried += 1
    assert tried > 30


# -- the oracle's view of one target, by `packaging` alone


def plain_toy(shelf: Shelf, wishes: list[str], target: Target) -> Toy:
    releases: dict[str, dict[int, dict[str, tuple[Need, ...]]]] = {}
    unusable = set()
    for name, all_releases in shelf.packages.items():
        releases[name] = {}
        for number, release in enumerate(all_releases, 1):
            releases[name][number] = {
                extra: tuple(
                    need for text in release.requires if (need := _plain_need(shelf, text, target, extra)) is not None
                )
                for extra in ("", "x")
            }
            if not _plain_usable(release, target):
                unusable.add((name, number))
    found = [_plain_need(shelf, wish, target, "") for wish in wishes]
    return Toy(releases, tuple(need for need in found if need is not None), frozenset(unusable))


def _plain_need(shelf: Shelf, text: str, target: Target, extra: str) -> Need | None:
    requirement = PackagingRequirement(text)
    if requirement.marker is not None and not any(
        _holds(requirement.marker, target, patch, extra) for patch in (0, 99)
    ):
        return None
    allowed = frozenset(
        number
        for number, release in enumerate(shelf.packages[requirement.name], 1)
        if requirement.specifier.contains(release.version, prereleases=True)
    )
    return requirement.name, tuple(sorted(requirement.extras)), allowed


def _holds(marker: Marker, target: Target, patch: int, extra: str) -> bool:
    platform = PLATFORMS[target.platform]
    minor = f"{target.python[0]}.{target.python[1]}"
    return marker.evaluate(
        {
            "python_version": minor,
            "python_full_version": f"{minor}.{patch}",
            "sys_platform": platform.sys_platform,
            "platform_machine": platform.platform_machine,
            "extra": extra,
        }
    )


def _plain_usable(release: Release, target: Target) -> bool:
    minor = f"{target.python[0]}.{target.python[1]}"
    admitted = SpecifierSet(release.requires_python)
    if not all(admitted.contains(f"{minor}.{patch}") for patch in (0, 1, 2, 50, 99)):
        return False
    if release.yanked is not None:
        return False
    return release.sdist == "static" or any(tag in _SERVED[str(target)] for tag in release.tags)


_SERVED = {
    "cp311 linux-x86_64 glibc-2.28": {
        "py3-none-any",
        "cp311-cp311-manylinux_2_17_x86_64",
        "cp311-abi3-manylinux_2_17_x86_64",
    },
    "cp311 windows-x86_64": {"py3-none-any", "cp311-abi3-win_amd64", "cp311-cp311-win_amd64"},
    "cp312 linux-x86_64 glibc-2.28": {
        "py3-none-any",
        "cp312-cp312-manylinux_2_17_x86_64",
        "cp311-abi3-manylinux_2_17_x86_64",
    },
    "cp312 macos-arm64 14.0": {"py3-none-any", "cp312-cp312-macosx_11_0_arm64"},
}
