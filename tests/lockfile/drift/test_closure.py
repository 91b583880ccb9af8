"""The closure check: each way in which a lock can be broken, and that a whole one is silent."""

from typing import Any

import pytest

from holdfast.drift.closure import check_closure
from holdfast.findings.codes import CODES
from holdfast.findings.finding import Finding
from holdfast_resolver.versions.grid import Grid
from tests.support.lock_scenarios import TARGETS, read_lock

GRID = Grid(TARGETS)

WHOLE = """
wish flask>=3.0
wish pytest (group test)
flask 3.0.3
    click>=8.1.3
    extension[fast]
    numpy
click 8.1.8
    colorama ; sys_platform == 'win32'
colorama 0.4.6
extension 1.0
    speedup>=2 ; extra == 'fast'
    extension[fast] ; extra == 'all'
speedup 2.1
pytest 8.3.4
    colorama ; sys_platform == 'win32'
numpy 1.26.4 | when python_version < '3.12'
numpy 2.1.3 | when python_version >= '3.12' | python >=3.12
"""


def check(text: str) -> tuple[Finding, ...]:
    """Check scenario text on the targets of `lock_scenarios`."""
    return check_closure(read_lock(text), GRID)


def test_a_whole_lock_has_no_finding() -> None:
    """Extras, markers and forks that fit are no reason to speak."""
    assert check(WHOLE) == ()


# (what is replaced in the whole lock, by what, code, subject, expected, found, path, targets)
BROKEN: list[Any] = [
    pytest.param(
        ("wish flask>=3.0", "wish flask>=3.1"),
        ("wish-unmet", "pypi:flask>=3.1", "a pin of flask>=3.1", "flask 3.0.3", ("pyproject.toml",), ""),
        id="a wish that its pin does not meet",
    ),
    pytest.param(
        ("pytest 8.3.4\n    colorama ; sys_platform == 'win32'\n", ""),
        ("wish-unmet", "pypi:pytest", "a pin of pytest", "no pin", ("pyproject.toml (group test)",), ""),
        id="a wish without a pin",
    ),
    pytest.param(
        ("    click>=8.1.3", "    click>=8.2"),
        (
            "edge-unsatisfied",
            "click 8.1.8",
            "click>=8.2 for flask 3.0.3",
            "click 8.1.8",
            ("pyproject.toml", "flask 3.0.3", "click 8.1.8"),
            "",
        ),
        id="an edge outside of its range",
    ),
    pytest.param(
        ("    click>=8.1.3", "    click>=8.1.3 => 8.1.9"),
        (
            "edge-unsatisfied",
            "click 8.1.8",
            "click>=8.1.3 => 8.1.9 for flask 3.0.3",
            "click 8.1.8",
            ("pyproject.toml", "flask 3.0.3", "click 8.1.8"),
            "",
        ),
        id="a chosen version that is not pinned",
    ),
    pytest.param(
        ("speedup 2.1\n", ""),
        (
            "edge-missing",
            "pypi:speedup>=2 ; extra == 'fast'",
            "speedup>=2 for extension 1.0",
            "no pin",
            ("pyproject.toml", "flask 3.0.3", "extension 1.0"),
            "",
        ),
        id="an extra's edge without a pin",
    ),
    pytest.param(
        ("python_version >= '3.12' |", "python_version >= '3.12' and sys_platform != 'darwin' |"),
        (
            "edge-missing",
            "pypi:numpy",
            "numpy for flask 3.0.3",
            "no pin of numpy for these targets",
            ("pyproject.toml", "flask 3.0.3"),
            "cp312 macos-arm64 11.0",
        ),
        id="a fork that leaves a target out",
    ),
    pytest.param(
        ("speedup 2.1\n", "speedup 2.1\nsix 1.17.0\n"),
        ("pin-unreachable", "six 1.17.0", "a wish or a pin that requires six", "none on any target", (), ""),
        id="a pin that nothing needs",
    ),
    pytest.param(
        ("when python_version >= '3.12'", "when python_version >= '3.11'"),
        (
            "pins-overlap",
            "numpy 1.26.4",
            "one version of numpy per target",
            "numpy 1.26.4 and numpy 2.1.3",
            (),
            "cp311 linux-x86_64 glibc-2.28, cp311 macos-arm64 11.0, cp311 windows-x86_64",
        ),
        id="two versions for one target",
    ),
    pytest.param(
        ("speedup 2.1", "speedup 2.1 | python >=3.11.4"),
        (
            "requires-python-unmet",
            "speedup 2.1",
            "a pin whose requires-python admits every target that needs it",
            "requires-python >=3.11.4",
            ("pyproject.toml", "flask 3.0.3", "extension 1.0", "speedup 2.1"),
            "cp311 linux-x86_64 glibc-2.28, cp311 macos-arm64 11.0, cp311 windows-x86_64",
        ),
        id="a requires-python that cuts a target's minor",
    ),
    pytest.param(
        ("speedup 2.1", "speedup 2.1 | files speedup-2.1-cp311-abi3-win_amd64.whl"),
        (
            "target-unserved",
            "speedup 2.1",
            "a wheel that serves every target that needs it, or an sdist",
            "one file, which does not",
            ("pyproject.toml", "flask 3.0.3", "extension 1.0", "speedup 2.1"),
            "cp311 linux-x86_64 glibc-2.28, cp311 macos-arm64 11.0, cp312 linux-x86_64 glibc-2.28, +1",
        ),
        id="a wheel that serves too few targets",
    ),
    pytest.param(
        ("wish flask>=3.0", "wish flask>=3.0\nconstraint click<8.1 ; python_version < '3.12'"),
        (
            "constraint-unmet",
            "click 8.1.8",
            "click<8.1 ; python_version < '3.12' (a constraint of pyproject.toml)",
            "click 8.1.8",
            ("pyproject.toml", "flask 3.0.3", "click 8.1.8"),
            "cp311 linux-x86_64 glibc-2.28, cp311 macos-arm64 11.0, cp311 windows-x86_64",
        ),
        id="a pin outside of a constraint",
    ),
    pytest.param(
        ("wish flask>=3.0", "wish flask>=3.0\noverride click<8"),
        (
            "edge-unsatisfied",
            "click 8.1.8",
            "click<8 (an override) for flask 3.0.3",
            "click 8.1.8",
            ("pyproject.toml", "flask 3.0.3", "click 8.1.8"),
            "",
        ),
        id="a pin outside of an override",
    ),
]


@pytest.mark.parametrize(("edit", "said"), BROKEN)
def test_a_broken_lock_is_named(edit: tuple[str, str], said: tuple[object, ...]) -> None:
    """One edit of a whole lock gives the one finding that names the entry, its path and its targets."""
    assert edit[0] in WHOLE
    findings = [one for one in check(WHOLE.replace(*edit)) if one.code == said[0]]
    assert [
        (one.code, one.subject, one.expected, one.found, one.path, dict(one.facts).get("targets", ""))
        for one in findings
    ] == [said]
    assert findings[0].severity == CODES[findings[0].code].severity


def test_a_wrong_edge_hides_nothing_behind_it() -> None:
    """The pin behind an unsatisfied edge still counts as reached: one cause, one finding."""
    assert [one.code for one in check(WHOLE.replace("click>=8.1.3", "click>=9"))] == ["edge-unsatisfied"]


def test_an_override_replaces_ranges_wishes_and_constraints() -> None:
    """What an override allows is right, whatever wishes, edges and constraints say of that package."""
    text = WHOLE.replace("click>=8.1.3", "click>=9\nconstraint click>=9\noverride click>=8")
    assert check(text.replace("constraint", "\nconstraint")) == ()


def test_a_pin_of_another_source_does_not_meet_an_edge() -> None:
    """A name resolves in one source: the same name from elsewhere is no answer."""
    findings = check(WHOLE.replace("speedup 2.1", "speedup 2.1 | from internal"))
    assert {(one.code, one.found) for one in findings} == {
        ("edge-missing", "a pin from the source internal only"),
        ("pin-unreachable", "none on any target"),
    }


def test_pre_releases_are_versions_like_any_other() -> None:
    """Whether a pre-release may be chosen was decided when locking; its edges hold by order alone."""
    pin = "wish a>=1\na 2\n"
    lock = read_lock(pin)
    lock = lock._replace(packages=(lock.packages[0]._replace(version="2.0rc1"),))
    assert check_closure(lock, GRID) == ()


def test_cycles_end() -> None:
    """Packages that require each other are walked once."""
    assert check("wish a\na 1\n    b\nb 1\n    a[x]\n    a[y] ; extra == 'q'\n") == ()


@pytest.mark.parametrize("edit", [param.values[0] for param in BROKEN], ids=[param.id for param in BROKEN])
def test_every_problem_names_a_command_that_mends_it(edit: tuple[str, str]) -> None:
    """Each finding ends with a command."""
    for one in check(WHOLE.replace(*edit)):
        assert one.hints
        assert all(hint.startswith("holdfast ") for hint in one.hints)


def test_hostile_file_names_serve_nothing() -> None:
    """A file that is no wheel's name is not an error of the check: it serves no target."""
    findings = check("wish a\na 1 | files x.whl a-1-b.whl -.whl\n")
    assert [one.code for one in findings] == ["target-unserved"]


def test_a_lock_in_which_everything_is_wrong_is_judged_at_once() -> None:
    """Hundreds of findings, each with its path, take no more than one search per target."""
    chain = "wish p0>=2\n" + "".join(f"p{i} 1\n    p{i + 1}>=2\n" for i in range(400)) + "p400 1\n"
    findings = check(chain)
    assert len(findings) == 401
    assert max((one.path for one in findings), key=len) == ("pyproject.toml", *(f"p{i} 1" for i in range(401)))
