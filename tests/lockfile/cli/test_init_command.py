"""`init` on the command line, also from another tool's pins."""

import uuid
from pathlib import Path

import pytest

from holdfast.configuration.read import read_project
from holdfast.format.read import read
from tests.support.index_server import IndexServer, serving
from tests.support.packages import read_releases
from tests.support.project import Project

SHELF = "flask 3.0.0\n    click>=8\nflask 3.1.0\n    click>=8\nclick 8.1.7\nclick 8.1.8"


def bare(tmp_path: Path, server: IndexServer, *wishes: str) -> Project:
    """A project without any configuration."""
    project = Project(tmp_path, wishes, server.url)
    project.manifest.write_text(project.manifest.read_text().partition("[tool.holdfast")[0])
    return project


def versions(project: Project) -> dict[str, str]:
    """What is pinned."""
    return {pin.name: pin.version for pin in read(project.lock.read_text()).packages}


def requirements(path: Path, server: IndexServer, *pins: str) -> Path:
    """A hashed requirements file of pins `name==version`."""
    lines = []
    for pin in pins:
        name, _, version = pin.partition("==")
        files = [file for file in server.files.values() if (file.package, file.version) == (name, version)]
        lines.append(" \\\n".join([pin, *[f"    --hash=sha256:{file.sha256}" for file in files]]))
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_project_begins(tmp_path: Path) -> None:
    """An id, targets, `.gitattributes` and the first lock; afterwards everything agrees, and nothing is begun twice."""
    with serving(read_releases(SHELF)) as server:
        project = bare(tmp_path, server, "flask")
        (project.folder / ".gitattributes").write_text("*.png binary")
        done = project.run("init")
        assert done.code == 0, done.err
        assert done.out.splitlines()[:2] == ["holdfast.toml written", ".gitattributes written"]
        lines = "*.png binary\nholdfast.lock text eol=lf\n.holdfast/** -text\n"
        assert (project.folder / ".gitattributes").read_text() == lines

        def of_folder(name: str) -> bytes | None:
            path = project.folder / name
            return path.read_bytes() if path.exists() else None

        configuration = read_project(of_folder).configuration
        assert uuid.UUID(configuration.id).version == 4
        assert project.run("check").code == 0
        assert "is up to date" in project.run("lock").out
        again = project.run("init")
        assert again.code == 2
        assert "hint: run `holdfast lock`" in again.err


def test_a_configuration_that_is_there_gets_its_id(tmp_path: Path) -> None:
    """In `[tool.holdfast]`, whether the table has a header or only sub-tables; nothing else is disturbed."""
    with serving(read_releases(SHELF)) as server:
        for number, header in enumerate(("[tool.holdfast]  # ours\nstrategy = 'highest'\n\n", "")):
            folder = tmp_path / str(number)
            folder.mkdir()
            project = Project(folder, ["flask"], server.url, more=header)
            before = project.manifest.read_text()
            assert project.run("init").code == 0
            after = project.manifest.read_text()
            (line,) = [line for line in after.splitlines() if line.startswith("id = ")]
            kept = [one for one in after.splitlines() if one not in (line, "[tool.holdfast]", "")]
            assert kept == [one for one in before.splitlines() if one]
            assert not (project.folder / "holdfast.toml").exists()
            assert project.run("check").code == 0


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    """It names what it would write."""
    with serving(read_releases(SHELF)) as server:
        project = bare(tmp_path, server, "flask")
        done = project.run("init", "--dry-run")
        assert done.out.startswith("holdfast.toml would be written\n.gitattributes would be written\n")
        assert [path.name for path in project.folder.iterdir()] == ["pyproject.toml"]


def test_the_pins_of_another_tool_are_kept(tmp_path: Path) -> None:
    """Nothing moves that need not, and `check --against` is content."""
    with serving(read_releases(SHELF)) as server:
        project = bare(tmp_path, server, "flask")
        path = requirements(tmp_path / "requirements.txt", server, "flask==3.0.0", "click==8.1.7")
        done = project.run("init", "--from", str(path))
        assert done.code == 0, done.out + done.err
        assert "moved" not in done.out
        assert versions(project) == {"flask": "3.0.0", "click": "8.1.7"}
        assert project.run("check", "--against", str(path)).code == 0


@pytest.mark.parametrize(
    ("pins", "wishes", "subject", "reason"),
    [
        (("flask==3.0.0", "click==7.0"), ("flask",), "click 7.0", "the index does not offer this version"),
        (("flask==3.0.0",), ("click",), "flask 3.0.0", "no wish leads to it"),
        (("flask==3.0.0",), ("flask>3",), "flask 3.0.0", "pyproject.toml requires flask>3"),
    ],
)
def test_what_moved_is_listed_with_its_reason(
    tmp_path: Path, pins: tuple[str, ...], wishes: tuple[str, ...], subject: str, reason: str
) -> None:
    """A note for each pin that could not be kept."""
    with serving(read_releases(SHELF)) as server:
        project = bare(tmp_path, server, *wishes)
        path = requirements(tmp_path / "requirements.txt", server, *pins)
        done = project.run("init", "--from", str(path))
        assert done.code == 0, done.out + done.err
        assert f"note[moved]: {subject}\n" in done.out
        assert f"  reason: {reason}\n" in done.out


def test_a_begun_project_can_take_another_tools_pins(tmp_path: Path) -> None:
    """`check --against` names `import` as the way; it changes pins and leaves the configuration alone."""
    with serving(read_releases(SHELF)) as server:
        project = bare(tmp_path, server, "flask")
        assert project.run("init").code == 0
        configuration = (project.folder / "holdfast.toml").read_bytes()
        path = requirements(tmp_path / "requirements.txt", server, "flask==3.0.0", "click==8.1.8")
        done = project.run("import", str(path))
        assert "downgraded    flask 3.1.0 -> 3.0.0" in done.out
        assert (project.folder / "holdfast.toml").read_bytes() == configuration


def test_a_hash_of_another_tool_that_the_index_denies(tmp_path: Path) -> None:
    """An alarm that names the file and its line; nothing is written until the change is accepted by name."""
    with serving(read_releases(SHELF)) as server:
        project = bare(tmp_path, server, "click")
        path = tmp_path / "pylock.toml"
        path.write_text(
            'lock-version = "1.0"\ncreated-by = "test"\n\n[[packages]]\nname = "click"\nversion = "8.1.8"\n'
            'wheels = [{ name = "click-8.1.8-py3-none-any.whl", url = "https://files.example/click.whl", '
            f'hashes = {{ sha256 = "{64 * "0"}" }} }}]\n'
        )
        done = project.run("init", "--from", str(path))
        assert done.code == 1
        assert "alarm[artifact-changed]: click-8.1.8-py3-none-any.whl" in done.out
        assert f"({path})" in done.out
        assert [entry.name for entry in project.folder.iterdir()] == ["pyproject.toml"]
        assert project.run("init", "--from", str(path), "--accept-changed", "click").code == 0
        assert versions(project) == {"click": "8.1.8"}
