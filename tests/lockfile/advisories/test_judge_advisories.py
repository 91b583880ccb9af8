"""Advisories on a lock as findings: merged, dropped, rated, with path, fix and update; and what is ignored."""

import json
from typing import Any

import pytest

from holdfast.advisories.judge import Judged, judge_advisories
from holdfast.advisories.merge import groups, standing
from holdfast.advisories.select import select
from holdfast.advisories.values import Unjudged
from holdfast.findings.finding import Finding
from holdfast.model.lock import Lock, Pin
from holdfast.model.policy import Ignore
from holdfast.publish.registry.notices import ECOSYSTEM, read_advisory
from tests.support.osv_records import affecting, locked, npm, pin, python, read, record, row

NOW = "2026-11-21T00:00:00Z"
HIGH = [{"type": "CVSS_V3", "score": "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N"}]
LOW = [{"type": "CVSS_V3", "score": "CVSS:3.0/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N"}]
NONE = [{"type": "CVSS_V3", "score": "CVSS:3.0/AV:N/AC:H/PR:N/UI:R/S:U/C:N/I:N/A:N"}]
LOCK = locked(pin("flask", "1.0", "jinja2"), pin("jinja2", "2.10"), needs=("flask",))
JINJA = affecting(
    "GHSA-462w",
    python("jinja2"),
    "ECOSYSTEM",
    "introduced 0",
    "fixed 2.10.1",
    aliases=["CVE-2019-10906"],
    summary="sandbox escape",
    severity=HIGH,
)


def judged(*records: dict[str, Any], lock: Lock = LOCK, ignores: tuple[Ignore, ...] = (), **more: Any) -> Judged:
    return judge_advisories(lock, read(*records), ignores, NOW, **more)


def only(judgement: Judged) -> Finding:
    (finding,) = judgement.findings
    return finding


def codes(judgement: Judged) -> list[tuple[str, str]]:
    return [(finding.code, finding.severity) for finding in judgement.findings]


def test_a_known_flaw_is_told_whole() -> None:
    """The pin, what fixes it, what it is, how bad, by which path it came in, and what to do next."""
    judgement = judged(JINJA, would_fix=lambda pin, fixed: "2.11.3")
    assert only(judgement)._asdict() == {
        "code": "advisory-known",
        "severity": "error",
        "subject": "jinja2 2.10",
        "expected": "a release that GHSA-462w does not affect: 2.10.1",
        "found": "GHSA-462w: sandbox escape",
        "facts": (
            ("also", "CVE-2019-10906"),
            ("severity", "high, 8.6 (CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N)"),
            ("update", "takes 2.11.3, which is not affected"),
        ),
        "path": ("pyproject.toml", "flask 1.0", "jinja2 2.10"),
        "hints": ("holdfast update jinja2",),
        "place": ("holdfast.lock", 0),
    }
    ((name, (hit,)),) = judgement.by_pin
    assert name == hit.pin == "pypi:jinja2 2.10"
    assert (hit.id, hit.aliases, hit.fixed, hit.update, hit.score) == (
        "GHSA-462w",
        ("CVE-2019-10906",),
        ("2.10.1",),
        "2.11.3",
        8.6,
    )


def test_a_lock_that_nothing_affects_has_no_finding() -> None:
    """Other versions, other packages, other ecosystems, and names of which it is only the beginning."""
    others = [
        affecting("A-1", python("jinja2"), "ECOSYSTEM", "introduced 0", "fixed 2.9"),
        affecting("A-2", npm("jinja2"), "SEMVER", "introduced 0"),
        affecting("A-3", python("jinja"), "ECOSYSTEM", "introduced 0"),
        affecting("A-4", {"ecosystem": "holdfast", "name": "jinja2"}, "SEMVER", "introduced 0"),
    ]
    assert judged(*others) == Judged(())


def test_update_is_named_only_where_it_helps() -> None:
    """Not where nothing is chosen, the same, or another version that the group affects; nor where nobody was asked."""
    asked: list[tuple[str, tuple[str, ...]]] = []

    def answering(version: str | None) -> Any:
        def would_fix(pin: Pin, fixed: tuple[str, ...]) -> str | None:
            asked.append((pin.name, fixed))
            return version

        return would_fix

    for version in (None, "", "2.10", "2.10.0.post1", "weird"):
        finding = only(judged(JINJA, would_fix=answering(version)))
        assert finding.hints == ("holdfast why jinja2",)
        assert dict(finding.facts)["update"].startswith("does not help")
    assert set(asked) == {("jinja2", ("2.10.1",))}
    unasked = only(judged(JINJA))
    assert "update" not in dict(unasked.facts)
    assert unasked.hints == ("holdfast why jinja2",)


def test_nobody_asks_for_an_update_that_nothing_fixes() -> None:
    """Without a fixed version the resolver is left alone, and the finding says that none is known."""
    endless = affecting("A-1", python("jinja2"), "ECOSYSTEM", "introduced 0")

    def would_fix(pin: Pin, fixed: tuple[str, ...]) -> str | None:
        raise AssertionError

    assert dict(only(judged(endless, would_fix=would_fix)).facts)["fixed"] == "no later version is known to fix it"


def test_records_of_one_thing_are_one_finding() -> None:
    """Joined by ids and aliases, transitively; not by `related` or `upstream`. What one calls fixed, all must."""
    other = affecting(
        "PYSEC-1", python("Jinja2"), "ECOSYSTEM", "introduced 0", "fixed 2.10.2", aliases=["CVE-2019-10906"]
    )
    apart = affecting(
        "PYSEC-2", python("jinja2"), "ECOSYSTEM", "introduced 0", related=["GHSA-462w"], upstream=["GHSA-462w"]
    )
    judgement = judged(JINJA, other, apart)
    assert [finding.found.partition(":")[0] for finding in judgement.findings] == ["GHSA-462w", "PYSEC-2"]
    ((_, (hit, _)),) = judgement.by_pin
    assert (hit.aliases, hit.fixed) == (("CVE-2019-10906", "PYSEC-1"), ("2.10.2",))


def test_groups_are_found_through_third_records() -> None:
    """A chain of aliases, in any order of the records."""
    chain = [affecting(f"A-{n}", python("x"), "ECOSYSTEM", "introduced 0", aliases=[f"A-{n + 1}"]) for n in range(9)]
    assert len(groups(read(*chain))) == len(groups(read(*reversed(chain)))) == 1
    assert len(groups(read(*chain[::2]))) == 5
    assert len(groups(read(*chain[:3], *chain[4:]))) == 2  # the record that joined the two halves is not there
    assert [group[0].id for group in groups(read(*chain, JINJA))] == ["A-0", "GHSA-462w"]


def test_withdrawn_records_and_older_texts_are_dropped() -> None:
    """The latest text of an id counts, wherever it comes from; a withdrawn one says nothing."""
    withdrawn = {**JINJA, "withdrawn": "2026-02-01T00:00:00Z", "modified": "2026-02-01T00:00:00Z"}
    assert judged(withdrawn) == judged(JINJA, withdrawn) == judged(withdrawn, JINJA) == Judged(())
    again = {**JINJA, "modified": "2026-03-01T00:00:00Z"}
    assert len(judged(withdrawn, again).findings) == 1
    assert [one.modified for one in standing(read(JINJA, again))] == ["2026-03-01T00:00:00Z"]


@pytest.mark.parametrize("malicious", [{"id": "MAL-2026-1"}, {"id": "GHSA-9", "aliases": ["MAL-2026-1"]}])
def test_a_malicious_release_is_an_alarm(malicious: dict[str, Any]) -> None:
    """By its id or an alias, whatever its severity says; its record speaks for the group."""
    judgement = judged({**affecting("x", python("jinja2"), "ECOSYSTEM", "introduced 0", severity=LOW), **malicious})
    assert codes(judgement) == [("advisory-malicious", "alarm")]
    assert judgement.by_pin[0][1][0].malicious
    both = judged(JINJA, {**JINJA, "id": "MAL-2026-2"})
    assert only(both).found.startswith("MAL-2026-2")


@pytest.mark.parametrize(
    ("more", "severity", "word"),
    [
        ({"severity": HIGH}, "error", "high"),
        ({"severity": LOW}, "warning", "low"),
        ({"severity": NONE}, "note", "none"),
        ({}, "error", "unknown"),
        ({"severity": [{"type": "Ubuntu", "score": "low"}]}, "error", "unknown"),
        ({"database_specific": {"severity": "LOW"}}, "warning", "low"),
        ({"database_specific": {"severity": "MODERATE"}, "severity": LOW}, "warning", "low"),
        ({"database_specific": {"severity": "CRITICAL"}}, "error", "critical"),
    ],
)
def test_severity(more: dict[str, Any], severity: str, word: str) -> None:
    """The CVSS score, else the database's word; what nobody rated is not known to be harmless."""
    finding = only(judged(affecting("A-1", python("jinja2"), "ECOSYSTEM", "introduced 0", **more)))
    assert finding.severity == severity
    assert dict(finding.facts)["severity"].startswith(word)


def test_the_worst_rating_of_a_group_counts() -> None:
    """Two databases that disagree; also ratings of the package itself."""
    mild = {**JINJA, "id": "PYSEC-1", "severity": LOW}
    assert dict(only(judged(mild, JINJA)).facts)["severity"].startswith("high, 8.6")
    own = record("A-1", row(python("jinja2"), "ECOSYSTEM", "introduced 0", severity=LOW))
    assert only(judged(own)).severity == "warning"


def test_fixed_versions_are_later_ones_of_every_branch() -> None:
    """Each branch's fix that is later than the pin, lowest first; what another row still affects is none."""
    one = record(
        "A-1",
        row(python("jinja2"), "ECOSYSTEM", "introduced 2.0", "fixed 2.10.1", "introduced 3.0", "fixed 3.0.2"),
        row(python("jinja2"), "ECOSYSTEM", "introduced 0", "fixed 1.9"),
        row(python("jinja2"), "ECOSYSTEM", "introduced 2.10.1", "fixed 2.10.3"),
    )
    assert judged(one).by_pin[0][1][0].fixed == ("2.10.3", "3.0.2")


def test_what_cannot_be_judged_is_told() -> None:
    """A warning with the record and the reason; not where another record of the group has an answer."""
    odd = affecting("A-1", python("jinja2"), "VENDOR", "introduced 0", aliases=["CVE-2019-10906"])
    judgement = judged(odd)
    assert codes(judgement) == [("advisory-unjudged", "warning")]
    assert "A-1" in only(judgement).found
    assert only(judgement).path[-1] == "jinja2 2.10"
    assert judgement.unjudged == (Unjudged("A-1", "pypi:jinja2 2.10", "it has a range of the unknown type 'VENDOR'"),)
    assert codes(judged(odd, JINJA)) == [("advisory-known", "error")]
    ignore = Ignore("A-1", "read it: other system", "2027-01-01T00:00:00Z")
    assert judged(odd, ignores=(ignore,)).findings == ()


def test_what_a_service_claims_and_its_record_does_not_bear_out_is_told() -> None:
    """Neither believed nor passed over; not where the record agrees, nor for what was withdrawn or is not locked."""
    old = affecting("A-1", python("jinja2"), "ECOSYSTEM", "introduced 0", "fixed 2.0")
    away = affecting("A-2", python("other"), "ECOSYSTEM", "introduced 0")
    gone = {**old, "id": "A-3", "withdrawn": "2026-01-01T00:00:00Z"}
    claimed = [("pypi:jinja2 2.10", name) for name in ("A-1", "A-2", "A-3", "A-4", "GHSA-462w")]
    judgement = judged(old, away, gone, JINJA, claimed=[*claimed, ("pypi:none 1.0", "A-1")])
    assert [finding.found.partition(":")[0] for finding in judgement.findings] == ["GHSA-462w", "A-1", "A-2"]
    assert [finding.code for finding in judgement.findings][1:] == ["advisory-unjudged"] * 2


def test_records_that_could_not_be_read_are_told_up_to_a_bound() -> None:
    """The first twenty by name, and how many more."""
    unread = [Unjudged(f"{number:03}.json", "", "expected JSON") for number in range(25)]
    judgement = judged(unread=unread)
    assert len(judgement.findings) == 21
    assert judgement.findings[0].subject == "000.json"
    assert judgement.findings[-1].found == "5 more records that cannot be read"
    assert len(judgement.unjudged) == 25


def test_each_pin_of_a_package_is_judged_for_itself() -> None:
    """Two versions of one name, one of them affected; names of npm are what they are, case and all."""
    lock = locked(pin("a", "1.0.0", source="npm"), pin("a", "2.0.0", source="npm"), pin("A", "1.0.0", source="npm"))
    judgement = judged(affecting("A-1", npm("a"), "SEMVER", "introduced 0", "fixed 2.0.0"), lock=lock)
    assert [name for name, _ in judgement.by_pin] == ["npm:a 1.0.0"]


def test_a_name_of_two_sources_is_told_apart_in_commands() -> None:
    """`holdfast update` takes the source where a name alone would mean two packages; scopes are quoted."""
    lock = locked(pin("x", "1.0.0"), pin("x", "1.0.0", source="npm"), pin("@a/b", "1.0.0", source="npm"))
    found = judged(
        affecting("A-1", npm("x"), "SEMVER", "introduced 0"),
        affecting("A-2", npm("@a/b"), "SEMVER", "introduced 0"),
        lock=lock,
    ).findings
    assert [one.hints[0] for one in found] == ["holdfast why '@a/b'", "holdfast why npm:x"]


def test_modules_have_an_ecosystem_of_their_own() -> None:
    """`holdfast` in a registry's records is that registry's, `holdfast:acme` anywhere is that source's."""
    lock = locked(pin("@acme/guards", "2.1.0", source="acme"), pin("@acme/guards", "2.1.0", source="corp"))

    def of(ecosystem: str, registry: str = "") -> list[str]:
        one = affecting(
            "A-1", {"ecosystem": ecosystem, "name": "@acme/guards"}, "SEMVER", "introduced 0", "fixed 2.2.0"
        )
        return [name for name, _ in judge_advisories(lock, read(one, registry=registry), (), NOW).by_pin]

    assert of("holdfast", "acme") == of("holdfast:acme", "acme") == of("holdfast:acme") == ["acme:@acme/guards 2.1.0"]
    assert of("holdfast:corp", "acme") == of("npm", "acme") == of("holdfast:other") == []
    assert of("holdfast") == ["acme:@acme/guards 2.1.0", "corp:@acme/guards 2.1.0"]


def test_what_a_registry_publishes_can_be_judged() -> None:
    """An advisory that `registry advise` accepts is read and judged as it was written."""
    one = affecting(
        "ACME-1",
        {"ecosystem": ECOSYSTEM, "name": "@acme/guards"},
        "SEMVER",
        "introduced 0",
        "fixed 2.2.0",
        credits=[],
    )
    identifier, text = read_advisory(json.dumps(one).encode())
    found = select([(identifier, text)], frozenset(), registry="acme")
    lock = locked(pin("@acme/guards", "2.1.0", source="acme"))
    judgement = judge_advisories(lock, found.advisories, (), NOW)
    assert [hit.id for _, hits in judgement.by_pin for hit in hits] == ["ACME-1"]


def test_a_registry_speaks_for_its_own_modules_only() -> None:
    """It can neither accuse packages of others nor take back what others say by using their ids."""
    spoken = {**JINJA, "withdrawn": "2027-01-01T00:00:00Z", "modified": "2027-01-01T00:00:00Z"}
    both = (*read(JINJA), *read(spoken, registry="acme"))
    assert len(judge_advisories(LOCK, both, (), NOW).findings) == 1
    assert judge_advisories(LOCK, read(JINJA, registry="acme"), (), NOW).findings == ()


def test_an_ignored_advisory_stays_a_note() -> None:
    """By any of its ids, in any case, for all packages or for those named, before its end."""
    for ignore in (
        Ignore("GHSA-462w", "no templates", "2027-01-01T00:00:00Z"),
        Ignore("cve-2019-10906", "no templates", "2027-01-01T00:00:00Z", packages=("pypi:jinja2",)),
    ):
        judgement = judged(JINJA, ignores=(ignore,))
        assert codes(judgement) == [("advisory-ignored", "note")]
        assert dict(only(judgement).facts)["ignored"] == "no templates"
        assert judgement.by_pin[0][1][0].ignored == "no templates"


def test_an_ignore_that_ends_or_meets_nothing_is_told() -> None:
    """Its date has come, it is for another package, or its advisory affects nothing: the flaw counts."""
    ended = Ignore("GHSA-462w", "x", NOW, line=4)
    assert codes(judged(JINJA, ignores=(ended,))) == [("advisory-known", "error"), ("ignore-expired", "error")]
    elsewhere = Ignore("GHSA-462w", "x", "2027-01-01T00:00:00Z", packages=("pypi:flask",), line=4)
    judgement = judged(JINJA, ignores=(elsewhere,))
    assert codes(judgement) == [("advisory-known", "error"), ("ignore-unused", "warning")]
    assert judgement.findings[1].place == ("holdfast.toml", 4)
    unused = Ignore("A-1", "x", "2027-01-01T00:00:00Z")
    assert codes(judged(ignores=(unused,))) == [("ignore-unused", "warning")]
    assert judged(ignores=(unused,), complete=False).findings == ()


def test_an_ignore_until_fixed_ends_with_a_fix() -> None:
    """Held while no later version fixes it; then the flaw and the end are told, with the version."""
    waiting = Ignore("A-1", "nobody fixed it", until_fixed=True)
    endless = affecting("A-1", python("jinja2"), "ECOSYSTEM", "introduced 0")
    assert codes(judged(endless, ignores=(waiting,))) == [("advisory-ignored", "note")]
    fixed = affecting("A-1", python("jinja2"), "ECOSYSTEM", "introduced 0", "fixed 3.0")
    judgement = judged(fixed, ignores=(waiting,))
    assert codes(judgement) == [("advisory-known", "error"), ("ignore-expired", "error")]
    assert judgement.findings[1].found == "fixed: jinja2 2.10 by 3.0"


def test_a_malicious_release_is_ignored_by_a_date_only_and_stays_a_warning() -> None:
    """`until-fixed` alone does not silence an alarm."""
    alarm = affecting("MAL-1", python("jinja2"), "ECOSYSTEM", "introduced 0")
    found = judged(alarm, ignores=(Ignore("MAL-1", "x", until_fixed=True),))
    assert codes(found) == [("advisory-malicious", "alarm"), ("ignore-unused", "warning")]
    assert found.findings[1].found == "jinja2 2.10 is malicious"
    dated = Ignore("MAL-1", "the record is of a fork", "2027-01-01T00:00:00Z")
    assert codes(judged(alarm, ignores=(dated,))) == [("advisory-ignored", "warning")]


def test_the_order_of_records_changes_nothing() -> None:
    """The same records in any order give the same judgement."""
    records = [JINJA, {**JINJA, "id": "PYSEC-1"}, affecting("A-1", python("flask"), "ECOSYSTEM", "introduced 0")]
    assert judged(*records) == judged(*reversed(records))
