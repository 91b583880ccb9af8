"""`tree` and `why` on the command line: offline, from the lock alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from holdfast.format.write import write
from holdfast.model.lock import Signer
from tests.support.lock_scenarios import read_lock
from tests.support.project import Project

LOCK = """
wish flask>=3.0
flask 3.0.3
    click>=8.1.3
    werkzeug>=3
click 8.1.8
    colorama ; sys_platform == 'win32'
colorama 0.4.6
orphan 1.0
werkzeug 3.1.3
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with a lock and no index."""
    made = Project(tmp_path, ["flask>=3.0"])
    made.lock.write_text(write(read_lock(LOCK)))
    return made


def test_the_tree_begins_at_the_manifest(project: Project) -> None:
    """Wishes first, what they require below."""
    done = project.run("tree")
    assert done.code == 0
    assert done.out.splitlines() == [
        "pyproject.toml",
        "└── flask 3.0.3",
        "    ├── click 8.1.8",
        "    │   └── colorama 0.4.6 ; sys_platform == 'win32'",
        "    └── werkzeug 3.1.3",
    ]


def test_a_terminal_without_box_characters_gets_others(project: Project) -> None:
    """A code page or the C locale draws the same tree with ASCII, in a real process."""
    command = [sys.executable, "-c", "from holdfast.cli.main import run; run()", "tree", "flask"]
    for encoding in ("ascii", "cp1252"):
        environment = {**os.environ, "PYTHONIOENCODING": encoding}
        done = subprocess.run(command, cwd=project.folder, env=environment, capture_output=True, check=False)
        assert done.stderr == b""
        assert done.stdout.decode("ascii").splitlines() == [
            "flask 3.0.3",
            "|-- click 8.1.8",
            "|   `-- colorama 0.4.6 ; sys_platform == 'win32'",
            "`-- werkzeug 3.1.3",
        ]


def test_the_tree_of_a_name_in_any_spelling(project: Project) -> None:
    """A name is the root, however it is written, and depth counts from it."""
    assert project.run("tree", "Click").out.splitlines() == [
        "click 8.1.8",
        "└── colorama 0.4.6 ; sys_platform == 'win32'",
    ]
    assert project.run("tree", "flask", "--depth", "1").out.count("\n") == 3
    assert project.run("tree", "flask", "--depth=0").out == "flask 3.0.3\n"


def test_inverted_the_users_are_below(project: Project) -> None:
    """`--invert` shows who requires a package, up to the wish."""
    assert project.run("tree", "--invert", "click").out.splitlines() == [
        "click 8.1.8",
        "└── flask 3.0.3 (requires click>=8.1.3)",
        "    └── pyproject.toml (wishes flask>=3.0)",
    ]


def test_json_is_cut_as_the_text_is(project: Project) -> None:
    """Names, `--invert` and `--depth` choose the packages of the document too."""

    def names(*words: str) -> list[str]:
        return [package["name"] for package in project.run("tree", "--format", "json", *words).json["packages"]]

    assert names() == ["click", "colorama", "flask", "werkzeug"]
    assert names("--depth", "1") == ["flask"]
    assert names("click") == ["click", "colorama"]
    assert names("click", "--invert") == ["click", "flask"]
    assert names("colorama", "--invert", "--depth", "1") == ["click", "colorama"]
    inverted = project.run("tree", "--format", "json", "--invert", "click").json
    assert [wish["to"] for wish in inverted["wishes"]] == ["pypi:flask@3.0.3"]
    assert [edge["to"] for package in inverted["packages"] for edge in package["edges"]] == ["pypi:click@8.1.8"]


def test_a_pin_that_nothing_leads_to(project: Project) -> None:
    """It is locked, so it is no error; there is nothing to show, and that is said."""
    done = project.run("tree", "orphan")
    assert (done.code, done.out) == (0, "")
    assert "no wish leads to orphan" in done.err
    assert project.run("why", "orphan").out == "orphan 1.0\n  nothing leads to it\n"


def test_why_shows_the_paths(project: Project) -> None:
    """Each step with the requirement that made it."""
    assert project.run("why", "Colorama").out.splitlines() == [
        "colorama 0.4.6",
        "  pyproject.toml wishes flask>=3.0",
        "    flask 3.0.3 requires click>=8.1.3",
        "      click 8.1.8 requires colorama ; sys_platform == 'win32' (on cp311 windows-x86_64, cp312 windows-x86_64)",
    ]
    document = project.run("why", "colorama", "--format", "json").json
    assert document["pins"][0]["id"] == "pypi:colorama@0.4.6"


@pytest.mark.parametrize("words", [("why", "colorma"), ("tree", "colorma"), ("tree", "flask", "colorma")])
def test_an_unknown_name_is_refused_with_the_nearest(project: Project, words: tuple[str, ...]) -> None:
    """Exit 2, and the name that was probably meant."""
    done = project.run(*words)
    assert (done.code, done.out) == (2, "")
    assert "found colorma" in done.err
    assert "did you mean colorama?" in done.err


@pytest.mark.parametrize("depth", ["-1", "x", "1.5", "9" * 40, "²"])
def test_a_depth_that_is_no_number(project: Project, depth: str) -> None:
    """Exit 2, and what is expected."""
    done = project.run("tree", f"--depth={depth}")
    assert done.code == 2
    assert "a whole number" in done.err


def test_without_a_lock_the_next_command_is_named(tmp_path: Path) -> None:
    """Exit 2 and `holdfast lock`; as JSON, the same in a document."""
    project = Project(tmp_path)
    assert project.run("tree").code == project.run("why", "x").code == 2
    assert "run `holdfast lock`" in project.run("tree").err
    assert project.run("tree", "--format", "json").json["error"]["kind"] == "LockMissing"


def test_the_unsigned_are_counted_below_the_tree(project: Project) -> None:
    """Those that the tree shows, once; the signer of a package stands behind it."""
    tool = Signer("github:101/.github/workflows/release.yml", "acme/tool")
    lock = read_lock(LOCK.replace("werkzeug 3.1.3", f"werkzeug 3.1.3 | signers {tool.id}"))
    project.lock.write_text(write(lock._replace(signers=(tool,))))
    lines = project.run("tree", "--signers").out.splitlines()
    assert lines[-2:] == ["    └── werkzeug 3.1.3  [acme/tool (github:101...)]", "3 packages are unsigned"]
    assert not any("unsigned" in line for line in lines[:-1])
    assert project.run("tree", "--signers", "--depth", "1").out.splitlines()[-1] == "1 package is unsigned"
    assert project.run("tree", "--signers", "werkzeug").out == "werkzeug 3.1.3  [acme/tool (github:101...)]\n"
    assert project.run("tree", "--signers", "werkzeug", "--invert").out.splitlines()[-1] == "1 package is unsigned"
    assert "unsigned" not in project.run("tree").out
