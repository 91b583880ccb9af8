"""A whole audit: what it says of packages, signers, edges and the whole, and which findings it comes to."""

import random

import pytest

from holdfast.findings.audit_codes import AUDIT_CODES
from holdfast.findings.code import Code
from holdfast.findings.codes import CODES
from holdfast.findings.finding import SEVERITIES, Finding
from holdfast.model.audit import Audit, Edge, PackageRisk, SignerRisk
from holdfast.model.lock import Input, Lock, ModuleFacts, Pin, PinnedArtifact, Scope
from holdfast.model.scan import Evidence, Imported, Scan, Unread
from holdfast.risk.assess import assess
from holdfast.risk.facts import Deviation, Known, KnownAdvisory, Limits, ReleaseState
from holdfast_resolver.values.requirements import Requirement
from tests.support.lock_scenarios import read_lock

NOW = "2026-11-21T12:00:00Z"
LOCK = read_lock(
    "wish web>=2\n"
    "wish reqeusts (group test)\n"
    "web 2.0 | signers github:1/publish.yml\n"
    "    dates\n"
    "    chardet\n"
    "dates 3.2 | files dates-3.2-py3-none-any.whl dates-3.2.tar.gz\n"
    "    six\n"
    "chardet 5.0 | signers github:1/publish.yml\n"
    "six 1.17 | signers github:1/publish.yml\n"
    "reqeusts 2.32\n"
)
SCANS = {
    "pypi:web 2.0": Scan(
        imports=(Imported("dates.core", "web/app.py", 4, "import"), Imported("six", "web/compat.py", 3, "import")),
        provides=("web",),
        files=31,
        licence="MIT",
    ),
    "pypi:dates 3.2": Scan(
        (
            Evidence("encoded-payload", "python-payload", "dates/core.py", 9, "exec of base64", "import"),
            Evidence("environment", "python-environ", "dates/core.py", 7, "os.environ", "import"),
            Evidence("network", "python-socket", "dates/core.py", 8, "socket.create_connection", "import"),
        ),
        (Imported("six.moves", "dates/core.py", 1, "import"),),
        ("dates",),
        (Unread("dates/old.py", "Python 2"),),
        14,
    ),
    "pypi:chardet 5.0": Scan(provides=("chardet",), files=2),
    "pypi:six 1.17": Scan(provides=("six",), files=1, licence="MIT"),
}
KNOWN = Known(
    advisories={"pypi:six 1.17": (KnownAdvisory("GHSA-1", "high"), KnownAdvisory("GHSA-2"))},
    releases={
        "pypi:dates 3.2": ReleaseState(released="2026-11-19T08:00:00Z", elsewhere=("internal",)),
        "pypi:six 1.17": ReleaseState(yanked="broken", newest="2019-01-01T00:00:00Z", deprecated="use none"),
    },
    archives={
        "pypi:dates 3.2": (
            Deviation("dates-3.2-py3-none-any.whl", "dates-3.2.tar.gz", ("dates/core.py",)),
            Deviation("dates-3.2-py2-none-any.whl", "dates-3.2.tar.gz"),
        )
    },
    standings={"pypi:web 2.0": "reviewed"},
    severities={"python-payload": "high"},
    asked=("advisories: offline",),
    advisories_age="2026-11-20T00:00:00Z",
)


def audit() -> Audit:
    """The audit of the project above."""
    return assess(LOCK, SCANS, KNOWN, Limits(max_depth=2, max_packages=3), now=NOW)


def row_of(name: str) -> PackageRisk:
    """What is said of one package."""
    return next(row for row in audit().packages if row.name == name)


def test_a_package_has_its_place_in_the_graph() -> None:
    """Depth, path, dependents, shares, what it brings in, how it is signed and what it inherits."""
    dates = row_of("dates")
    assert (dates.depth, dates.path) == (2, ("pypi:web 2.0", "pypi:dates 3.2"))
    assert (dates.dependents, dates.blast, dates.install_blast, dates.dominates) == (1, 0.4, 0.0, 1)
    assert (dates.trust, dates.signers, dates.standing) == ("unsigned", (), "")
    assert dates.only_path
    assert (dates.dominator, row_of("web").dominator) == ("pypi:web 2.0", "")
    web = row_of("web")
    assert (web.trust, web.standing, web.licence, web.dominates) == ("publisher", "reviewed", "MIT", 3)
    assert (web.inherited, web.inherited_path) == ("unsigned", ("pypi:web 2.0", "pypi:dates 3.2"))
    assert row_of("six").inherited_path == ()


def test_a_package_has_what_its_code_can_do_and_what_is_known_of_it() -> None:
    """Capabilities in the order of their table, ids of advisories, when it was released."""
    assert row_of("dates").capabilities == ("network", "environment", "encoded-payload")
    assert row_of("dates").released == "2026-11-19T08:00:00Z"
    assert row_of("six").advisories == ("GHSA-1", "GHSA-2")
    assert row_of("reqeusts").capabilities == ()


def test_every_score_is_taken_apart() -> None:
    """Each point of a package has a row with the evidence."""
    dates = row_of("dates")
    assert [(row.signal, row.points, row.reason) for row in dates.rows] == [
        ("archive-differs", 20, "dates-3.2-py3-none-any.whl: dates/core.py, not as in dates-3.2.tar.gz"),
        ("encoded-payload", 15, "dates/core.py:9 exec of base64"),
        ("unread-code", 2, "dates/old.py: Python 2"),
        ("runs-at-import", 4, "network at import: dates/core.py:8 socket.create_connection"),
        ("network", 2, "dates/core.py:8 socket.create_connection"),
        ("environment", 1, "dates/core.py:7 os.environ"),
        ("unsigned", 4, "dates-3.2-py3-none-any.whl, +1 more"),
        ("name-elsewhere", 10, "also in internal"),
        ("very-new", 5, "released 2026-11-19, 2 days ago"),
        ("reach", 4, "40% of the packages run its code"),
    ]
    assert dates.score == 67
    assert [(row.signal, row.points) for row in row_of("six").rows] == [
        ("advisory-high", 20),
        ("advisory-medium", 10),
        ("yanked", 10),
        ("deprecated", 5),
        ("unmaintained", 4),
    ]


def test_the_whole_is_taken_apart_too() -> None:
    """Figures, and the rows of its score."""
    whole = audit().whole
    assert (whole.packages, whole.edges, whole.direct, whole.depth, whole.unsigned, whole.signers) == (5, 5, 2, 3, 2, 1)
    assert (whole.concentration, whole.cycles) == (0.6, ())
    assert [(row.signal, row.points, row.reason) for row in whole.rows] == [
        ("advised-packages", 8, "pypi:six 1.17"),
        ("worst-package", 60, "pypi:dates 3.2"),
        ("risky-packages", 8, "pypi:dates 3.2; pypi:six 1.17"),
        ("look-alikes", 10, "pypi:reqeusts 2.32: requests: two neighbours swapped"),
        ("unsigned-share", 8, "2 of 5 packages"),
        ("concentration", 6, "github:1/publish.yml: 60% of the packages"),
        ("too-deep", 2, "3 steps, at most 2"),
        ("too-many", 5, "5 packages, at most 3"),
    ]
    assert whole.score == sum(row.points for row in whole.rows)


def test_signers_edges_and_what_was_asked() -> None:
    """The one signer's share; which edges are imported; what nobody looked at."""
    found = audit()
    assert found.signers == (SignerRisk("github:1/publish.yml", 3, 0.8, 0.0, ()),)
    assert found.edges == (
        Edge("", "pypi:reqeusts 2.32"),
        Edge("", "pypi:web 2.0"),
        Edge("pypi:dates 3.2", "pypi:six 1.17", True),
        Edge("pypi:web 2.0", "pypi:chardet 5.0", False),
        Edge("pypi:web 2.0", "pypi:dates 3.2", True),
    )
    assert found.asked == ("advisories: offline", "the code of 1 of 5 packages was not looked at")
    assert found.advisories_age == "2026-11-20T00:00:00Z"


def test_each_thing_that_deserves_a_word_is_a_finding() -> None:
    """With path, place in the artifact, and the command that comes next."""
    found = {(one.code, one.subject): one for one in audit().findings}
    assert sorted(found) == [
        ("archive-differs", "dates 3.2"),
        ("code-unread", "dates 3.2"),
        ("dependency-unused", "web 2.0"),
        ("import-undeclared", "web 2.0"),
        ("name-alike", "reqeusts 2.32"),
        ("name-elsewhere", "dates 3.2"),
        ("payload-encoded", "dates 3.2"),
        ("pin-yanked", "six 1.17"),
        ("release-deprecated", "six 1.17"),
        ("release-new", "dates 3.2"),
        ("release-old", "six 1.17"),
    ]
    assert found["payload-encoded", "dates 3.2"] == Finding(
        "payload-encoded",
        "warning",
        "dates 3.2",
        "code that can be read",
        "dates/core.py:9 exec of base64",
        (),
        ("pyproject.toml", "web 2.0", "dates 3.2"),
        ("holdfast audit --explain dates",),
    )
    assert found["code-unread", "dates 3.2"].found == "1 of 14 files: dates/old.py: Python 2"
    undeclared = found["import-undeclared", "web 2.0"]
    assert (undeclared.expected, undeclared.found) == ("a requirement for six", "web/compat.py:3 imports six")
    assert found["dependency-unused", "web 2.0"].hints == ("holdfast why chardet",)
    assert found["name-alike", "reqeusts 2.32"].path == ("pyproject.toml (group test)", "reqeusts 2.32")
    assert {one.severity for one in audit().findings} == {"note", "warning"}
    assert list(audit().findings) == sorted(audit().findings)


def test_hiding_that_a_lesser_rule_saw_is_no_finding() -> None:
    """It stays a row of the score."""
    known = KNOWN._replace(severities={"python-payload": "medium"})
    found = assess(LOCK, SCANS, known, now=NOW)
    assert "payload-encoded" not in {one.code for one in found.findings}
    assert "encoded-payload" in {row.signal for package in found.packages for row in package.rows}


def test_findings_of_others_stand_among_them() -> None:
    """Of advisories and of policy, in the one order."""
    other = Finding("advisory-x", "error", "six 1.17")
    found = assess(LOCK, SCANS, KNOWN._replace(findings=(other,)), now=NOW).findings
    assert found[0] == other


def test_malware_outweighs_everything() -> None:
    """One advisory of malice, and the score is beyond what all else could do to this package."""
    known = Known(advisories={"pypi:six 1.17": (KnownAdvisory("MAL-2026-1", "", True),)})
    found = assess(LOCK, {}, known, now=NOW)
    assert found.whole.rows[0].signal == "malware"
    assert found.whole.rows[0].reason == "pypi:six 1.17: MAL-2026-1"
    assert max(found.packages, key=lambda package: package.score).name == "six"


def test_the_same_facts_give_the_same_audit_in_any_order() -> None:
    """Mappings, evidence and advisories may come in any order."""
    dice = random.Random(3)

    def shuffled(mapping: dict[str, Scan]) -> dict[str, Scan]:
        keys = list(mapping)
        dice.shuffle(keys)
        return {key: mapping[key] for key in keys}

    six = tuple(reversed(KNOWN.advisories["pypi:six 1.17"]))
    archives = {"pypi:dates 3.2": tuple(reversed(KNOWN.archives["pypi:dates 3.2"]))}
    known = KNOWN._replace(advisories={"pypi:six 1.17": six}, archives=archives)
    limits = Limits(max_depth=2, max_packages=3)
    assert all(assess(LOCK, shuffled(SCANS), known, limits, now=NOW) == audit() for _ in range(5))


def test_an_empty_lock_has_an_empty_audit() -> None:
    """No packages, no score, nothing to ask."""
    found = assess(Lock(Scope("", "highest", "if-necessary", ()), (), ()), {}, now=NOW)
    assert found.whole.packages == found.whole.score == found.whole.depth == 0
    assert (found.packages, found.findings, found.asked) == ((), (), ())


def test_a_cycle_is_named_and_a_package_that_nothing_leads_to_has_no_depth() -> None:
    """A lock merged by hand is still measured."""
    lock = read_lock("wish a\na 1.0\n    b\nb 1.0\n    a\nlost 1.0\n")
    found = assess(lock, {}, now=NOW)
    assert found.whole.cycles == (("pypi:a 1.0", "pypi:b 1.0"),)
    lost = next(package for package in found.packages if package.name == "lost")
    assert (lost.depth, lost.path, lost.dominates, lost.only_path) == (0, (), 0, False)


def test_a_privileged_module_that_depends_on_grave_code_is_a_finding() -> None:
    """Named with the path from the module; a capability that is not grave is none."""
    guards = Pin(
        "acme",
        "@acme/guards",
        "2.1.0",
        artifacts=(PinnedArtifact("guards.tar.gz", "sha256:00"),),
        module=ModuleFacts("sha256:00", privileged=True),
        dependencies=((Requirement("acme", "@acme/report", range="^1"), ""),),
    )
    report = Pin("acme", "@acme/report", "1.4.0", module=ModuleFacts("sha256:00"))
    wish = Input("holdfast.toml", "module", "", (Requirement("acme", "@acme/guards", range="^2"),))
    scan = Scan(
        (
            Evidence("filesystem-write", "r", "a.py", 2, "open"),
            Evidence("network", "r", "a.py", 1, "socket"),
            Evidence("subprocess", "r", "a.py", 3, "os.system"),
        ),
        files=1,
    )
    lock = Lock(Scope("", "highest", "if-necessary", ()), (wish,), (guards, report))
    found = assess(lock, {"acme:@acme/report 1.4.0": scan}, now=NOW)
    (finding,) = [one for one in found.findings if one.code == "capability-privileged"]
    assert (finding.subject, finding.found) == ("@acme/guards 2.1.0", "network, subprocess: @acme/report 1.4.0")
    assert finding.facts == (("source", "acme"),)
    assert (finding.path, finding.hints) == (
        ("@acme/guards 2.1.0", "@acme/report 1.4.0"),
        ("holdfast why '@acme/report'",),
    )
    assert ("privileged-reached", 5) in [(row.signal, row.points) for row in found.whole.rows]


def test_now_must_be_a_time() -> None:
    """A clock that is none is the caller's mistake."""
    with pytest.raises(ValueError, match="noon"):
        assess(LOCK, {}, now="noon")


@pytest.mark.parametrize(("code", "row"), sorted(AUDIT_CODES.items()))
def test_the_codes_are_well_formed(code: str, row: Code) -> None:
    """Severity and example agree, sentences end, and the table of all codes says the same once it has them."""
    assert row.severity in SEVERITIES
    assert row.example.startswith(f"{row.severity}[{code}]: ")
    assert row.meaning.endswith(".")
    assert row.remedy.endswith(".")
    assert CODES.get(code, row) == row
