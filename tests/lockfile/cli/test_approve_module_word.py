"""`approve` of modules: all that a pin digest covers is what the registry and the project say today."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.approving import FAR
from tests.support.story_forgery import Forgery
from tests.support.story_modules import GATE, GUARDS, ModuleStage, module_stage
from tests.support.story_team import ADA, told


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleStage]:
    """Two modules on day one; tests put the lock back."""
    with module_stage(tmp_path_factory.mktemp("words")) as made:
        yield made


@pytest.mark.parametrize(
    ("name", "code", "edit", "said"),
    [
        (GUARDS, "vetting-changed", {"vetted": ()}, "found: none"),
        (GATE, "threshold-lowered", {"threshold": 1}, "expected: threshold: 2\n  found: 1"),
        (GATE, "signer-changed", {"tier": "trusted"}, "tier trusted"),
        (GATE, "signer-renamed", {"label": "umbrella of old"}, "umbrella of old"),
        (GUARDS, "change-unapproved", {"permissions": ()}, "found: network:api.acme.example"),
    ],
)
def test_another_word_is_refused(stage: ModuleStage, name: str, code: str, edit: dict[str, Any], said: str) -> None:
    """`check` finds that the digest is another, `approve` that it is not true, and `lock` puts it right."""
    forge = Forgery(stage)
    text = {
        "tier": ('tier = "verified"', 'tier = "trusted"'),
        "label": ('label = "umbrella"', 'label = "umbrella of old"'),
    }
    if key := next((one for one in edit if one in text), ""):
        stage.edit(stage.lock, *text[key])
    else:
        module = forge.pin(name).module
        assert module is not None
        forge.relock(name, module=module._replace(**edit))
    assert told(stage.run("check")) == f"1 {code}"
    done = stage.run("approve", name, "--reason", "fine", "--until", FAR, by=ADA)
    assert told(done) == "1 module-tampered"
    assert said in done.out
    assert len(stage.acts) == 1
    assert stage.run("lock").code == 0
    assert told(stage.run("check")) == "0"
