"""The composite action: its scripts, run in bash over shallow clones of a repository on this machine."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.action_runs import ROOT, Runner, action, steps
from tests.support.index_server import serving
from tests.support.packages import read_releases
from tests.support.project import Project

SHELF = "flask 3.0.0\n    click>=8\nclick 8.1.8"
ZEROS = "0" * 40


def git(folder: Path, *words: str) -> str:
    """Run git and return what it says."""
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "init.defaultBranch=main"]
    done = subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


class Origin:
    """A repository with a locked project in `web`; `base` is its first commit."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with serving(read_releases(SHELF)) as server:
            self.project = Project(folder, ["flask"], server.url).locked()
        git(folder, "init", "-q")
        (folder / ".gitignore").write_text("/cache\n")
        self.base = self.commit()

    def commit(self) -> str:
        """Commit all, and return the id."""
        git(self._folder, "add", "-A")
        git(self._folder, "commit", "-qm", "one", "--allow-empty")
        return git(self._folder, "rev-parse", "HEAD")

    def swap(self) -> None:
        """Put another hash for a pinned file into the lock, and commit it."""
        text = self.project.lock.read_text()
        digest = text.partition('"click-8.1.8-py3-none-any.whl", hash = "sha256:')[2][:64]
        self.project.lock.write_text(text.replace(digest, "0" * 64))
        self.commit()

    def cloned(self, folder: Path) -> Path:
        """A clone of the newest commit alone, as `actions/checkout` makes it."""
        folder.mkdir()
        git(folder, "clone", "-q", "--depth=1", self._folder.as_uri(), "workspace")
        return folder / "workspace"


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    """A repository of one commit."""
    (tmp_path / "origin").mkdir()
    return Origin(tmp_path / "origin")


def runner_of(origin: Origin, tmp_path: Path, **event: str) -> Runner:
    """A runner whose workspace is a shallow clone; `event` are keys of `github.event`."""
    runner = Runner(tmp_path, origin.cloned(tmp_path / "checkout"))
    runner.github |= {f"github.event.{name.replace('__', '.')}": value for name, value in event.items()}
    return runner


def has(workspace: Path, commit: str) -> bool:
    """Whether a clone has a commit."""
    command = ["git", "cat-file", "-e", f"{commit}^{{commit}}"]
    return subprocess.run(command, cwd=workspace, capture_output=True, check=False).returncode == 0


def test_a_change_of_bytes_fails(origin: Origin, tmp_path: Path) -> None:
    """The base of the pull request is fetched into the shallow clone, and the lock is judged by it."""
    origin.swap()
    runner = runner_of(origin, tmp_path, pull_request__base__sha=origin.base, before=ZEROS)
    assert not has(runner.workspace, origin.base)
    ran = runner.run(project="web")
    assert (ran.code, ran.step) == (1, "holdfast check"), ran
    assert has(runner.workspace, origin.base)
    lines = origin.project.lock.read_text().split("\n")
    line = next(place for place, text in enumerate(lines) if text == 'name = "click"')  # its block begins above it
    assert f"::error file=web/holdfast.lock,line={line},title=alarm%3A artifact-changed::click" in ran.out
    assert "<code>artifact-changed</code>" in runner.summary.read_text()
    assert ran.out.count("::group::") == ran.out.count("::endgroup::") == 1


@pytest.mark.parametrize("event", ["pull_request__base__sha", "merge_group__base_sha", "before"])
def test_a_harmless_change_passes(origin: Origin, tmp_path: Path, event: str) -> None:
    """Whatever event names the base."""
    (origin.project.folder / "code.py").write_text("")
    origin.commit()
    runner = runner_of(origin, tmp_path, **{event: origin.base})
    ran = runner.run(project="web")
    assert ran.code == 0, ran
    assert has(runner.workspace, origin.base)


def test_the_input_names_the_base(origin: Origin, tmp_path: Path) -> None:
    """It comes before what the event says, and a base that is there already is not fetched."""
    origin.swap()
    runner = runner_of(origin, tmp_path, pull_request__base__sha=origin.base)
    head = git(runner.workspace, "rev-parse", "HEAD")
    assert runner.run(project="web", base=head).code == 0
    assert not has(runner.workspace, origin.base)


@pytest.mark.parametrize("base", ["main", "HEAD", "abc123", "--upload-pack=x", "$(touch pwned)", "a" * 39, "G" * 40])
def test_only_a_full_commit_id_is_a_base(origin: Origin, tmp_path: Path, base: str) -> None:
    """What can be moved or is no id is refused before git sees it."""
    ran = runner_of(origin, tmp_path).run(project="web", base=base)
    assert (ran.code, ran.step) == (2, "Find the base commit")
    assert "::error title=holdfast check::" in ran.out
    assert not list(tmp_path.rglob("pwned"))


@pytest.mark.parametrize("before", ["", ZEROS])
def test_without_a_base_nothing_passes(origin: Origin, tmp_path: Path, before: str) -> None:
    """A new branch, or an event without a commit before: the head does not judge itself."""
    ran = runner_of(origin, tmp_path, before=before).run(project="web")
    assert (ran.code, ran.step) == (2, "Find the base commit")
    assert "there is no base commit" in ran.out


def test_a_base_that_cannot_be_fetched(origin: Origin, tmp_path: Path) -> None:
    """3: it could not be decided, and what would help is said."""
    ran = runner_of(origin, tmp_path, pull_request__base__sha="a" * 40).run(project="web")
    assert (ran.code, ran.step) == (3, "Find the base commit")
    assert "fetch-depth 0" in ran.out


def test_nothing_of_the_change_is_run(origin: Origin, tmp_path: Path) -> None:
    """Modules and settings in the workspace, and variables that point there, do not reach an interpreter."""
    trap = "import pathlib\npathlib.Path(__file__).with_suffix('.sprung').touch()\nraise SystemExit(0)\n"
    folder = origin.project.folder
    for place in (folder, folder.parent):
        for name in ("venv", "pip", "holdfast", "json", "re", "sitecustomize", "usercustomize"):
            (place / f"{name}.py").write_text(trap)
        for name in ("pip.conf", "setup.py", "pyproject.toml", "python", "git", "holdfast"):
            if not (place / name).exists():
                (place / name).write_text("touch sprung")
    (folder.parent / "pyproject.toml").write_text("[build-system]\nrequires = ['evil']\n")
    origin.swap()
    runner = runner_of(origin, tmp_path, pull_request__base__sha=origin.base)
    runner.environment = {"PYTHONPATH": str(runner.workspace), "PYTHONSTARTUP": "json.py"}
    assert runner.run(project="web").code == 1
    assert not [path for path in tmp_path.rglob("*") if "sprung" in path.name]


def test_a_repository_among_the_files_is_not_asked(origin: Origin, tmp_path: Path) -> None:
    """The project's folder holds what git takes for a repository, whose settings run programs: none of them runs."""
    sprung = tmp_path / "sprung"
    bare = tmp_path / "bare.git"
    git(tmp_path, "init", "-q", "--bare", str(bare))
    trap = f"touch '{sprung}'; false"
    for key, value in (
        ("core.sshCommand", trap),
        ("core.fsmonitor", trap),
        ("remote.origin.url", "ssh://git.acme.example/web"),
        ("remote.origin.uploadpack", trap),
        ("core.hooksPath", "hooks"),
    ):
        git(bare, "config", key, value)
    shutil.copytree(bare, origin.project.folder, dirs_exist_ok=True)
    for name in ("objects/info/x", "refs/heads/x"):
        (origin.project.folder / name).write_text("")
    origin.commit()
    runner = runner_of(origin, tmp_path, pull_request__base__sha=origin.base)
    ran = runner.run(project="web")
    assert has(runner.workspace, origin.base)
    assert (ran.code, ran.step) == (2, "holdfast check")
    assert "a bare repository in" in ran.out + ran.err
    assert not sprung.exists()


def test_a_workspace_that_is_no_clone(origin: Origin, tmp_path: Path) -> None:
    """Nothing above it and nothing in it is taken for the repository."""
    runner = runner_of(origin, tmp_path, pull_request__base__sha=origin.base)
    (runner.workspace / ".git").rename(runner.workspace / "web" / ".git")
    ran = runner.run(project="web")
    assert (ran.code, ran.step) == (2, "Find the base commit")
    assert "the workspace is no clone" in ran.out


def test_holdfast_is_installed_from_the_action(origin: Origin, tmp_path: Path) -> None:
    """Every interpreter is isolated; what is installed is the action's own folder, from within that folder."""
    runner = runner_of(origin, tmp_path, pull_request__base__sha=origin.base)
    runner.run(project="web")
    calls = [line.partition("|")[::2] for line in runner.log.read_text().splitlines()]
    assert all(words.startswith("-I ") for _, words in calls)
    (folder, installed), *_ = [call for call in calls if " pip install " in call[1]]
    assert installed.endswith(f" {ROOT}")
    assert Path(folder) == ROOT
    assert sum(" pip " in words for _, words in calls) == 1


def test_a_project_folder_with_an_odd_name(origin: Origin, tmp_path: Path) -> None:
    """Inputs are words, whatever is in them."""
    odd = "we b\"; $(touch pwned) `touch pwned` 'x"
    origin.project.folder.rename(origin.project.folder.parent / odd)
    base = origin.commit()
    runner = runner_of(origin, tmp_path, pull_request__base__sha=base)
    assert runner.run(project=odd).code == 0
    assert not list(tmp_path.rglob("pwned"))


def test_sarif_is_written_beside_the_log(origin: Origin, tmp_path: Path) -> None:
    """The verdict is that of the check, with the report and without it."""
    origin.swap()
    runner = runner_of(origin, tmp_path, pull_request__base__sha=origin.base)
    report = runner.workspace / "a b.sarif"
    assert runner.run(project="web", sarif=str(report)).code == 1
    (result,) = json.loads(report.read_text())["runs"][0]["results"]
    assert result["ruleId"] == "artifact-changed"
    ran = runner.run(project="web", sarif=str(tmp_path / "none" / "x.sarif"))
    assert ran.code == 1
    assert "::warning title=holdfast check::no SARIF report was written" in ran.out


def test_an_unknown_format_is_refused(origin: Origin, tmp_path: Path) -> None:
    """A misspelled input is wrong usage, never a pass."""
    ran = runner_of(origin, tmp_path, pull_request__base__sha=origin.base).run(project="web", format="xml")
    assert (ran.code, ran.step) == (2, "holdfast check")


def test_scripts_take_nothing_but_their_environment() -> None:
    """No expression stands in a script, where GitHub would paste a hostile text into it before bash reads it."""
    assert action()["runs"]["using"] == "composite"
    for step in steps():
        assert "${{" not in step.run, step.name
        assert step.run.startswith("set -euo pipefail\n"), step.name
        assert all(re.fullmatch(r"\$\{\{ [a-z_.]+ \}\}", value) for value in step.environment.values())
        assert not [name for name in step.environment if name.startswith(("HOLDFAST_", "GITHUB_", "PIP_"))]


def test_every_variable_of_a_script_is_quoted() -> None:
    """Outside of quotes, `[[ ]]` and assignments no variable is expanded, so none is split into words."""
    for step in steps():
        code = re.sub(r"^ *#.*$|'[^']*'|\[\[.*?\]\]|=\$\?", "", step.run, flags=re.MULTILINE)
        bare = re.sub(r'"(?:\\.|[^"\\])*"', "", code)
        assert "$" not in bare, (step.name, bare)


def test_every_input_is_documented() -> None:
    """Each has a description and a default, and is named on the page about CI."""
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    for name, one in action()["inputs"].items():
        assert one["description"], name
        assert one["required"] is False, name
        assert f"| `{name}` |" in page, name
