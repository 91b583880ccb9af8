"""Two spellings of one version are one release, and a file has one content whatever version it stands under."""

import pytest

from holdfast.model.changes import classify
from holdfast.model.lock import Lock, Pin, PinnedArtifact, Scope

FILE = "tool-2.2.0-py3-none-any.whl"


def lock(version: str, digest: str, when: str = "", file: str = FILE) -> Lock:
    """A lock with one file of one package."""
    pin = Pin("pypi", "tool", version, when=when, artifacts=(PinnedArtifact(file, f"sha256:{digest * 64}"),))
    return Lock(Scope(">=3.11", "highest", "if-necessary", ()), (), (pin,))


@pytest.mark.parametrize("version", ["2.2.0.0", "2.2", "2.2.0", "3.0", "1!2.2.0"])
def test_other_bytes_in_a_file_of_one_name_are_an_alarm(version: str) -> None:
    """No spelling of the version, and no other version, makes them a mere update."""
    kinds = [change.kind for change in classify(lock("2.2.0", "a"), lock(version, "b"))]
    assert kinds[0] == "artifact-changed"


def test_a_release_may_be_spelled_anew() -> None:
    """The same bytes under another spelling of the version: no alarm."""
    [change] = classify(lock("2.2.0", "a"), lock("2.2.0.0", "a"))
    assert (change.kind, change.details) == ("version-changed", ("respelled: 2.2.0 -> 2.2.0.0",))


def test_files_of_another_spelling_are_files_of_the_release() -> None:
    """What comes and goes is told as for one version."""
    changes = classify(lock("2.2.0", "a"), lock("2.2.0.0", "b", file="tool-2.2.0.0-py3-none-any.whl"))
    assert [change.kind for change in changes] == ["artifact-added", "artifact-removed", "version-changed"]


def test_other_targets_of_one_version_wait_for_approval() -> None:
    """An older version that is locked for some targets is not spread to others unseen."""
    [change] = classify(lock("2.2.0", "a", "python_version < '3.12'"), lock("2.2.0", "a"))
    assert (change.kind, change.needs_approval) == ("targets-changed", True)
    assert change.details == ("python_version < '3.12' -> all targets",)
