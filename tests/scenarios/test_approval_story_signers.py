"""The story of approvals: who signs. The table of signers line by line, over one history of releases of one package."""

from collections.abc import Callable
from pathlib import Path

from tests.support.approval_story import Change, Story, Then, approved_by, rejected_by, says
from tests.support.index_server import status
from tests.support.project import Done
from tests.support.sigstore_identities import GitLabPipeline, GoogleAccount, Identity
from tests.support.story_stages import ADA, BEA, DANA, RELEASE, IndexStage, index_stage

TAG = RELEASE._replace(ref="refs/tags/v1.1", sha="ab" * 20, run="7")
RENAMED = RELEASE._replace(repository="tool-ng")
MOVED = RENAMED._replace(owner="umbrella", owner_id="9")
WORKFLOW = MOVED._replace(workflow=".github/workflows/publish.yml")
ENVIRONMENT = WORKFLOW._replace(environment="pypi")
BRANCH = ENVIRONMENT._replace(ref="refs/heads/main")
RUNNER = ENVIRONMENT._replace(runner="self-hosted")
GITLAB = GitLabPipeline("acme-tools", "tool")
STOLEN = GITLAB._replace(project_id="666", namespace_id="66")

REVIEW = "holdfast review tool"
DIFF = "holdfast diff"


def published(version: str, *signers: Identity, unsigned: str = "") -> Callable[[IndexStage], Done]:
    """A release of tool by these appears, of which nobody signs the files `unsigned`, and Dana takes it."""

    def do(stage: IndexStage) -> Done:
        stage.release("tool", version, *signers)
        if unsigned:
            stage.index.unsign(f"tool-{version}{unsigned}")
        return stage.update("tool")

    return do


def signed_anew(stage: IndexStage) -> Done:
    """The index has evidence of a later run for the same bytes, and Dana locks anew."""
    stage.index.attest("tool-1.1*", TAG._replace(sha="cd" * 20, run="8"))
    return stage.run("lock", "--refresh")


def silent(stage: IndexStage) -> Done:
    """The index has lost all evidence, and Dana locks anew."""
    stage.index.unsign("tool-*")
    return stage.run("lock", "--refresh")


def failing(stage: IndexStage) -> Done:
    """The index has evidence and does not answer for it."""
    for name in [name for name in stage.index.files if name.startswith("tool-")]:
        stage.index.faults[stage.index.integrity_path(name)] = [status(503)]
    done = stage.update("tool")
    stage.index.faults.clear()
    return done


def said(words: str) -> dict[str, Then]:
    """`lock` leads to `diff`, which says these words."""
    return {DIFF: says(0, "tool", words)}


CHANGES = (
    Change(
        "a release of the same workflow from another tag, commit and run is another version and nothing else",
        DANA, published("1.1", TAG),
        lock="0",
        check="1 change-unapproved",
        next={REVIEW: approved_by(ADA)},
    ),
    Change(
        "later evidence of the same identity for the same bytes is no change",
        DANA, signed_anew,
        lock="0",
        check="0",
    ),
    Change(
        "the repository has another name: the ids are the same",
        DANA, published("1.2", RENAMED),
        lock="1 signer-renamed", told=said("acme/tool -> acme/tool-ng"),
        check="1 signer-renamed",
        next={REVIEW: approved_by(ADA)},
    ),
    Change(
        "the repository went to another owner, under another name",
        DANA, published("1.3", MOVED),
        lock="1 signer-changed signer-renamed", told=said("owner-id: 7 -> 9"),
        check="1 signer-changed",
        next={REVIEW: approved_by(ADA)},
    ),
    Change(
        "another workflow publishes",
        DANA, published("1.4", WORKFLOW),
        lock="1 signer-changed", told=said("publish.yml"),
        check="1 signer-changed",
        next={REVIEW: approved_by(ADA)},
    ),
    Change(
        "it publishes from an environment",
        DANA, published("1.5", ENVIRONMENT),
        lock="1 signer-changed", told=said("environment=pypi"),
        check="1 signer-changed",
        next={REVIEW: approved_by(ADA)},
    ),
    Change(
        "a branch publishes instead of a tag: Ada says no",
        DANA, published("1.6", BRANCH),
        lock="1 signer-changed", told=said("branch"),
        check="1 signer-changed",
        next={REVIEW: rejected_by(ADA, "releases come from tags")},
        end="1 signer-changed", merged=False,
    ),
    Change(
        "a runner of their own builds it",
        DANA, published("1.7", RUNNER),
        lock="1 signer-changed", told=said("self-hosted"),
        check="1 signer-changed",
        next={REVIEW: approved_by(ADA)},
    ),
    Change(
        "one more identity signs",
        DANA, published("1.8", RUNNER, GITLAB),
        lock="0 signer-added", told=said("gitlab"),
        check="1 change-unapproved",
        next={REVIEW: approved_by(ADA)},
    ),
    Change(
        "one of two no longer signs",
        DANA, published("1.9", GITLAB),
        lock="1 signer-changed", told=said("no longer signs"),
        check="1 signer-changed",
        next={REVIEW: approved_by(ADA)},
    ),
    Change(
        "a deleted repository was made again under its old name: rejected",
        DANA, published("1.10", STOLEN),
        lock="1 signer-impersonated", told=said("666"),
        check="1 signer-impersonated",
        next={REVIEW: rejected_by(ADA, "not the project that we know")},
        end="1 signer-impersonated", merged=False,
    ),
    Change(
        "the name belongs to another owner: an alarm, which two accept for a time",
        DANA, published("1.11", GITLAB._replace(namespace_id="66")),
        lock="1 signer-impersonated", told=said("66"),
        check="1 signer-impersonated",
        next={REVIEW: approved_by(ADA, BEA)},
    ),
    Change(
        "a person signs where a pipeline did",
        DANA, published("1.12", GoogleAccount()),
        lock="1 signer-changed", told=said("publisher@"),
        check="1 signer-changed",
        next={REVIEW: approved_by(ADA)},
    ),
    Change(
        "the index does not answer for evidence: the hashes are the same, so the verified signer stays",
        DANA, failing,
        lock="0 evidence-unavailable", told={"holdfast verify": says(0, "the signers of 3 files are as pinned")},
        check="0",
    ),
    Change(
        "the index shows no evidence any more: the same",
        DANA, silent,
        lock="0 evidence-unavailable", told={"holdfast verify": says(1, "alarm[signer-lost]: tool 1.12")},
        check="0", merged=False,
    ),
    Change(
        "one wheel is not signed: an alarm, which two accept for a time",
        DANA, published("1.13", GoogleAccount(), unsigned="*win_amd64.whl"),
        lock="1 signer-lost", told=said("no longer signs"),
        check="1 signer-lost",
        next={REVIEW: approved_by(ADA, BEA)},
    ),
    Change(
        "nobody signs: rejected",
        DANA, published("1.14", unsigned="*"),
        lock="1 signer-lost", told=said("no longer signs"),
        check="1 signer-lost",
        next={REVIEW: rejected_by(BEA, "where is the signature")},
        end="1 signer-lost", merged=False,
    ),
)  # fmt: skip


def test_who_signs(tmp_path: Path) -> None:
    """Each change waits as what it is, and holds when those who have to have said yes."""
    with index_stage(tmp_path) as stage:
        Story(stage).play_all(CHANGES)
