"""`add` and `remove` on the command line: manifest and lock change together, or neither does."""

from pathlib import Path

import pytest

from holdfast import files
from holdfast.cli.commands import edit as edit_command
from holdfast.configuration.read import read_project
from holdfast.errors import FileProblem, UsageError
from holdfast.model.lock import Lock, Scope
from holdfast.workflows import edit as edit_workflow
from holdfast.workflows.edit import FileEdit
from holdfast.workflows.lock import Locked, Order
from holdfast.workflows.market import Market
from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.fetch.index import Freshness, Index
from tests.support.index_server import serving, status
from tests.support.packages import read_releases
from tests.support.project import Project

SHELF = "flask 3.0.0\n    click>=8\nclick 8.1.8\nsix 1.16.0"


def test_add_edits_and_locks(tmp_path: Path) -> None:
    """The wish stands where it was asked for, its pins are in the lock, and `check` is content."""
    with serving(read_releases(SHELF)) as server:
        project = Project(tmp_path, ["flask"], server.url).locked()
        done = project.run("add", "six>=1", "--group", "dev")
        assert done.code == 0, done.err
        assert done.out.startswith("pyproject.toml edited\nadded         six 1.16.0\n")
        assert '[dependency-groups]\ndev = [\n    "six>=1",\n]\n' in project.manifest.read_text()
        assert project.run("check").code == 0
        assert project.run("add", "six>=1", "-g", "dev").out.startswith("pyproject.toml asks for that already\n")
        done = project.run("remove", "six", "--group", "dev")
        assert "removed       six 1.16.0" in done.out
        assert project.run("check").code == 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["add", "six>=9"], 4, "six has no release in >=9"),
        (["add", "a b"], 2, "is not a version range"),
        (["add", "nothere"], 4, "has no package named nothere"),
        (["add", "broken"], 3, "did not answer for broken"),
        (["remove", "six"], 2, "expected a requirement in project.dependencies of pyproject.toml, found six"),
        (
            ["add", "six", "--group", "a", "--extra", "b"],
            2,
            "expected one of --group, --extra and --dev, found more than one",
        ),
    ],
)
def test_what_cannot_be_leaves_both_files(tmp_path: Path, words: list[str], code: int, said: str) -> None:
    """An edit that cannot be locked is not made."""
    with serving(read_releases(SHELF)) as server:
        server.faults["/simple/broken/"] = [status(500, retry_after="0")]
        project = Project(tmp_path, ["flask"], server.url).locked()
        before = project.manifest.read_bytes(), project.lock.read_bytes()
        done = project.run(*words)
        assert done.code == code
        assert said in done.out + done.err
        assert (project.manifest.read_bytes(), project.lock.read_bytes()) == before


def test_a_dry_run_leaves_both_files(tmp_path: Path) -> None:
    """It says what would happen."""
    with serving(read_releases(SHELF)) as server:
        project = Project(tmp_path, ["flask"], server.url).locked()
        before = project.manifest.read_bytes(), project.lock.read_bytes()
        done = project.run("add", "six", "--dry-run")
        assert done.out.startswith("pyproject.toml would be edited\n")
        assert "holdfast.lock would be written: 3 packages" in done.out
        assert (project.manifest.read_bytes(), project.lock.read_bytes()) == before


def test_a_lock_that_cannot_be_written_takes_the_edit_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full after the manifest: the manifest is as it was, byte for byte."""
    with serving(read_releases(SHELF)) as server:
        project = Project(tmp_path, ["flask"], server.url).locked()
        before = project.manifest.read_bytes(), project.lock.read_bytes()
        write = files.write_atomic

        def full(path: str, data: bytes) -> None:
            if path.endswith(".lock"):
                raise FileProblem(path, "write", "no space left on device")
            write(path, data)

        monkeypatch.setattr(files, "write_atomic", full)
        done = project.run("add", "six")
        assert done.code == 2
        assert "no space left on device" in done.err
        assert (project.manifest.read_bytes(), project.lock.read_bytes()) == before


SOURCE = f"""
[tool.holdfast.sources.acme]
kind = "modules"
url = "https://modules.acme.example/"
root = "sha256:{64 * "a"}"
"""


def edits_of(project: Project, monkeypatch: pytest.MonkeyPatch, *words: str) -> list[tuple[str, str]]:
    """The edits that a command would have made, as (file, its new text): nothing is locked."""
    made: list[tuple[str, str]] = []

    def instead(folder: object, edits: list[FileEdit], *rest: object) -> None:
        texts: dict[str, str] = {}
        for one in edits:
            texts[one.path] = one.edit(texts.get(one.path) or (project.folder / one.path).read_text())
        made.extend(texts.items())
        raise UsageError("nothing more")

    monkeypatch.setattr(edit_command, "edit_and_lock", instead)
    assert "nothing more" in project.run(*words).err
    return made


def test_a_module_goes_to_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A word with "@" edits [modules], every other one the requirements; both may stand in one file, or in two."""
    project = Project(tmp_path, ["flask"], more=SOURCE)
    ((path, text),) = edits_of(project, monkeypatch, "add", "@acme/guards@^2.1 || ^3", "six>=1")
    assert path == "pyproject.toml"
    assert '[tool.holdfast.modules]\n"@acme/guards" = "^2.1 || ^3"\n' in text
    assert '"six>=1"' in text
    project.manifest.write_text(text)
    assert edits_of(project, monkeypatch, "add", "@acme/guards@*")[0][1] == text.replace("^2.1 || ^3", "*")
    removed = edits_of(project, monkeypatch, "remove", "six", "@acme/guards")[0][1]
    assert "@acme" not in removed
    assert "six" not in removed

    project.manifest.write_text('[project]\nname = "web"\ndependencies = []\n')
    (project.folder / "holdfast.toml").write_text(SOURCE.replace("tool.holdfast.", ""))
    made = edits_of(project, monkeypatch, "add", "six", "@acme/base@1.x")
    assert [path for path, _ in made] == ["pyproject.toml", "holdfast.toml"]
    assert made[1][1].endswith('\n[modules]\n"@acme/base" = "1.x"\n')
    assert [path for path, _ in edits_of(project, monkeypatch, "add", "@acme/base@1.x")] == ["holdfast.toml"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "@acme/guards"], "hint: holdfast add '@acme/guards@^1'"),
        (["add", "@acme/guards@"], "expected a version range behind the module's name"),
        (["add", "@acme/guards@latest"], "expected a version range as npm writes it, found latest"),
        (["add", "@acme@1"], "expected a module name"),
        (["add", "@Acme/x@1"], "expected a module name"),
        (["add", "@acme/x@1", "--group", "dev"], "expected no modules in a group or an extra"),
        (["remove", "@acme/x", "--extra", "dev"], "expected no modules in a group or an extra"),
        (["remove", "@acme/x"], "expected a module in [modules] of pyproject.toml, found @acme/x"),
        (["add", "@other/x@1"], 'hint: add "@other/*" to packages of [sources.acme]'),
    ],
)
def test_a_module_that_cannot_be_is_refused(tmp_path: Path, words: list[str], said: str) -> None:
    """The refusal says what to write, and no file is touched."""
    project = Project(tmp_path, ["flask"], more=SOURCE + 'packages = ["@acme/*"]\n')
    before = project.manifest.read_bytes()
    done = project.run(*words)
    assert done.code == 2
    assert said in done.err
    assert project.manifest.read_bytes() == before
    assert not project.lock.exists()


def test_a_module_needs_a_source(tmp_path: Path) -> None:
    """Without a configuration, and with one that has no module source, the hint has the lines to write."""
    project = Project(tmp_path, ["flask"])
    done = project.run("add", "@acme/x@1")
    assert done.code == 2
    assert 'add [sources.acme] with kind = "modules"' in done.err
    project.manifest.write_text('[project]\nname = "web"\n')
    done = project.run("add", "@acme/x@1")
    assert done.code == 2
    assert 'write [sources.acme] with kind = "modules"' in done.err


class FullDisk:
    """Files in memory, of which the lock cannot be written."""

    def __init__(self, **texts: str) -> None:
        self.data = {f"{name}.toml": text.encode() for name, text in texts.items()}
        self.written: list[str] = []

    def read(self, name: str) -> bytes | None:
        """See `Files.read`."""
        return self.data.get(name)

    def write(self, name: str, data: bytes) -> None:
        """See `Files.write`."""
        self.written.append(name)
        if name == "holdfast.lock":
            raise FileProblem(name, "write", "no space left on device")
        self.data[name] = data


def test_a_lock_that_cannot_be_written_takes_every_edit_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requirement and module stand in two files: when the lock fails, both are as they were."""
    disk = FullDisk(pyproject="# one\n", holdfast="# two\n")
    before = dict(disk.data)
    lock = Lock(Scope("", "highest", "if-necessary", ()), (), ())
    monkeypatch.setattr(edit_workflow, "prepare", lambda *given: Locked(lock, None, None, (), "text", 0, 0))
    edits = [FileEdit(name, lambda text: f"{text}# more\n") for name in disk.data]
    market = Market(Index(Cache(""), Freshness(0), None), ())
    with pytest.raises(FileProblem):
        edit_workflow.edit_and_lock(disk, edits, read_project, lambda configuration: market, Order("2026-11-21"))
    names = ["pyproject.toml", "holdfast.toml"]
    assert disk.written == [*names, "holdfast.lock", *names]
    assert disk.data == before
