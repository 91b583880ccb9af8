"""The story of approvals: modules. Keys, thresholds, co-signers, trust, permissions, privileges, and the registry."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.approval_story import Change, Story, approved_by, does, refused, rejected_by, says
from tests.support.project import Done
from tests.support.signing_keys import public
from tests.support.story_forgery import Forgery
from tests.support.story_modules import GATE, GUARDS, ModuleStage, module_stage
from tests.support.story_team import ADA, BEA, DANA, MALLORY

REVIEW = "holdfast review '{}'".format
CONFIGURATION = "holdfast review --configuration"
FIRST = says(2, "the security configuration first", by=ADA)
WIDER = {"network": ["*.acme.example", "api.acme.example"]}


def published(
    name: str, version: str, *keys: str, publisher: dict[str, Any] | None = None, **fields: Any
) -> Callable[[ModuleStage], Done]:
    """A release appears, and Dana takes it; the `publisher` registered other facts before."""

    def do(stage: ModuleStage) -> Done:
        if publisher:
            stage.publisher(name[1:].partition("/")[0], **publisher)
        stage.publish(name, version, *keys, **fields)
        return stage.update(name)

    return do


def listed(stage: ModuleStage) -> Done:
    """Dana trusts the key, and lets the module be privileged."""
    stage.edit(stage.configuration, "[policy]\n", f'[policy]\nprivileged = ["{GUARDS}"]\n')
    stage.configure(f'\n[[trust]]\nkey = "{public("acme2").text}"\nnames = ["{GUARDS}"]\n')
    return published(GUARDS, "2.7.0", "acme2", permissions=WIDER, cosign=False, privileged=True)(stage)


def edited(old: str, new: str) -> Callable[[ModuleStage], None]:
    return lambda stage: stage.edit(stage.lock, old, new)


def told(name: str, **facts: Any) -> Callable[[ModuleStage], None]:
    """Mallory writes other facts of a module into the lock."""

    def do(stage: ModuleStage) -> None:
        forge = Forgery(stage)
        module = forge.pin(name).module
        assert module is not None
        forge.relock(name, module=module._replace(**facts))

    return do


def other_registry(stage: ModuleStage) -> None:
    """Mallory's registry in the place of the pinned one."""
    digest = "sha256:" + "5" * 64
    for path in (stage.configuration, stage.lock):
        stage.edit(path, stage.registry.root_digest, digest)


def swapped(stage: ModuleStage) -> Done:
    """The registry and the publisher's key are Mallory's: other bytes for what is pinned."""
    stage.swap("@acme/base", "1.2.0", "acme")
    return stage.run("lock", "--refresh")


LOCK_EDITS = (
    Change(
        "the lock forgets a co-signer",
        MALLORY, told(GUARDS, vetted=()),
        check="1 vetting-changed",
        next={REVIEW(GUARDS): refused(ADA)},
        end="1 vetting-changed", merged=False,
    ),
    Change(
        "the lock says that fewer have to sign",
        MALLORY, told(GATE, threshold=1),
        check="1 threshold-lowered",
        next={REVIEW(GATE): refused(ADA)},
        end="1 threshold-lowered", merged=False,
    ),
    Change(
        "the lock says that a publisher is trusted more",
        MALLORY, edited('tier = "verified"', 'tier = "trusted"'),
        check="1 signer-changed",
        next={REVIEW(GATE): refused(ADA, "module-tampered")},
        end="1 signer-changed", merged=False,
    ),
    Change(
        "the lock says that a module asks for less",
        MALLORY, told(GUARDS, permissions=()),
        check="1 change-unapproved",
        next={REVIEW(GUARDS): refused(ADA)},
        end="1 change-unapproved", merged=False,
    ),
    Change(
        "the root of the registry is another",
        MALLORY, other_registry,
        check="1 configuration-changed source-changed",
        next={
            REVIEW("@acme/base"): FIRST, REVIEW(GUARDS): FIRST, REVIEW(GATE): FIRST,
            CONFIGURATION: rejected_by(ADA, "whose registry is that"),
        },
        end="1 configuration-changed source-changed", merged=False,
    ),
)  # fmt: skip

CHANGES = (
    Change(
        "a release by the same key",
        DANA, published(GUARDS, "2.2.0", "acme"),
        lock="0",
        check="1 change-unapproved",
        next={REVIEW(GUARDS): approved_by(ADA)},
    ),
    Change(
        "a release by another key of the publisher",
        DANA, published(GUARDS, "2.3.0", "acme2", publisher={"keys": ("acme", "acme2")}),
        lock="0",
        check="1 signer-changed",
        next={REVIEW(GUARDS): approved_by(ADA)},
    ),
    Change(
        "it asks for more of the network",
        DANA, published(GUARDS, "2.4.0", "acme2", permissions=WIDER),
        lock="0",
        check="1 permissions-widened",
        next={REVIEW(GUARDS): approved_by(ADA)},
    ),
    Change(
        "the registry does not vouch for it any more",
        DANA, published(GUARDS, "2.5.0", "acme2", permissions=WIDER, cosign=False),
        lock="0",
        check="1 vetting-changed",
        next={REVIEW(GUARDS): approved_by(ADA)},
    ),
    Change(
        "it exports what can raise trust, and nobody here trusts its key: nothing is written",
        DANA, published(GUARDS, "2.6.0", "acme2", permissions=WIDER, cosign=False, privileged=True),
        lock="1 privileged-untrusted", told={"holdfast trust list": says(0)},
        check="0", merged=False,
    ),
    Change(
        "the policy lets it, and the module is approved too",
        DANA, listed,
        lock="0",
        check="1 configuration-changed module-privileged",
        next={CONFIGURATION: approved_by(ADA), REVIEW(GUARDS): approved_by(BEA)},
    ),
    Change(
        "the publisher is trusted less",
        DANA, published(GATE, "1.1.0", "umbrella", "umbrella2", publisher={"tier": "unverified"}),
        lock="0",
        check="1 signer-changed",
        next={REVIEW(GATE): approved_by(ADA)},
    ),
    Change(
        "one signature is enough now, and two are there",
        DANA, published(GATE, "1.2.0", "umbrella", "umbrella2", publisher={"threshold": 1}),
        lock="0",
        check="1 threshold-lowered",
        next={REVIEW(GATE): rejected_by(ADA, "two it was")},
        end="1 threshold-lowered", merged=False,
    ),
    Change(
        "one signature is there, of two that there were",
        DANA, published(GATE, "1.3.0", "umbrella"),
        lock="0",
        check="1 signer-lost",
        next={REVIEW(GATE): approved_by(ADA, BEA)},
    ),
    Change(
        "other bytes for a pinned module, signed by its publisher's key: `lock` stops",
        DANA, swapped,
        lock="1 artifact-changed", told={"holdfast lock --accept-changed @acme/base": does("holdfast.lock written")},
        check="1 artifact-changed",
        next={REVIEW("@acme/base"): approved_by(BEA, ADA)},
    ),
)  # fmt: skip


def test_modules(tmp_path: Path) -> None:
    """Each change waits as what it is, and holds when those who have to have said yes."""
    with module_stage(tmp_path) as stage:
        Story(stage).play_all((*LOCK_EDITS, *CHANGES))
