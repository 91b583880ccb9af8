"""The page of an audit as a text: whole without a script, closed to the network, the same every time."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest

from holdfast.findings.finding import Finding
from holdfast.model.audit import Audit, Whole
from holdfast.reports.audit_port import Context, level_of, percent, render
from tests.lockfile.reports.golden_audits import context_of
from tests.support.audit_worlds import audit_world
from tests.support.recorded_audits import recorded_audit

AUDIT = audit_world(200)
PAGE = render("html", AUDIT, context_of(AUDIT))


def test_the_policy_admits_this_script_and_style_alone() -> None:
    """Their hashes stand in the policy, which admits nothing else; no attribute holds script or style."""
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', PAGE)
    script = PAGE.rpartition("<script>")[2].partition("</script>")[0]
    style = PAGE.partition("<style>")[2].partition("</style>")[0]
    hashes = [b64encode(sha256(text.encode()).digest()).decode() for text in (script, style)]
    assert policy == (
        f"default-src 'none'; script-src 'sha256-{hashes[0]}'; style-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert PAGE.count("<script") == 2
    assert not re.search(r"<[^>]*\s(?:style|on[a-z]+)=", PAGE.partition("<body>")[2].partition("<script")[0])


def test_nothing_of_another_place_is_named() -> None:
    """No address stands in the page but the name of the SVG namespace."""
    assert set(re.findall(r"https?://[^\"'\s)]+", PAGE)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"url\(|@import|<link|\bsrc=", PAGE)


def test_the_same_audit_gives_the_same_page() -> None:
    """There is neither time nor chance in it."""
    assert render("html", audit_world(200), context_of(AUDIT)) == PAGE


def test_findings_and_tables_are_there_without_a_script() -> None:
    """Each finding, change, signer and package stands in the markup itself."""
    body = PAGE.partition("<body>")[2].partition("<script")[0]
    assert body.count('<li class="finding ') == len(AUDIT.findings)
    assert body.count("<tr id=") == len(AUDIT.packages)
    for signer in AUDIT.signers:
        assert f"<bdi>{signer.signer}</bdi>" in body
    assert "gains network: lib/send.py:41 via socket" in body
    for number in range(len(AUDIT.packages)):
        assert f'data-n="{number}"' in body


def test_changes_are_only_said_where_somebody_asked() -> None:
    """Without a state to compare with there is no such part; with one and no change it says so."""
    assert 'id="changes"' not in render("html", AUDIT)
    assert "Nothing changed." in render("html", AUDIT, Context("", "the state of yesterday"))


def test_an_empty_audit_makes_every_form() -> None:
    """A project without packages has a page and reports, and nothing is divided by zero."""
    empty = Audit(Whole(0, 0, 0, 0, 0, 0, 0.0, (), 0, ()), (), (), (), (), ())
    for form in ("text", "json", "sarif", "github", "markdown", "html"):
        assert render(form, empty)
    assert "There is nothing to report." in render("html", empty)


def test_a_path_in_a_finding_leads_to_its_packages() -> None:
    """Findings name packages with and without their source; both are links, unless two packages have the name."""
    page = render("html", recorded_audit())
    number = [one.name for one in recorded_audit().packages].index("jinja2")
    finding = Finding("release-old", "note", "jinja2 3.1.6", path=("pyproject.toml", "jinja2 3.1.6"))
    made = render("html", recorded_audit()._replace(findings=(finding,)))
    assert made.count(f'<a href="#p{number}"><bdi>jinja2 3.1.6</bdi></a>') == 2
    assert '<b><a href="#p' in page


def test_what_nobody_has_is_no_column_and_nothing_good() -> None:
    """A column that no package fills is left out, and said so; without signers none is the strongest."""
    page = render("html", recorded_audit())
    assert "Columns left out, since no package has anything there: advisories, approval." in page
    assert ">advisories<" not in page.partition('id="packages"')[2].partition("</thead>")[0]
    assert "<b>none</b> <span>no package is signed</span>" in page
    assert 'class="tile good"' not in page
    assert 'class="tile good"' in render("html", recorded_audit()._replace(asked=()))


def test_commands_in_what_was_not_asked_are_code() -> None:
    """Backticks are not shown: what stands between them is a command."""
    assert "run <code>holdfast audit --fetch</code>" in PAGE


@pytest.mark.parametrize(
    ("score", "level"), [(0, "none"), (1, "low"), (9, "low"), (10, "medium"), (20, "high"), (40, "severe")]
)
def test_levels_begin_at_their_scores(score: int, level: str) -> None:
    """The legend says the same bounds."""
    assert level_of(score) == level


@pytest.mark.parametrize(
    ("share", "said"), [(0.0, "0 %"), (0.001, "<1 %"), (0.416, "42 %"), (0.999, ">99 %"), (1.0, "100 %")]
)
def test_shares_are_never_rounded_to_none_or_all(share: float, said: str) -> None:
    """Something is never 0 %, and not all is never 100 %."""
    assert percent(share) == said
