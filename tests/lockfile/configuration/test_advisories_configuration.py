"""`[advisories]` and `[[policy.ignore]]`: what arrives, what is refused, what is part of the security configuration."""

import tomllib

import pytest

from holdfast.configuration.configuration import AdvisorySources, Configuration
from holdfast.configuration.edit_ignores import add_ignore, remove_ignore
from holdfast.configuration.read import read_configuration
from holdfast.configuration.security import security_of
from holdfast.errors import ConfigurationError, UsageError
from holdfast.model.policy import Ignore
from holdfast.model.security import security_digest
from holdfast.model.security_changes import security_changes
from holdfast_resolver.errors import ManifestError

SOURCES = """
[sources.internal]
kind = "pypi"
url = "https://packages.acme.example/simple/"
packages = ["acme-*"]
"""
URL = 'url = "https://osv.acme.example/"\n'


def reading(text: str) -> Configuration:
    return read_configuration({"holdfast.toml": (SOURCES + text).encode()}.get)


def refused(text: str) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        reading(text)
    return caught.value


def ignoring(text: str) -> tuple[Ignore, ...]:
    return tuple(one._replace(line=0) for one in reading(text).policy.ignores)


def test_where_advisories_come_from() -> None:
    """A service, with the public sources unless others are named, and files; none of it without the section."""
    assert reading("").advisories == AdvisorySources()
    assert reading("[advisories]\n" + URL).advisories == AdvisorySources("https://osv.acme.example/", ("pypi", "npm"))
    whole = f'[advisories]\n{URL}ask = ["internal", "npm"]\nrecords = ["npm.zip", "more/advisories/"]\n'
    expected = AdvisorySources("https://osv.acme.example/", ("internal", "npm"), ("npm.zip", "more/advisories/"))
    assert reading(whole).advisories == expected
    assert reading('[advisories]\nrecords = ["x"]').advisories == AdvisorySources(records=("x",))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('url = ""', "advisories.url"),
        ('url = "osv.acme.example"', "advisories.url"),
        ('url = "ftp://osv.acme.example/"', "advisories.url"),
        ('url = "https://ann:secret@osv.acme.example/"', "advisories.url"),
        ('url = "ann:secret@osv.acme.example"', "advisories.url"),
        ('url = "https://osv.acme.example/?key=1"', "advisories.url"),
        ('ask = ["npm"]', "advisories.ask"),
        (URL + "ask = []", "advisories.ask"),
        (URL + 'ask = ["others"]', "advisories.ask[0]"),
        ('records = ["/srv/osv"]', "advisories.records[0]"),
        ('records = ["../osv"]', "advisories.records[0]"),
        ('records = [""]', "advisories.records[0]"),
        ('records = ["~/osv"]', "advisories.records[0]"),
        ("record = 1", "advisories.record"),
    ],
)
def test_what_would_not_mean_what_it_says_is_refused(text: str, key: str) -> None:
    """Addresses that are none or hold credentials, unknown sources, places outside the project, misspelled keys."""
    error = refused("[advisories]\n" + text)
    assert error.where == key
    assert "secret" not in str(error)


def test_ignores_are_read() -> None:
    """With an end, until fixed, or both; for all packages or for some."""
    text = """
[[policy.ignore]]
advisory = "GHSA-462w-v97r-4m45"
reason = "no templates"
until = 2027-01-01
[[policy.ignore]]
advisory = "CVE-2019-10906"
reason = "waiting"
until-fixed = true
package = ["pypi:Jinja2", "npm:*"]
"""
    assert ignoring(text) == (
        Ignore("GHSA-462w-v97r-4m45", "no templates", "2027-01-01T00:00:00Z"),
        Ignore("CVE-2019-10906", "waiting", "", True, ("pypi:jinja2", "npm:*")),
    )
    assert [one.line for one in reading(text).policy.ignores] == [7, 11]
    assert reading(text).unread == ()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('advisory = "A-1"\nreason = "x"', "until"),
        ('advisory = "A-1"\nuntil = "2027-01-01"', "reason"),
        ('advisory = "A-1"\nreason = " "\nuntil = "2027-01-01"', "why"),
        ('reason = "x"\nuntil = "2027-01-01"', "advisory"),
        ('advisory = "a b"\nreason = "x"\nuntil = "2027-01-01"', "id of an advisory"),
        ('advisory = "A-1"\nreason = "x"\nuntil = "soon"', "date"),
        ('advisory = "A-1"\nreason = "x"\nuntil-fixed = "yes"', "true or false"),
        ('advisory = "A-1"\nreason = "x"\nuntil-fixed = false', "until"),
        ('advisory = "A-1"\nreason = "x"\nuntil = "2027-01-01"\npackage = "pipy:x"', "one of the sources"),
        ('advisory = "A-1"\nreason = "x"\nuntil = "2027-01-01"\npackage = []', "pattern"),
        ('id = "A-1"\nreason = "x"\nuntil = "2027-01-01"', "one of"),
    ],
)
def test_an_ignore_has_an_id_a_reason_and_an_end(text: str, word: str) -> None:
    """Anything else is refused where the file is read."""
    assert word in refused("[[policy.ignore]]\n" + text).expected


def test_an_advisory_is_ignored_once() -> None:
    """Twice for the same packages would leave the end in doubt; `ignore` is an array of tables."""
    one = '[[policy.ignore]]\nadvisory = "A-1"\nreason = "x"\nuntil = "2027-01-01"\n'
    assert refused(one + one.replace("A-1", "a-1")).found == "a-1 twice"
    assert len(ignoring(one + one + 'package = "pypi:x"\n')) == 2
    assert "a table" in refused("[policy]\nignore = [1]").expected


def test_both_are_part_of_the_security_configuration() -> None:
    """A change waits for approval, and is told in words; without either the digest is what it always was."""
    ignore = '[[policy.ignore]]\nadvisory = "A-1"\nreason = "x"\nuntil = "2027-01-01"\n'
    before, after = security_of(reading("")), security_of(reading(f'[advisories]\n{URL}records = ["x"]\n{ignore}'))
    assert '"advisories"' not in before.rest
    assert '"ignores"' not in before.rest
    assert security_digest(before) != security_digest(after)
    assert security_changes(before, after) == (
        "ignore added: A-1; until 2027-01-01T00:00:00Z; because: x",
        "advisories: none -> https://osv.acme.example/ for npm, pypi, records x",
    )
    fixed = security_of(reading(ignore.replace('until = "2027-01-01"', 'until-fixed = true\npackage = "pypi:y"')))
    assert security_changes(security_of(reading(ignore)), fixed) == (
        "ignore added: A-1 for pypi:y; until fixed; because: x",
        "ignore removed: A-1; until 2027-01-01T00:00:00Z; because: x",
    )
    moved = security_of(reading("# said\n\n" + ignore))
    assert security_changes(security_of(reading(ignore)), moved) == ()


BASE = 'id = "i"\n\n[policy]\nthreshold = 1 # for now\n\n[[approver]]\nname = "a"\n'
ENTRY = Ignore("GHSA-1", "why", "2027-01-01")


def test_an_ignore_is_written_with_the_policy() -> None:
    """Behind `[policy]`, the rest not by a byte; in `pyproject.toml` below `[tool.holdfast]`."""
    block = '[[policy.ignore]]\nadvisory = "GHSA-1"\nreason = "why"\nuntil = "2027-01-01"\n'
    assert add_ignore(BASE, ENTRY) == BASE.replace("[[approver]]", block + "\n[[approver]]")
    assert add_ignore("", ENTRY) == block
    written = add_ignore('[tool.holdfast]\nid = "i"\n', ENTRY, "pyproject.toml")
    assert tomllib.loads(written)["tool"]["holdfast"]["policy"]["ignore"][0]["advisory"] == "GHSA-1"
    whole = add_ignore("", Ignore("A", 'a "b"', "2027-01-01T12:00:00Z", True, ("pypi:x", "npm:*")))
    assert ignoring(whole) == (Ignore("A", 'a "b"', "2027-01-01T12:00:00Z", True, ("pypi:x", "npm:*")),)


def test_an_ignore_of_the_same_is_renewed() -> None:
    """Reason and end are the new ones; one for other packages is another; comments stay."""
    text = add_ignore(BASE, ENTRY).replace('reason = "why"', 'reason = "why" # said Ann')
    renewed = add_ignore(text, Ignore("ghsa-1", "because", "", True))
    assert ignoring(renewed.partition("[policy]")[2].partition("[[approver]]")[0].replace("threshold = 1", "")) == (
        Ignore("GHSA-1", "because", "", True),
    )
    assert "# said Ann" in renewed
    assert len(ignoring(add_ignore(add_ignore("", ENTRY), ENTRY._replace(packages=("pypi:x",))))) == 2


def test_an_ignore_is_removed() -> None:
    """All of an advisory, and nothing else; one that is not there is wrong usage."""
    text = add_ignore(add_ignore(BASE, ENTRY), ENTRY._replace(packages=("pypi:x",)))
    assert remove_ignore(text, "GHSA-1") == BASE
    with pytest.raises(UsageError):
        remove_ignore(BASE, "GHSA-1")


@pytest.mark.parametrize(
    "wrong",
    [
        Ignore("a b", "x", "2027-01-01"),
        Ignore("A", " ", "2027-01-01"),
        Ignore("A", "x\ny", "2027-01-01"),
        Ignore("A", "x", "soon"),
        Ignore("A", "x"),
    ],
)
def test_what_could_not_be_read_is_not_written(wrong: Ignore) -> None:
    """No id, no reason, no end."""
    with pytest.raises(UsageError):
        add_ignore(BASE, wrong)


def test_an_inline_policy_gets_its_ignores_or_is_told() -> None:
    """What is written is read again: either it says what was meant, or nothing is written."""
    with pytest.raises(ManifestError, match=r"\[\[policy.ignore\]\]"):
        add_ignore("policy = { threshold = 1 }\n", ENTRY)
    inline = 'policy.ignore = [{ advisory = "A", reason = "x", until-fixed = true }]\n'
    assert tomllib.loads(add_ignore(inline, ENTRY))["policy"]["ignore"][1]["advisory"] == "GHSA-1"
