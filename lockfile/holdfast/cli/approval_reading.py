"""What approvals are judged by, read: their folder, a base revision, the clock. Only where approvals are in force.

Knows the folder, git and the reader of the configuration; judges nothing.
"""

from __future__ import annotations

import time

from holdfast.cli.console import Console
from holdfast.cli.project import ProjectFolder
from holdfast.configuration.configuration import Configuration
from holdfast.configuration.read import NPM_MANIFEST, NPMRC, UV, read_configuration
from holdfast.configuration.security import security_of
from holdfast.errors import ConfigurationError
from holdfast.model.approval import FOLDER
from holdfast.model.lock import Lock
from holdfast.revisions import authors_between, files_at, full_commit, is_full_commit, tree_at
from holdfast.workflows.approval_state import BESIDES, Base, in_force
from holdfast.workflows.check_approvals import Asked, Judged, check_approvals
from holdfast.workflows.port import CONFIGURATION, LOCK, MANIFEST
from holdfast_resolver.errors import ManifestError

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `collections` costs milliseconds
    from collections.abc import Mapping

# The files that decide; besides these and the approvals nothing does.
_DECIDING = (MANIFEST, CONFIGURATION, LOCK, UV, NPM_MANIFEST, NPMRC)


def now_text() -> str:
    """Return the time as approvals have it: RFC 3339 in UTC, to the second."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def read_base(project: ProjectFolder, revision: str) -> Base:
    """Return what a revision has. Raises `RevisionUnknown`, `RevisionMissing`, `ConfigurationError` naming it.

    And `UsageError`, `FileProblem` where what lies in the tree leads to another project or file than the revision's.
    """
    from holdfast.cli.base_place import refuse_elsewhere, refuse_staged  # start-up: only with a base

    refuse_staged(project)
    project.refuse_links(_DECIDING)
    commit = full_commit(project.folder, revision)
    refuse_elsewhere(project, revision, commit)
    unread = tuple([f"{FOLDER}/{name}" for name in BESIDES])
    found = tree_at(project.folder, commit, _DECIDING, FOLDER, unread)
    try:
        configuration = read_configuration(found.get)
    except (ConfigurationError, ManifestError) as error:
        place = f"{error.path} at {revision}"
        hint = "name a base whose configuration can be read"
        raise ConfigurationError(place, error.expected, error.found, error.line, error.column, hint=hint) from None
    acts = {path[len(FOLDER) + 1 :]: data for path, data in found.items() if path.startswith(FOLDER)}
    return Base(revision, commit, found.get(LOCK), configuration, acts)


def note_moving_base(revision: str, commit: str, environment: Mapping[str, str], console: Console) -> None:
    """Say in CI that a branch or a tag can be moved by whoever may push: the full id of a commit cannot."""
    if environment.get("CI") and not is_full_commit(revision):
        console.note(f"note: {revision} can be moved; in CI name the commit itself: --base {commit}")


def judge_project(
    project: ProjectFolder, lock: Lock, configuration: Configuration, base: Base | None, now: str = ""
) -> Judged | None:
    """Judge the approvals of a project as it is in its folder; None where none are in force, here or in the base.

    Raises `FileProblem`, and `RevisionMissing` where git has to be asked.
    """
    folder = project.folder_of(FOLDER, BESIDES)
    if not in_force(configuration, folder) and (base is None or not in_force(base.configuration, base.folder)):
        return None
    project.refuse_links(_DECIDING)
    asked = Asked(
        lambda commit: authors_between(project.folder, commit), lambda commit: files_at(project.folder, commit, FOLDER)
    )
    return check_approvals(lock, configuration, folder, base, now or now_text(), security_of=security_of, asked=asked)
