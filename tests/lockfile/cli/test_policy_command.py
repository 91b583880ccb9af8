"""`policy explain` on the command line: offline, from the lock, the configuration and the approvals."""

from pathlib import Path

import pytest

from tests.support.lock_scenarios import read_lock
from tests.support.project import Project

LOCK = """
wish flask>=3.0
flask 3.0.3
    click>=8.1.3
click 8.1.8
"""
POLICY = """\
[tool.holdfast.policy]
minimum-release-age = "7 days"
max-depth = 1
[[tool.holdfast.policy.rule]]
package = "pypi:click"
minimum-release-age = "1 day"
reason = "by people we know"
until = "2999-01-01"
[[tool.holdfast.policy.rule]]
package = "*"
threshold = 1
reason = "while we were few"
until = "2026-01-01"
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with a policy, a lock and no index."""
    from holdfast.format.write import write

    made = Project(tmp_path, ["flask>=3.0"], more=POLICY)
    (made.folder / "holdfast.lock").write_text(write(read_lock(LOCK)))
    return made


def test_each_key_is_told_with_who_decides_and_what_is_known(project: Project) -> None:
    """What holds, what fails, what nobody judges, which rules have ended, and the verdict."""
    lines = project.manifest.read_text().splitlines()
    first, second = [at for at, line in enumerate(lines, 1) if line.startswith("[[")]
    done = project.run("policy", "explain", "Click")
    assert done.code == 0
    told = done.out.splitlines()
    assert told[0] == "click 8.1.8 from pypi"
    rule = f"(pyproject.toml:{first}, until 2999-01-01: by people we know)"
    assert f"  -      minimum-release-age: 1 day {rule}" in told
    assert "         not judged: no approval recorded it" in told
    assert "  fails  max-depth: 1 (max-depth of [policy] in pyproject.toml)" in told
    assert "         2 steps from the project" in told
    assert "  -      licenses: any (by default)" in told
    assert f"  ended  pyproject.toml:{second}, at 2026-01-01: while we were few" in told
    assert told[-1] == "verdict: max-depth does not hold"
    assert project.run("policy", "explain", "flask").out.endswith("verdict: nothing is against it\n")


def test_the_same_is_told_to_machines(project: Project) -> None:
    """One document with one entry a pin; what nobody judged holds neither way."""
    document = project.run("policy", "explain", "click", "--format", "json").json
    assert (document["command"], document["name"], document["configuration"]) == (
        "policy explain",
        "click",
        "pyproject.toml",
    )
    (pin,) = document["pins"]
    assert (pin["source"], pin["version"], pin["holds"]) == ("pypi", "8.1.8", False)
    rulings = {one["key"]: one for one in pin["rulings"]}
    assert rulings["minimum-release-age"]["rule"]["reason"] == "by people we know"
    assert (rulings["minimum-release-age"]["by"], rulings["minimum-release-age"]["holds"]) == ("rule", None)
    assert (rulings["max-depth"]["by"], rulings["max-depth"]["holds"]) == ("policy", False)
    assert [one["until"] for one in pin["ended"]] == ["2026-01-01T00:00:00Z"]


def test_what_code_can_do_is_not_known_without_an_approval_and_said_to_be(project: Project) -> None:
    """Nobody looked, so nothing that is known is against it: that is no verdict that all is well."""
    text = project.manifest.read_text().replace("max-depth = 1\n", 'deny-capabilities = ["network"]\n')
    project.manifest.write_text(text)
    told = project.run("policy", "explain", "flask").out.splitlines()
    assert "  ?      deny-capabilities: network (deny-capabilities of [policy] in pyproject.toml)" in told
    said = "not known: no approval recorded all that its code can do; `holdfast audit --fetch` looks at it"
    assert f"         {said}" in told
    assert told[-1] == "verdict: nothing that is known is against it; not known: deny-capabilities"
    (pin,) = project.run("policy", "explain", "flask", "--format", "json").json["pins"]
    assert pin["holds"] is None


def test_what_is_not_locked_is_refused(project: Project) -> None:
    """With the nearest name that is."""
    done = project.run("policy", "explain", "clikc")
    assert done.code == 2
    assert "click" in done.err
