"""Every file of `fixtures/scenarios/` is played."""

from pathlib import Path

import pytest

from tests.scenarios.runner import play, scenarios


@pytest.mark.parametrize("name", scenarios())
def test_scenario(name: str, tmp_path: Path) -> None:
    """What the scenario expects comes true, step by step."""
    play(name, tmp_path)
