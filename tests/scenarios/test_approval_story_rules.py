"""The story of approvals: who decides. Sources, approvers and policy change, by those who may and those who do not."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.approval_story import Change, Story, approved_by, does, rejected_by, says
from tests.support.index_server import IndexServer, serving
from tests.support.module_projects import clock
from tests.support.packages import read_releases
from tests.support.project import Done
from tests.support.signed_project import ROOT
from tests.support.signing_keys import public
from tests.support.sigstore_world import SigstoreWorld
from tests.support.story_stages import ADA, BEA, DANA, MALLORY, RELEASE, IndexStage, index_stage
from tests.support.story_team import Person

REVIEW = "holdfast review {}".format
CONFIGURATION = "holdfast review --configuration"
WAITS_NOT = "waits for nothing"
CLEO, GUS = Person("Cleo", "security"), Person("Gus")
SOURCE = """
[{at}sources.internal]
kind = "pypi"
url = "URL"
packages = ["acme-*"]
"""
RULE = """
[[{at}policy.rule]]
package = "PACKAGE"
reason = "REASON"
"""


class Indexes(IndexStage):
    """The project, and two further indexes of packages of their own."""

    inner: IndexServer
    mirror: IndexServer


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Indexes]:
    """Day one, and two indexes with acme-core that the project does not know yet."""
    core = read_releases("acme-core 1.0")
    with index_stage(tmp_path) as made, serving(core) as inner, serving(core) as mirror:
        made.__class__ = Indexes
        assert isinstance(made, Indexes)
        made.inner, made.mirror = inner, mirror
        yield made


def sourced(stage: Indexes) -> Done:
    """Dana wants a package of an index of their own."""
    stage.configure(SOURCE.replace("URL", stage.inner.url))
    return stage.run("add", "acme-core", "--refresh")


def pointed(stage: Indexes) -> Done:
    """The same name, another place."""
    stage.edit(stage.configuration, stage.inner.url, stage.mirror.url)
    return stage.run("lock", "--refresh")


def renamed(stage: Indexes) -> Done:
    """Another name, the same place."""
    stage.edit(stage.configuration, "sources.internal", "sources.inner")
    return stage.run("lock", "--refresh")


def only_the_lock(stage: Indexes) -> None:
    """Mallory points the source elsewhere in the lock alone."""
    stage.edit(stage.lock, stage.mirror.url.removeprefix("http://").rstrip("/"), "mirror.example/simple")


def configured(text: str) -> Callable[[Indexes], None]:
    """Somebody adds this to the configuration."""
    return lambda stage: stage.configure(text)


def edited(old: str, new: str) -> Callable[[Indexes], None]:
    """Somebody edits the configuration."""
    return lambda stage: stage.edit(stage.configuration, old, new)


def moved(version: str) -> Callable[[Indexes], Done]:
    """A release of tool, signed as ever, and Dana takes it."""

    def do(stage: Indexes) -> Done:
        stage.release("tool", version, RELEASE)
        return stage.update("tool")

    return do


def both(*parts: Callable[[Indexes], Done | None]) -> Callable[[Indexes], Done | None]:
    """One thing after the other; what the last one said."""

    def do(stage: Indexes) -> Done | None:
        return [part(stage) for part in parts][-1]

    return do


def rooted(stage: Indexes) -> None:
    """Mallory's own authority in the place of the pinned one."""
    world = SigstoreWorld("mallory")
    (stage.folder / ROOT).write_bytes(world.trust_root)
    stage.edit(stage.configuration, stage.index.world.digest, world.digest)


def revoked(person: Person, cause: str, *, held: bool = False) -> Callable[[Indexes], None]:
    """The key of somebody is revoked as of now; `held`: but for what the protected branch has."""

    def do(stage: Indexes) -> None:
        key = f'key = "{public(person.word).text}"\n'
        by = f'held-by = "{stage.head("main")}"\n' if held else ""
        stage.edit(stage.configuration, key, f'{key}revoked = "{clock()}"\ncause = "{cause}"\n{by}')

    return do


CHANGES = (
    Change(
        "a source of their own, and a package from it",
        DANA, sourced,
        lock="0",
        check="1 change-unapproved configuration-changed",
        next={CONFIGURATION: approved_by(ADA), REVIEW("acme-core"): approved_by(BEA)},
    ),
    Change(
        "the source is pointed elsewhere: the same name, and another source",
        DANA, pointed,
        lock="0",
        check="1 configuration-changed source-changed",
        next={CONFIGURATION: approved_by(ADA), REVIEW("acme-core"): approved_by(BEA)},
    ),
    Change(
        "the source has another name",
        DANA, renamed,
        lock="0",
        check="1 change-unapproved configuration-changed",
        next={CONFIGURATION: approved_by(ADA), REVIEW("acme-core"): approved_by(BEA)},
    ),
    Change(
        "Mallory points it elsewhere in the lock alone",
        MALLORY, only_the_lock,
        check="1 source-changed",
        next={"holdfast lock": does("holdfast.lock written"), REVIEW("acme-core"): says(0, WAITS_NOT, by=BEA)},
    ),
    Change(
        "two new approvers come, and Ada agrees",
        DANA, configured(CLEO.table + GUS.table),
        check="1 configuration-changed",
        next={CONFIGURATION: approved_by(ADA)},
    ),
    Change(
        "from then on they count",
        DANA, moved("1.1"),
        lock="0",
        check="1 change-unapproved",
        next={REVIEW("tool"): approved_by(CLEO)},
    ),
    Change(
        "tool takes two, one of them for security",
        DANA, configured(RULE.replace("PACKAGE", "pypi:tool") + 'threshold = 2\nrole = "security"\n'),
        check="1 configuration-changed",
        next={CONFIGURATION: approved_by(BEA)},
    ),
    Change(
        "one of two is not enough, and two without the role are not",
        DANA, moved("1.2"),
        lock="0",
        check="1 change-unapproved",
        next={REVIEW("tool"): approved_by(BEA, ADA)},
    ),
    Change(
        "Mallory takes that rule away together with a release: by the base it still takes two",
        MALLORY, both(edited("threshold = 2", "threshold = 1"), moved("1.3")),
        lock="0",
        check="1 change-unapproved configuration-changed",
        next={CONFIGURATION: rejected_by(ADA, "two it is"), REVIEW("tool"): approved_by(BEA, ADA)},
        end="1 configuration-changed", merged=False,
    ),
    Change(
        "Mallory wants only alarms to fail: that itself fails",
        MALLORY, both(edited("independent = true", 'independent = true\nenforce = "alarms"'), moved("1.4")),
        lock="0",
        check="1 change-unapproved configuration-changed",
        next={CONFIGURATION: rejected_by(ADA, "no"), REVIEW("tool"): rejected_by(BEA, "no")},
        end="1 change-rejected configuration-changed", merged=False,
    ),
    Change(
        "the root of trust of signatures is another",
        MALLORY, rooted,
        check="1 configuration-changed",
        next={CONFIGURATION: rejected_by(ADA, "whose root is that")},
        end="1 configuration-changed", merged=False,
    ),
    Change(
        "Cleo leaves: what was approved stays",
        DANA, revoked(CLEO, "retired"),
        check="1 configuration-changed",
        next={CONFIGURATION: approved_by(ADA)},
    ),
    Change(
        "Bea's laptop is stolen: all that she signed is void, also what the approvers of today rest on",
        DANA, revoked(BEA, "compromised"),
        check="1 configuration-changed",
        next={CONFIGURATION: approved_by(ADA, ADA)},
        end="1 approval-uncounted change-unapproved",
        based="1 approval-uncounted change-unapproved configuration-changed", merged=False,
    ),
    Change(
        "all but what the protected branch has: then Ada's word is enough",
        DANA, revoked(BEA, "compromised", held=True),
        check="1 configuration-changed",
        next={CONFIGURATION: approved_by(ADA)},
    ),
    Change(
        "the team adopts it step by step: only alarms fail, the rest is listed",
        DANA, both(edited("independent = true", 'independent = true\nenforce = "alarms"')),
        check="1 configuration-changed",
        next={CONFIGURATION: approved_by(ADA)},
    ),
    Change(
        "then a release waits as a warning",
        DANA, moved("1.5"),
        lock="0",
        check="0 change-unapproved",
        next={REVIEW("tool"): approved_by(GUS, ADA)},
    ),
)  # fmt: skip


def test_who_decides(stage: Indexes) -> None:
    """What decides is itself decided by those who did before."""
    Story(stage).play_all(CHANGES)
