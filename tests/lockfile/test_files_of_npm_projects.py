"""Which folder is the project where there are manifests of npm, and what is listed of a folder."""

import json
import os
from pathlib import Path

import pytest

from holdfast.errors import ProjectNotFound
from holdfast.files import find_project, folders_in


def write(folder: Path, **manifest: object) -> None:
    """Write a package.json."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(json.dumps(manifest))


def test_a_folder_with_a_package_json_is_a_project(tmp_path: Path) -> None:
    """From anywhere below it; without one there is none."""
    (tmp_path / "web" / "src").mkdir(parents=True)
    with pytest.raises(ProjectNotFound):
        find_project(str(tmp_path / "web" / "src"))
    write(tmp_path / "web", name="web")
    assert find_project(str(tmp_path / "web" / "src")) == str(tmp_path / "web")


@pytest.mark.parametrize(
    ("workspaces", "expected"),
    [(["packages/*"], "root"), (["packages/ui"], "root"), ([], "packages/ui"), (["other/*"], "packages/ui")],
)
def test_a_workspace_belongs_to_the_project_that_claims_it(
    tmp_path: Path, workspaces: list[str], expected: str
) -> None:
    """Any other folder with a manifest is a project of its own."""
    root = tmp_path / "root"
    write(root, workspaces=workspaces)
    write(root / "packages" / "ui", name="ui")
    (root / "packages" / "ui" / "src").mkdir()
    found = find_project(str(root / "packages" / "ui" / "src"))
    assert found == str(root if expected == "root" else root / expected)


def test_a_manifest_above_that_cannot_be_read_claims_nothing(tmp_path: Path) -> None:
    """Whoever works on it will hear of it; this project is not its own."""
    (tmp_path / "package.json").write_text('{"workspaces": ["*"')
    write(tmp_path / "web", name="web")
    assert find_project(str(tmp_path / "web")) == str(tmp_path / "web")


def test_pnpm_names_its_workspaces_elsewhere(tmp_path: Path) -> None:
    """In pnpm-workspace.yaml."""
    write(tmp_path, name="root")
    (tmp_path / "pnpm-workspace.yaml").write_text("packages:\n  - 'apps/*'\n")
    write(tmp_path / "apps" / "web", name="web")
    assert find_project(str(tmp_path / "apps" / "web")) == str(tmp_path)


def test_the_nearest_project_wins_whatever_its_kind(tmp_path: Path) -> None:
    """A Python project below an npm project, and the other way round."""
    write(tmp_path, name="root")
    (tmp_path / "py").mkdir()
    (tmp_path / "py" / "pyproject.toml").write_text('[project]\nname = "p"\nversion = "1"\n')
    write(tmp_path / "py" / "front", name="front")
    assert find_project(str(tmp_path / "py")) == str(tmp_path / "py")
    assert find_project(str(tmp_path / "py" / "front")) == str(tmp_path / "py" / "front")


def test_folders_are_listed_without_links(tmp_path: Path) -> None:
    """Sorted, one a line; None where there is no such folder."""
    for name in ("b", "a", ".git"):
        (tmp_path / name).mkdir()
    (tmp_path / "file").write_text("")
    os.symlink(tmp_path, tmp_path / "loop")
    assert folders_in(str(tmp_path)) == b".git\na\nb\n"
    assert folders_in(str(tmp_path / "none")) is None
    assert folders_in(str(tmp_path / "file")) is None
