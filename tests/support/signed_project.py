"""A project on a signing index, with that index's root of trust pinned in its configuration.

project = signed_project(tmp_path, index, ["tool"])
"""

from collections.abc import Sequence
from pathlib import Path

from tests.support.project import Project
from tests.support.signing_index import SigningIndex

ROOT = ".holdfast/roots/sigstore.json"


def signed_project(folder: Path, index: SigningIndex, wishes: Sequence[str], sources: str = "") -> Project:
    """Return the project; `sources` is the value of `[sigstore] sources` in TOML, "" for none."""
    project = Project(folder, wishes, index.url)
    path = project.folder / ROOT
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(index.world.trust_root)
    section = f'\n[tool.holdfast.sigstore]\nroot = "{index.world.digest}"\n'
    section += f"sources = {sources}\n" if sources else ""
    project.manifest.write_text(project.manifest.read_text() + section)
    return project
