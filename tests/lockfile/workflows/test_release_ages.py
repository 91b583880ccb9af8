"""`minimum-release-age` where versions are chosen: what is too young is no candidate, and what is locked stays."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from holdfast.format.read import read
from tests.support.index_server import Habits, serving
from tests.support.module_project import DAY, ago, module_project
from tests.support.packages import read_releases
from tests.support.project import Project


def days_ago(days: float) -> str:
    """An instant before now."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - days * DAY))


RELEASES = f"""
click 8.0 | uploaded {days_ago(300)}
click 8.1 | uploaded {days_ago(8)}
click 8.2 | uploaded {days_ago(6)}
flask 3.0 | uploaded {days_ago(20)}
    click>=8.2
fresh 1.0 | uploaded {days_ago(1)}
fresh 1.1 | uploaded {days_ago(0.5)}
dateless 1.0
"""


@pytest.fixture(scope="module")
def index() -> Iterator[str]:
    """The URL of an index with old releases and young ones."""
    with serving(read_releases(RELEASES), Habits(max_age=3600)) as server:
        yield server.url


def policy(age: str, rules: str = "") -> str:
    return f'[tool.holdfast.policy]\nminimum-release-age = "{age}"\n{rules}\n'


def rule(package: str, age: str) -> str:
    return f'[[tool.holdfast.policy.rule]]\npackage = "{package}"\nminimum-release-age = "{age}"\nreason = "x"\n'


def pins(project: Project) -> list[str]:
    lock = read((project.folder / "holdfast.lock").read_bytes(), "holdfast.lock")
    return [f"{pin.name} {pin.version}" for pin in lock.packages]


def test_what_is_too_young_is_no_candidate(tmp_path: Path, index: str) -> None:
    """The newest release that is old enough is taken, and nothing is said of it."""
    project = Project(tmp_path, ["click"], index, more=policy("7 days"))
    done = project.run("lock")
    assert (done.code, pins(project)) == (0, ["click 8.1"])
    assert "left out" not in done.out
    project.manifest.write_text(project.manifest.read_text().replace("7 days", "1 day"))
    assert project.run("update").code == 0
    assert pins(project) == ["click 8.2"]


def test_a_rule_has_an_age_of_its_own(tmp_path: Path, index: str) -> None:
    """The first rule that matches decides, package by package; without a word of `[policy]` too."""
    rules = rule("pypi:fresh", "18 hours") + rule("pypi:*", "30 days")
    project = Project(tmp_path, ["click", "fresh"], index, more=f"[tool.holdfast.policy]\n{rules}")
    assert project.run("lock").code == 0
    assert pins(project) == ["click 8.0", "fresh 1.0"]


def test_a_pin_that_is_locked_stays(tmp_path: Path, index: str) -> None:
    """However young: `lock` and `add` move nothing that they need not; `update` of that package does."""
    project = Project(tmp_path, ["click"], index, more=policy("0 days"))
    assert project.run("lock").code == 0
    assert pins(project) == ["click 8.2"]
    project.manifest.write_text(project.manifest.read_text().replace("0 days", "7 days"))
    assert "up to date" in project.run("lock").out
    assert project.run("add", "flask").code == 0
    assert pins(project) == ["click 8.2", "flask 3.0"]
    assert project.run("remove", "flask").code == 0
    assert project.run("update", "click").code == 0
    assert pins(project) == ["click 8.1"]


@pytest.mark.parametrize(
    ("wish", "sentences"),
    [
        ("fresh", ["fresh has no release", "fresh 1.1 (and 1 more) is left out: published {newest}, and {why}"]),
        (
            "click>=8.2",
            ["click has no release in >=8.2: its newest is 8.1", "click 8.2 is left out: published {six}, and {why}"],
        ),
        ("flask", ["flask requires click>=8.2", "click 8.2 is left out: published {six}, and {why}"]),
        ("dateless", ["dateless 1.0 is left out: pypi does not say when it was published, and {why}"]),
    ],
)
def test_a_refusal_says_what_was_left_out(tmp_path: Path, index: str, wish: str, sentences: list[str]) -> None:
    """Which release, when it was published, and who demands an age of it; where no other release will do."""
    project = Project(tmp_path, [wish], index, more=policy("7 days"))
    done = project.run("lock", "--format", "json")
    assert done.code == 4
    told = done.json["impossible"]["sentences"]
    uploaded = dict(line.split(" | uploaded ") for line in RELEASES.splitlines() if "uploaded" in line)
    words = {"newest": uploaded["fresh 1.1"], "six": uploaded["click 8.2"]}
    why = "minimum-release-age (of [policy] in pyproject.toml) of 7 days takes only what was published before "
    shown = "\n".join(told)
    for sentence in sentences:
        assert sentence.format(why=why, **words) in shown
    assert told[-1].startswith("so this wish cannot be met")


def test_a_date_that_leaves_everything_out_is_named_too(tmp_path: Path, index: str) -> None:
    """`--exclude-newer` is told from an age, and a rule by its line."""
    project = Project(tmp_path, ["fresh"], index, more=policy("0 days", rule("pypi:fresh", "7 days")))
    line = project.manifest.read_text().splitlines().index("[[tool.holdfast.policy.rule]]") + 1
    assert f"minimum-release-age (pyproject.toml:{line}) of 7 days" in project.run("lock").out
    date = "2020-01-01"
    told = project.run("lock", "--exclude-newer", date).out
    assert f"exclude-newer takes only what was published before {date}T00:00:00Z" in told
    assert "minimum-release-age" not in told


def test_a_package_that_the_refusal_does_not_speak_of_is_not_named(tmp_path: Path, index: str) -> None:
    """What was left out elsewhere is no part of the reason."""
    project = Project(tmp_path, ["click", "nowhere"], index, more=policy("7 days"))
    done = project.run("lock")
    assert done.code == 4
    assert "left out" not in done.out


def test_what_verifies_and_exports_takes_no_notice(tmp_path: Path, index: str) -> None:
    """An age decides what may be chosen; what is pinned is verified and exported however young it is."""
    project = Project(tmp_path, ["click"], index, more=policy("0 days"))
    assert project.run("lock").code == 0
    project.manifest.write_text(project.manifest.read_text().replace("0 days", "7 days"))
    done = project.run("verify", "--format", "json")
    assert (done.code, json.loads(done.out)["findings"]) == (0, [])


def test_modules_have_ages_too(tmp_path: Path) -> None:
    """A module's release counts from when its registry published it; a locked one stays, and a refusal says why."""
    with module_project(tmp_path, installed=False) as world:
        world.registry.publish("@acme/guards", "2.2.0", dependencies={"@acme/base": "^1.2"}, now=ago(30))
        world.append('[policy]\nminimum-release-age = "2 hours"')
        world.must("lock")
        assert world.pin("@acme/guards").version == "2.1.0"
        world.forget()
        refused = world.run("update")
        assert refused.code == 4
        assert "@acme/guards 2.2.0 (and 1 more) is left out: published " in refused.out
        assert "minimum-release-age (of [policy] in holdfast.toml) of 2 hours takes only" in refused.out
        world.configuration.write_text(world.configuration.read_text().replace("2 hours", "0 hours"))
        world.must("update")
        assert world.pin("@acme/guards").version == "2.2.0"
