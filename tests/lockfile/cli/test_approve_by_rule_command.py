"""`approve --by-rule`: a key of the role rule signs what a rule of the policy describes exactly, and nothing else."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.approving import ApprovingProject, Person, approving
from tests.support.index_server import IndexServer, serving
from tests.support.packages import File, read_releases, wheel
from tests.support.signing_keys import public

OLD = "2024-05-01T10:00:00Z"
RULE = """
[[{holdfast}.policy.rule]]
package = "pypi:*"
approve = ["version-changed"]
minimum-release-age = "7 days"
reason = "a week old, by the same publisher"
until = "2099-01-01"
"""


@pytest.fixture
def index() -> Iterator[IndexServer]:
    """An index with three packages."""
    with serving(read_releases("click 8.1.7\nflask 3.0.0\nattrs 23.1\n")) as server:
        yield server


def ruled(folder: Path, index: IndexServer, *files: File, rules: str = RULE) -> ApprovingProject:
    """A project of ann and a rule's key, in which new files wait; its rules are in force."""
    project = approving(folder, index, ["click", "flask"], "ann", Person("ci", "rule"))
    index.add(*files)
    project.must("update", "--refresh", "--accept-changed", "flask")
    project.configure(rules)
    project.must("approve", "--configuration", "--reason", "rules", *project.key("ann"))
    return project


def yesterday() -> str:
    """When something was uploaded that is too young."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 86_400))


def test_what_the_rule_describes_is_approved(tmp_path: Path, index: IndexServer) -> None:
    """One act of the rule, with the facts it saw; the young release and the new package are left, with the reason."""
    new = wheel("click", "8.1.8", uploaded=OLD), wheel("flask", "3.0.1", ["attrs"], uploaded=yesterday())
    project = ruled(tmp_path, index, *new)
    before = project.files()
    done = project.must("approve", "--by-rule", *project.key("ci"))
    assert "approving as ci (rule):\n  click 8.1.7 -> 8.1.8" in done.out
    assert "left for people: attrs 23.1, new: the rule does not approve new-package\n" in done.out
    assert "left for people: flask 3.0.0 -> 3.0.1: released 24 hours ago, and the rule asks for 7 days\n" in done.out
    assert "click: approved\n2 packages still wait: `holdfast review`\n" in done.out
    act = project.newest(before).act
    assert (act.reviewer, act.role, act.reason) == ("ci", "rule", "a week old, by the same publisher")
    assert act.rule is not None
    facts = dict(act.rule.facts)
    assert act.rule.classes == ("version-changed",)
    assert facts["pypi:click released"] == OLD
    assert facts["pypi:click age"].endswith(" days")
    assert facts["pypi:click signers"] == "unsigned"
    assert [one.name for one in act.packages] == ["click"]


def test_one_act_for_each_rule(tmp_path: Path, index: IndexServer) -> None:
    """Two rules describe two packages: two acts, each with its own reason; nothing is left, and `check` holds."""
    first = RULE.replace("pypi:*", "pypi:click").replace("a week old, by the same publisher", "ours")
    new = wheel("click", "8.1.8", uploaded=OLD), wheel("flask", "3.0.1", uploaded=OLD)
    project = ruled(tmp_path, index, *new, rules=first + RULE)
    project.must("approve", "--by-rule", *project.key("ci"))
    reasons = {one.act.reason: [each.name for each in one.act.packages] for one in project.acts().acts}
    assert reasons["ours"] == ["click"]
    assert reasons["a week old, by the same publisher"] == ["flask"]
    assert project.run("check").code == 0


def test_other_bytes_stop_it(tmp_path: Path, index: IndexServer) -> None:
    """What a rule approves is proved like anything else."""
    project = ruled(tmp_path, index, wheel("click", "8.1.8", uploaded=OLD))
    index.add(wheel("click", "8.1.8", uploaded=OLD, salt="evil"))
    before = project.files()
    done = project.run("approve", "--by-rule", *project.key("ci"))
    assert done.code == 1
    assert "artifact-changed" in done.out
    assert project.files() == before


def test_an_alarm_is_left_for_people(tmp_path: Path, index: IndexServer) -> None:
    """Other bytes under the same version: nothing is even fetched."""
    project = ruled(tmp_path, index, wheel("flask", "3.0.0", uploaded=OLD, salt="rebuilt"))
    index.asked.clear()
    before = project.files()
    done = project.must("approve", "--by-rule", *project.key("ci"))
    assert "left for people: flask 3.0.0: an alarm is never approved by rule\n" in done.out
    assert "nothing was signed" in done.out
    assert not index.asked
    assert project.files() == before


def test_a_release_without_a_date_is_left_for_people(tmp_path: Path, index: IndexServer) -> None:
    """An index that tells no upload time leaves the age open."""
    project = ruled(tmp_path, index, wheel("click", "8.1.8"))
    done = project.must("approve", "--by-rule", *project.key("ci"))
    assert "click 8.1.7 -> 8.1.8: the registry does not say when it was released\n" in done.out


@pytest.mark.parametrize(("name", "words"), [("ann", ["--by-rule"]), ("ci", ["--all", "--reason", "x"])])
def test_people_and_rules_do_not_change_places(tmp_path: Path, index: IndexServer, name: str, words: list[str]) -> None:
    """A person's key signs for no rule, and a rule's key for no person."""
    project = ruled(tmp_path, index, wheel("click", "8.1.8", uploaded=OLD))
    before = project.files()
    done = project.run("approve", *words, *project.key(name))
    assert done.code == 2
    assert "--by-rule" in done.err
    assert project.files() == before


def test_a_rule_is_one_approver(tmp_path: Path, index: IndexServer) -> None:
    """Where two are needed its approval is one of them; a second run adds nothing."""
    two = RULE + '\n[[{holdfast}.policy.rule]]\npackage = "pypi:click"\nthreshold = 2\nreason = "both"\n'
    project = approving(tmp_path, index, ["click", "flask"], "ann", "bob", Person("ci", "rule"))
    index.add(wheel("click", "8.1.8", uploaded=OLD))
    project.must("update", "--refresh")
    project.configure(two)
    project.must("approve", "--configuration", "--reason", "rules", *project.key("ann"))
    done = project.must("approve", "--by-rule", *project.key("ci"))
    assert "click: 1 of 2 approvers (ci); waits for another\n" in done.out
    before = project.files()
    assert "click: 1 of 2 approvers (ci)" in project.must("approve", "--by-rule", *project.key("ci")).out
    assert project.files() == before
    assert "click: approved" in project.must("approve", "click", "--reason", "fine", *project.key("bob")).out
    assert project.run("check").code == 0


def test_names_choose(tmp_path: Path, index: IndexServer) -> None:
    """Only what is named is approved by rule."""
    project = ruled(tmp_path, index, wheel("click", "8.1.8", uploaded=OLD), wheel("flask", "3.0.1", uploaded=OLD))
    before = project.files()
    project.must("approve", "flask", "--by-rule", *project.key("ci"))
    assert [one.name for one in project.newest(before).act.packages] == ["flask"]


def test_a_rule_that_nobody_approved_describes_nothing(tmp_path: Path, index: IndexServer) -> None:
    """A rule that the change brings along is none of the configuration in force."""
    project = approving(tmp_path, index, ["click", "flask"], "ann", Person("ci", "rule"))
    index.add(wheel("click", "8.1.8", uploaded=OLD))
    project.must("update", "--refresh")
    project.configure(RULE)
    before = project.files()
    done = project.must("approve", "--by-rule", *project.key("ci"))
    assert "no rule is about it" in done.out
    assert "left for people: the security configuration" in done.out
    assert project.files() == before
    assert public("ci").id not in {key for one in project.acts().acts for key in one.keys}


def test_a_rule_without_new_capabilities_leaves_what_gains_one_to_people(tmp_path: Path, index: IndexServer) -> None:
    """Nobody looked at a baseline, so people approve first; then the rule takes what gains nothing."""
    net = {"click/net.py": "import socket\nsocket.create_connection(('a.example', 1))\n"}
    first = wheel("click", "8.1.8", uploaded=OLD), wheel("flask", "3.0.1", uploaded=OLD)
    rules = RULE.replace("minimum-release-age", "no-new-capabilities = true\nminimum-release-age")
    project = ruled(tmp_path, index, *first, rules=rules)
    done = project.must("approve", "--by-rule", *project.key("ci"))
    why = "no approval recorded all that the code before could do, and the rule asks that none is gained"
    assert f"left for people: click 8.1.7 -> 8.1.8: {why}\n" in done.out
    project.must("approve", "--all", "--reason", "read", *project.key("ann"))
    index.add(wheel("click", "8.1.9", code=net, uploaded=OLD), wheel("flask", "3.0.2", uploaded=OLD))
    project.must("update", "--refresh")
    done = project.must("approve", "--by-rule", *project.key("ci"))
    assert "flask: approved\n" in done.out
    why = "it gains network, and the rule asks that no capability is gained"
    assert f"left for people: click 8.1.8 -> 8.1.9: {why}\n" in done.out
    project.must("approve", "click", "--reason", "it may", *project.key("ann"))
    index.add(wheel("click", "8.1.10", code=net, uploaded=OLD))
    project.must("update", "--refresh")
    assert "click: approved\n" in project.must("approve", "--by-rule", *project.key("ci")).out
    assert project.run("check").code == 0
