"""What a judgement says: the findings and their words, what waits, and how what is approved came to be."""

from typing import Any

import pytest

from holdfast.approvals.findings_of import argument, restore
from holdfast.approvals.judge import State, judge
from holdfast.findings.codes import CODES
from holdfast.findings.finding import Finding
from holdfast.model.approval import SUFFIX
from holdfast.model.lock import LockedSource, ModuleFacts, Pin
from holdfast.model.pin_digest import approved_pins, pin_digest
from holdfast.trust.approval_files import Acts
from tests.support.approval_histories import NOW, SOON, History, pins
from tests.support.approvals import (
    as_signed,
    baseline,
    make_lock,
    make_pin,
    read_all,
    security,
    signed,
    trail,
)
from tests.support.signing_keys import public

RULES = security("alice", "bob")
KEY, OTHER_KEY = public("release").id, public("other").id


def begun(**policy: Any) -> History:
    """A project with a signed and an unsigned package."""
    story = History(security("alice", "bob", **policy))
    story.begin("alice", "click 1.0@kim", "flask 3.0")
    return story


def one_finding(story: History, *packages: str, **fields: Any) -> Finding:
    """The only finding."""
    (found,) = story.judge(*packages, **fields).findings
    return found


def test_a_finding_says_what_was_approved_by_whom_and_what_is_locked() -> None:
    """Versions, short digests, approvers, the act, the next command, and where."""
    story = begun()
    digest = story.approve("bob", "flask 3.0 -> 3.1")
    found = one_finding(story, "click 1.0@kim", "flask 3.2")
    old, new = [pin_digest(pins("flask", version)[0])[:19] for version in ("3.1", "3.2")]
    assert found.expected == f"3.1 ({old}), approved by bob in {digest[:12]}"
    assert found.found == f"3.2 ({new})"
    assert found.facts == (
        ("class", "version-changed"),
        ("details", "upgraded: 3.1 -> 3.2"),
        ("source", "pypi"),
        ("why", "nobody approved it"),
    )
    assert (found.subject, found.hints) == ("flask 3.2", ("holdfast review flask",))
    assert (found.place.path, found.place.line) == ("holdfast.lock", 0)


def test_a_removed_package_says_what_went() -> None:
    """Its subject is what was approved."""
    found = one_finding(begun(), "click 1.0@kim")
    assert (found.subject, found.found, dict(found.facts)["class"]) == ("flask 3.0", "not locked", "removed")


def test_a_removed_package_that_comes_back_says_so() -> None:
    """Approved is that it is not there."""
    story = begun()
    digest = story.approve("bob", "flask 3.0 -> -")
    found = one_finding(story, "click 1.0@kim", "flask 3.0")
    assert found.expected == f"not locked, approved by bob in {digest[:12]}"


@pytest.mark.parametrize(
    ("word", "code", "severity"),
    [
        ("1.1@kim", "change-unapproved", "error"),
        ("1.0+win@kim", "change-unapproved", "error"),
        ("1.1@joe", "signer-changed", "error"),
        ("1.0!evil@kim", "artifact-changed", "alarm"),
        ("1.1", "signer-lost", "alarm"),
        ("1.1@kim/fork", "signer-impersonated", "alarm"),
    ],
)
def test_grave_classes_have_their_own_codes(word: str, code: str, severity: str) -> None:
    """One finding a package: its gravest class, the others are facts."""
    found = one_finding(begun(), f"click {word}", "flask 3.0")
    assert (found.code, found.severity) == (code, severity)
    assert dict(found.facts)["class"].split(", ")[0] in (code, "version-changed", "artifact-added")


def test_a_state_does_not_hide_a_grave_class() -> None:
    """That it is incomplete, rejected or in conflict is then its reason."""
    story = begun(threshold=2)
    story.approve("bob", "click 1.0@kim -> 1.1@joe")
    found = one_finding(story, "click 1.1@joe", "flask 3.0")
    assert (found.code, dict(found.facts)["why"]) == ("signer-changed", "1 of 2 approvers")
    story = begun()
    story.reject("bob", "click 1.0@kim -> 1.1@joe", reason="who is joe")
    found = one_finding(story, "click 1.1@joe", "flask 3.0")
    assert (found.code, dict(found.facts)["why"]) == ("signer-changed", "rejected by bob: who is joe")


def test_enforcing_alarms_only_lists_the_rest() -> None:
    """Other changes are warnings; alarms, rejections and the configuration still fail."""
    story = begun(enforce="alarms")
    for word in ("1.1@kim", "1.1@joe"):
        found = one_finding(story, f"click {word}", "flask 3.0")
        assert found.severity == "warning"
    assert len(story.judge("click 1.1@kim", "flask 3.0").waiting) == 1
    assert one_finding(story, "click 1.1", "flask 3.0").severity == "alarm"
    story.reject("bob", "click 1.0@kim -> 1.1@joe", "flask 3.0 -> 3.1")
    findings = story.judge("click 1.1@joe", "flask 3.1").findings
    assert [(one.code, one.severity) for one in findings] == [("signer-changed", "error"), ("change-rejected", "error")]
    assert not story.passes("click 1.0@kim", "flask 3.0", rules=security("alice", enforce="alarms"))


def test_enforcing_alarms_only_fails_for_an_exception_that_ended() -> None:
    """It is the alarm that is no longer accepted."""
    story = begun(enforce="alarms")
    story.approve("alice bob", "click 1.0@kim -> 1.1", expires=SOON)
    assert story.passes("click 1.1", "flask 3.0")
    assert not story.passes("click 1.1", "flask 3.0", now=SOON)


def test_an_unapproved_mode_is_not_a_mode() -> None:
    """Without an approved configuration every change fails."""
    story = History(security("alice", enforce="alarms"))
    assert [one.severity for one in story.judge("click 1.0").findings] == ["error", "error"]


MODULE = ModuleFacts("sha256:" + "1" * 64, False, ("network:api.acme.example",), (OTHER_KEY,), 2)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (MODULE._replace(privileged=True), "module-privileged"),
        (MODULE._replace(permissions=("network:*",)), "permissions-widened"),
        (MODULE._replace(threshold=1), "threshold-lowered"),
        (MODULE._replace(vetted=()), "vetting-changed"),
        (MODULE._replace(tree="sha256:" + "2" * 64), "artifact-changed"),
        (MODULE._replace(permissions=()), "change-unapproved"),
    ],
)
def test_what_a_module_may_do_is_part_of_its_pin(facts: ModuleFacts, code: str) -> None:
    """Each fact of a module that differs is found, also where its class asks nobody by itself."""
    old, new = [make_lock(_module(one)) for one in (MODULE, facts)]
    acts = Acts((as_signed(baseline(old, RULES), "alice"),))
    (found,) = judge(State(new, RULES, acts, {}), None, NOW).findings
    assert (found.code, found.subject) == (code, "@acme/guards 2.1.0")
    assert found.hints == ("holdfast review '@acme/guards'",)


def _module(facts: ModuleFacts) -> Pin:
    return make_pin("@acme/guards", "2.1.0", source="acme", signers=(KEY,), module=facts)


def test_another_source_of_the_same_name_is_found() -> None:
    """What a source is counts, not what it is called."""
    old, new = [
        make_lock(make_pin("click", source="internal"), sources=(LockedSource("internal", "pypi", identity),))
        for identity in ("https://a.example/simple/", "https://b.example/simple/")
    ]
    acts = Acts((as_signed(baseline(old, RULES), "alice"),))
    (found,) = judge(State(new, RULES, acts, {}), None, NOW).findings
    assert (found.code, found.severity) == ("source-changed", "error")


def test_waiting_says_what_an_approval_has_to_repeat() -> None:
    """What it follows, what it begins with, what it ends with, and the classes that need somebody."""
    story = begun()
    (waiting,) = story.judge("click 1.1@joe", "flask 3.0").waiting
    assert waiting.follows == (story.acts[0].digest,)
    assert waiting.before == tuple(pin_digest(one) for one in pins("click", "1.0@kim"))
    assert waiting.before_pins == pins("click", "1.0@kim")
    assert waiting.after == pins("click", "1.1@joe")
    assert [one.kind for one in waiting.changes] == ["signer-changed", "version-changed"]
    assert (waiting.needed, waiting.have, waiting.role, waiting.joins) == (1, (), "", ())
    story.approve("bob", "click 1.0@kim -> 1.1@joe", follows=waiting.follows)
    assert story.codes("click 1.1@joe", "flask 3.0") == []


def test_pins_that_two_heads_share_are_said_once() -> None:
    """What is to be settled begins with the union of their pins."""
    story = begun()
    start = story.at["flask", "3.0"]
    story.approve("alice", "flask 3.0 -> 3.0,4.0", follows=(start,))
    story.approve("bob", "flask 3.0 -> 3.0,4.1", follows=(start,))
    (waiting,) = story.judge("click 1.0@kim").waiting
    assert [one.pin.version for one in waiting.before_pins] == ["3.0", "4.0", "4.1"]
    assert tuple(sorted(pin_digest(one) for one in waiting.before_pins)) == waiting.before


def test_standings_say_how_by_whom_and_when() -> None:
    """Of a reviewed package the acts of its last step, and the latest date."""
    story = begun()
    first = story.approve("alice", "flask 3.0 -> 3.1", date="2026-11-18T00:00:00Z")
    second = story.approve("bob", "flask 3.0 -> 3.1", date="2026-11-19T00:00:00Z", follows=(story.acts[0].digest,))
    standings = story.judge("click 1.0@kim", "flask 3.1").standings
    assert standings["pypi", "flask"][2:6] == (
        "reviewed",
        ("alice", "bob"),
        tuple(sorted((first, second))),
        "2026-11-19T00:00:00Z",
    )
    assert standings["pypi", "click"].how == "baseline"
    assert not story.judge("click 1.0@kim", "flask 3.2").standings.keys() - {("pypi", "click")}


def test_files_are_judged_as_they_were_read() -> None:
    """Really signed files, one of them of other bytes than its name says."""
    lock = make_lock(make_pin("click"))
    files = trail(signed(baseline(lock, RULES), "alice"))
    state = State(lock, RULES, read_all(files, RULES), files)
    assert judge(state, None, NOW).findings == ()
    (name,) = files
    spoilt = {**files, "0" * 64 + SUFFIX: files[name]}
    (found,) = judge(State(lock, RULES, read_all(spoilt, RULES), spoilt), None, NOW).findings
    assert (found.code, found.severity, found.subject) == ("approval-broken", "error", "0" * 64 + SUFFIX)
    assert found.place.path == f".holdfast/approvals/{'0' * 64}.json"


def test_the_order_of_acts_and_of_pins_says_nothing() -> None:
    """The same history in any order is the same judgement."""
    story = begun()
    story.approve("alice", "flask 3.0 -> 3.1")
    story.approve("bob", "flask 3.1 -> 3.2")
    story.approve("mallory", "click 1.0@kim -> 1.1@kim")
    state = story.state("click 1.1@kim", "flask 3.2")
    turned = state._replace(acts=Acts(tuple(reversed(state.acts.acts))))
    assert judge(turned, None, NOW) == judge(state, None, NOW)
    assert approved_pins(state.lock)


def test_every_code_that_is_said_is_documented() -> None:
    """Hints are commands that a shell takes as they stand."""
    assert {"approval-incomplete", "project-changed", "baseline-second"} <= CODES.keys()
    assert argument("@acme/guards") == "'@acme/guards'"
    assert argument("a b") == "'a b'"
    assert restore("", ["x y"]) == "git checkout HEAD -- 'x y'"
