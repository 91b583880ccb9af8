"""`check` and the policy: judged with the head's configuration, by what approvals recorded, without a network."""

from pathlib import Path

from holdfast.model.approval import Seen
from holdfast.model.policy import Policy
from holdfast.workflows.check import is_silent
from holdfast.workflows.check_approvals import judges
from tests.support import approvals
from tests.support.approved_project import ApprovedProject

AGED = '[T.policy]\nminimum-release-age = "7 days"\nlicenses = ["MIT"]\n'


def test_limits_hold_without_any_approval(tmp_path: Path) -> None:
    """A policy of its own is judged where nobody approves anything."""
    project = ApprovedProject(tmp_path, policy="\n[T.policy]\nmax-packages = 1\nmax-depth = 1\n")
    done = project.run("check")
    assert done.code == 1
    assert "error[policy-count]" in done.out
    assert "error[policy-depth]: click 8.1.8" in done.out
    base = project.commit()
    assert project.run("check", "--base", base).out == done.out


def test_age_and_licence_are_judged_by_what_was_recorded(tmp_path: Path) -> None:
    """Of what somebody approved; the baseline is not judged, since nobody looked."""
    project = ApprovedProject(tmp_path, "alice", policy=AGED)
    assert project.run("check").code == 0
    project.move("click", "8.2.0")
    lock = project.approved
    young = Seen((), (), "2026-11-19T12:00:00Z", "GPL-3.0-only")
    change = approvals.change("click", lock, project.state, follows=[project.follows[("pypi", "click")]], seen=young)
    path = project.add(approvals.signed(approvals.approval(project.rules, change), "alice"))
    done = project.run("check")
    assert done.code == 1
    assert "error[policy-age]: click 8.2.0" in done.out
    assert "error[policy-license]: click 8.2.0" in done.out
    assert "all approved" in done.out
    path.unlink()
    project.approve("click", "alice")
    assert project.run("check").code == 0


def test_denied_capabilities_that_nobody_recorded_are_told(tmp_path: Path) -> None:
    """Without approvals, by a baseline, by a record without places, while a change waits; not once all is recorded."""
    policy = '\n[T.policy]\ndeny-capabilities = ["network"]\n'
    plain = ApprovedProject(tmp_path / "plain", policy=policy)
    done = plain.run("check")
    assert done.code == 0
    assert "warning[capability-unknown]: holdfast.lock\n" in done.out
    assert "found: not known of 2 of 2 packages: click 8.1.8, flask 3.0.0\n" in done.out
    assert done.out.count("next: ") == 1
    assert "next: holdfast audit --fetch\n" in done.out
    assert (
        "capability"
        not in ApprovedProject(tmp_path / "silent", policy="\n[T.policy]\nmax-depth = 9\n").run("check").out
    )
    project = ApprovedProject(tmp_path / "approved", "alice", policy=policy)
    assert "not known of 2 of 2 packages" in project.run("check").out
    project.move("click", "8.2.0")
    done = project.run("check")
    assert "not known of 2 of 2 packages" in done.out
    assert "next: holdfast review\n" in done.out
    lock, follows = project.approved, [project.follows[("pypi", "click")]]
    for places, count in ((None, 2), ((("filesystem-write", "click/x.py:1 via open"),), 1)):
        seen = Seen((), ("filesystem-write",), places=places)
        change = approvals.change("click", lock, project.state, follows=follows, seen=seen)
        path = project.add(approvals.signed(approvals.approval(project.rules, change), "alice"))
        assert f"not known of {count} of 2 packages" in project.run("check").out
        path.unlink()


def test_a_policy_that_gets_looser_in_the_change_waits(tmp_path: Path) -> None:
    """The head's policy is what is judged, and that it is another than the base's has to be approved."""
    project = ApprovedProject(tmp_path, "alice", policy="[T.policy]\nmax-packages = 1\n")
    base = project.commit()
    assert "policy-count" in project.run("check", "--base", base).out
    text = project.configuration.read_text()
    project.configuration.write_text(text.replace("max-packages = 1", "max-packages = 2"))
    done = project.run("check", "--base", base)
    assert done.code == 1
    assert "policy-count" not in done.out
    assert "configuration-changed" in done.out


def test_which_policies_are_judged() -> None:
    """What chains are judged by is not the policy room's; what may be privileged and signed is judged with modules."""
    plain = Policy(privileged=("@a/b",), require_signatures=("pypi:*",))
    assert is_silent(Policy())
    assert is_silent(plain)
    of_chains = plain._replace(enforce="alarms", threshold=2, role="x", independent=True)
    assert not is_silent(of_chains)
    assert not judges(of_chains)
    assert judges(Policy(max_depth=3))
    assert judges(Policy(minimum_age=1))
