"""Which targets a lock is made for."""

import pytest

from holdfast.configuration.configuration import Configuration
from holdfast.errors import ConfigurationError
from holdfast.model.lock import Lock, Scope
from holdfast.workflows.scope import choose_targets, declared_scope
from holdfast_resolver.values.targets import parse_target
from holdfast_resolver.values.wishes import Manifest

TODAY = "2026-01-15"  # 3.10 to 3.14 are in support
LINUX = (("linux-x86_64", "glibc-2.28"),)


def manifest(requires_python: str) -> Manifest:
    """A manifest without wishes."""
    return Manifest("pyproject.toml", "web", requires_python, ())


def lock(*targets: str) -> Lock:
    """A lock for some targets."""
    return Lock(Scope("", "highest", "if-necessary", tuple(parse_target(target) for target in targets)), (), ())


def chosen(requires_python: str, configuration: Configuration, before: Lock | None = None) -> tuple[list[str], int]:
    """The targets in words, and how many of them are on trial."""
    found = choose_targets(manifest(requires_python), configuration, before, TODAY)
    return [str(target) for target in found.targets], found.on_trial


def test_declared_targets_are_taken_as_they_are() -> None:
    """Whatever the old lock has, and whatever the date is; none is on trial."""
    configuration = Configuration(pythons=((3, 12), (3, 9)), platforms=LINUX)
    expected = ["cp312 linux-x86_64 glibc-2.28", "cp39 linux-x86_64 glibc-2.28"]
    assert chosen(">=3.9", configuration) == (expected, 0)
    assert chosen(">=3.9", configuration, lock("cp311 windows-x86_64")) == (expected, 0)


def test_pythons_alone_are_declared_for_the_common_platforms() -> None:
    """Four of them, with their default floors."""
    targets, on_trial = chosen("", Configuration(pythons=((3, 12),)))
    assert (len(targets), on_trial) == (4, 0)
    assert all(target.startswith("cp312 ") for target in targets)


def test_a_first_lock_chooses_the_pythons_in_support() -> None:
    """The newest minor comes last and is on trial."""
    targets, on_trial = chosen(">=3.12", Configuration())
    assert [target.split()[0] for target in targets] == ["cp312"] * 4 + ["cp313"] * 4 + ["cp314"] * 4
    assert on_trial == 4
    assert chosen(">=3.13", Configuration(platforms=LINUX)) == (
        ["cp313 linux-x86_64 glibc-2.28", "cp314 linux-x86_64 glibc-2.28"],
        1,
    )


def test_an_only_minor_is_not_on_trial() -> None:
    """There would be nothing left."""
    assert chosen(">=3.14", Configuration(platforms=LINUX)) == (["cp314 linux-x86_64 glibc-2.28"], 0)


def test_the_choice_of_the_lock_stays() -> None:
    """Without declared targets nothing moves with the clock; what requires-python no longer admits goes."""
    before = lock("cp311 linux-x86_64 glibc-2.28", "cp312 linux-x86_64 glibc-2.28")
    assert chosen(">=3.11", Configuration(), before)[0] == [str(target) for target in before.scope.targets]
    assert chosen(">=3.12", Configuration(), before) == (["cp312 linux-x86_64 glibc-2.28"], 0)


def test_a_lock_of_which_nothing_is_left_is_chosen_anew() -> None:
    """The project moved on to Pythons that the lock does not have."""
    targets, _ = chosen(">=3.13", Configuration(), lock("cp311 linux-x86_64 glibc-2.28"))
    assert {target.split()[0] for target in targets} == {"cp313", "cp314"}


def test_no_python_at_all_is_refused() -> None:
    """The range is named, and what to write."""
    with pytest.raises(ConfigurationError) as refused:
        chosen(">=4", Configuration())
    assert refused.value.found == ">=4"
    assert "targets" in refused.value.hint


def test_check_compares_only_what_is_declared() -> None:
    """An open choice of Pythons is as the lock has it, on the platforms that are declared."""
    before = lock("cp311 windows-x86_64", "cp312 windows-x86_64")
    assert declared_scope(manifest(""), Configuration(), before).targets == ()
    declared = declared_scope(manifest(""), Configuration(platforms=LINUX), before).targets
    assert [str(target) for target in declared] == ["cp311 linux-x86_64 glibc-2.28", "cp312 linux-x86_64 glibc-2.28"]
