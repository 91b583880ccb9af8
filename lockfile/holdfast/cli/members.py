"""What a name is that no package of the lock has: a workspace of the project, which is locked through its wishes.

Asked only when a command is refused; reads the manifests then.
"""

from collections.abc import Callable

from holdfast.cli.project import ProjectFolder
from holdfast.workflows.port import NPM_MANIFEST


def member_of(project: ProjectFolder) -> Callable[[str], str]:
    """Return a function that says of a name what it is in this project, "" where it is nothing."""

    def told(name: str) -> str:
        body = project.read(NPM_MANIFEST)
        if body is None:
            return ""
        # start-up: only for a message
        from holdfast.configuration.npm_project import read_npm_project
        from holdfast_resolver.errors import ManifestError
        from holdfast_resolver.values.names import normalize_name

        try:
            manifests = read_npm_project(project.read, body)
        except ManifestError:
            return ""
        wanted = name.removeprefix("npm:")
        for manifest in manifests:
            if manifest.name and wanted in (manifest.name, normalize_name(manifest.name)):
                what = "a workspace of this project" if manifest is not manifests[0] else "this project itself"
                return f"{manifest.name} is {what} ({manifest.path}): `holdfast tree` shows what it brings in"
        return ""

    return told
