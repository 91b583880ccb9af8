"""The lines of findings: where in the lock, the manifest or the configuration the thing stands that they are about."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.findings.finding import Finding, Place
from holdfast.format.write import write
from holdfast.model.lock import LockedSource, Pin
from holdfast.reports.lines import with_lines
from tests.support.lock_scenarios import TARGETS, read_lock

LOCK = "holdfast.lock"
WORLD = read_lock(
    """
wish flask>=3.0
flask 3.0.3
    click>=8.1.3
    numpy
click 8.1.8
numpy 1.26.4 | when python_version < '3.12'
numpy 2.1.3 | when python_version >= '3.12'
click 9 | from internal
""",
    TARGETS,
    (LockedSource("internal", "pypi", "https://packages.acme.example/simple/"),),
)
TEXT = write(WORLD)
CONFIGURATION = """\
id = "0f6f4f0e-6f0b-4c39-9a51-5b8c0f7d7c55"

[sources.internal]
kind = "pypi"

[ targets ] # of all
python = ["3.11"]

[policy]
max-depth = 12
"require-signatures" = ["acme:*"]

[[policy.rule]]
package = "npm:esbuild"

[[approver]]
name = "a"
"""
MANIFEST = """\
[project]
requires-python = ">=3.11"
dependencies = [
    "flask-login",
    'Ruamel.YAML[x] >= 1',
    "flask>=3",
]
[tool.holdfast.sources.own]
kind = "pypi"
"""
TEXTS = {LOCK: TEXT, "holdfast.toml": CONFIGURATION, "pyproject.toml": MANIFEST}


def line_of(finding: Finding) -> str:
    """The text of the line that a finding gets, "" for none."""
    (found,) = with_lines((finding,), TEXTS)
    return TEXTS[found.place.path].split("\n")[found.place.line - 1] if found.place.line else ""


def block_of(finding: Finding) -> tuple[str, str, str]:
    """(header, name, version) of the block that a finding about the lock gets."""
    (found,) = with_lines((finding,), TEXTS)
    lines = TEXT.split("\n")[found.place.line - 1 :] if found.place.line else [""] * 4
    fields = dict(line.split(" = ") for line in lines[1:5] if " = " in line)
    return lines[0], fields.get("name", "").strip('"'), fields.get("version", "").strip('"')


def about(subject: str, *facts: tuple[str, str], path: tuple[str, ...] = ()) -> Finding:
    """A finding about the lock."""
    return Finding("artifact-changed", "alarm", subject, facts=facts, path=path, place=Place(LOCK))


@pytest.mark.parametrize("pin", WORLD.packages, ids=lambda pin: f"{pin.source}:{pin.name}-{pin.version}")
def test_every_pin_has_the_line_of_its_block(pin: Pin) -> None:
    """By its name and version, by its file with the package as a fact, and by both with its source."""
    source, name, version = pin[:3]
    spelled = f"{name} {version}"
    for finding in (
        about(spelled, ("source", source)),
        about("some-file.whl", ("package", spelled), ("source", source)),
        about(spelled),
    ):
        assert block_of(finding) == ("[[package]]", name, version)


def test_the_same_version_in_two_sources() -> None:
    """The source tells them apart where a finding names it."""
    blocks = '[[package]]\nname = "a"\nsource = "{}"\nversion = "1"\n'
    text = blocks.format("internal") + blocks.format("pypi")
    found = with_lines((about("a 1", ("source", "pypi")), about("a 1", ("source", "internal"))), {LOCK: text})
    assert [one.place.line for one in found] == [5, 1]


@pytest.mark.parametrize(
    ("finding", "block"),
    [
        (about("flask-3.0.3.tar.gz"), ("[[package]]", "flask", "3.0.3")),
        (about("numpy"), ("[[package]]", "numpy", "1.26.4")),
        (about("numpy 1.99"), ("[[package]]", "numpy", "1.26.4")),
        (about("pypi:click>=9"), ("[[package]]", "click", "9")),
        (
            about("pypi:colorama", path=("pyproject.toml", "flask 3.0.3", "click 8.1.8")),
            ("[[package]]", "click", "8.1.8"),
        ),
        (about("internal"), ("[[source]]", "internal", "")),
        (about("gone 1.0"), ("", "", "")),
        (about("12 packages"), ("", "", "")),
        (about(""), ("", "", "")),
    ],
)
def test_other_ways_to_name_a_block(finding: Finding, block: tuple[str, str, str]) -> None:
    """A file, a bare name, a requirement, the end of a path, a source; what the lock lacks has no line."""
    assert block_of(finding) == block


@pytest.mark.parametrize(
    ("path", "code", "subject", "line"),
    [
        ("holdfast.toml", "scope-changed", "targets", "[ targets ] # of all"),
        ("holdfast.toml", "source-changed", "internal", "[sources.internal]"),
        ("holdfast.toml", "signature-missing", "acme 1.0", '"require-signatures" = ["acme:*"]'),
        ("holdfast.toml", "policy-depth", "acme 1.0", "max-depth = 12"),
        ("holdfast.toml", "project-changed", "the project", 'id = "0f6f4f0e-6f0b-4c39-9a51-5b8c0f7d7c55"'),
        ("holdfast.toml", "configuration-changed", "security configuration", "[[approver]]"),
        ("holdfast.toml", "privileged-unlisted", "acme 1.0", ""),
        ("pyproject.toml", "scope-changed", "requires-python", 'requires-python = ">=3.11"'),
        ("pyproject.toml", "wish-unmet", "pypi:flask>=3", '    "flask>=3",'),
        ("pyproject.toml", "wish-unmet", "pypi:flask-login", '    "flask-login",'),
        ("pyproject.toml", "wish-unmet", "pypi:ruamel-yaml[x]>=1", "    'Ruamel.YAML[x] >= 1',"),
        ("pyproject.toml", "wish-unmet", "pypi:six", ""),
        ("pyproject.toml", "source-changed", "own", "[tool.holdfast.sources.own]"),
    ],
)
def test_lines_of_manifest_and_configuration(path: str, code: str, subject: str, line: str) -> None:
    """The key, the table or the requirement that the finding is about."""
    assert line_of(Finding(code, "error", subject, place=Place(path))) == line


def test_what_has_a_line_keeps_it() -> None:
    """A check that knows better is believed, and files that were not given stay without lines."""
    findings = (
        about("click 8.1.8")._replace(place=Place(LOCK, 7)),
        Finding("x", "note", "click", place=Place("uv.lock")),
    )
    assert with_lines(findings, TEXTS) == findings


ODD = st.text(st.sampled_from('[]{}"=\n# nameclik.81'), max_size=80)


@settings(max_examples=150, deadline=None)
@given(text=ODD, subject=ODD)
def test_a_broken_file_is_no_reason_to_fail(text: str, subject: str) -> None:
    """Whatever a text is, a line that is found is one of its lines."""
    for path in (LOCK, "holdfast.toml"):
        (found,) = with_lines((Finding("x", "note", subject, place=Place(path)),), {path: text})
        assert 0 <= found.place.line <= len(text.split("\n"))


def test_moved_blocks_move_lines() -> None:
    """The line follows the block."""
    (before,) = with_lines((about("click 8.1.8"),), {LOCK: TEXT})
    (after,) = with_lines((about("click 8.1.8"),), {LOCK: "# one more\n" + TEXT})
    assert after.place.line == before.place.line + 1
