"""Entries of a foreign npm lock that are no releases, and that nothing in our lock accounts for.

npm installs them all the same: a package from git in a folder below another one shadows the pinned one for that
package alone, and an entry that says that it is bundled is fetched where the tarball around it bundles nothing. What
may stand there without a pin is what the tarball of a pinned release brings along, a link at the root to a folder of
the project, and what the project's own manifests ask for by git, file or URL: npm compares those with the file itself.
"""

from collections.abc import Iterator
from posixpath import normpath

from holdfast.imports.npm_places import MODULES, above, name_at
from holdfast.imports.port import ForeignLock, Skipped
from holdfast.model.lock import Lock

_ANYWHERE = ("git", "url", "file")


def foundlings(lock: Lock, foreign: ForeignLock) -> Iterator[Skipped]:
    """Yield the entries of an npm file that nothing accounts for, in the order of the file."""
    if foreign.tool != "npm":
        return
    bundlers = {pin.name for pin in lock.packages if pin.npm is not None and pin.npm.bundled}
    bundlers |= {name_at(pin.entry) for pin in foreign.pins if pin.name in bundlers}  # also under an alias
    members = {part.path.rpartition("/")[0] for part in lock.inputs}
    pinned = {pin.name for pin in lock.packages if pin.npm is not None}
    for one in foreign.skipped:
        if one.kind == "link":
            if not _is_member(one, members, pinned):
                yield one
        elif one.kind == "bundled":
            if not any(name_at(folder) in bundlers for folder in list(above(one.entry))[1:]):
                yield one
        elif one.kind in _ANYWHERE and not one.asked:
            yield one


def _is_member(link: Skipped, members: set[str], pinned: set[str]) -> bool:
    """Whether a link stands where npm puts those to workspaces, and leads to a folder of the project."""
    folder = normpath(link.target) if link.target else ".."
    inside = not folder.startswith(("..", "/")) and ":" not in folder and MODULES not in folder.split("/")
    at_root = link.entry == f"{MODULES}/{name_at(link.entry)}"
    return inside and at_root and (folder in members or link.name not in pinned)
