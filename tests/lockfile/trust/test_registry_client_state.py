"""The committed state file: strict, and the same text for the same state."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.errors import ConfigurationError
from holdfast.trust.registry_state import SeenState, StateFloor, read_state, write_state

versions = st.integers(min_value=0, max_value=2**53 - 1)


keys = st.lists(st.sampled_from(["ssh-ed25519 AAAA", "ssh-ed25519 AAAB"]), unique=True).map(tuple)


@given(st.builds(SeenState, st.builds(StateFloor, *[versions] * 5), st.integers(1, 9), keys))
def test_a_state_reads_back(state: SeenState) -> None:
    """What is written reads back as the same state."""
    assert read_state(write_state(state)) == state


def test_each_version_has_a_line(tmp_path: object) -> None:
    """Two branches that saw different states conflict on the versions, not on one long line."""
    assert write_state(SeenState(StateFloor(1, 2, 3, 4, 5), 2, ("ssh-ed25519 AAAA",))).splitlines() == [
        "{",
        '  "format": 1,',
        '  "root": 1,',
        '  "timestamp": 2,',
        '  "snapshot": 3,',
        '  "targets": 4,',
        '  "revocations": 5,',
        '  "revocation-threshold": 2,',
        '  "revocation-keys": [',
        '    "ssh-ed25519 AAAA"',
        "  ]",
        "}",
    ]


GOOD = write_state(SeenState(StateFloor(1, 2, 3, 4, 5)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "<<<<<<< HEAD\n" + GOOD,
        GOOD.replace('"root": 1', '"root": -1'),
        GOOD.replace('"root": 1', '"root": 1.0'),
        GOOD.replace('"root": 1', '"root": true'),
        GOOD.replace('"root": 1', '"root": "1"'),
        GOOD.replace('"root": 1', '"root": 1, "root": 2'),
        GOOD.replace('"root": 1', '"other": 1'),
        GOOD.replace('"root": 1', '"root": 1, "other": 1'),
        GOOD.replace('"format": 1', '"format": 2'),
        GOOD + " " * 5000,
    ],
)
def test_anything_else_is_refused_with_its_file(text: str) -> None:
    """A state file that was damaged or merged by hand is an error: without it a rollback would go unseen."""
    with pytest.raises(ConfigurationError) as refused:
        read_state(text, ".holdfast/state/acme.json")
    assert refused.value.path == ".holdfast/state/acme.json"
    assert refused.value.hint
