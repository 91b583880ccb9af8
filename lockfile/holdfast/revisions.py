"""Files of the project as a git revision has them, and who wrote what came since. Knows git's command line.

Never changes a repository. git runs without prompts, without fetching missing objects, and reads the bytes as stored:
no filters, no textconv, no replacement objects. Variables that would lead it to another repository are not passed on,
and a bare repository among the files of the tree is none: whoever wrote those files would have written its settings.
"""

from __future__ import annotations

import os

from holdfast.errors import RevisionMissing, RevisionUnknown

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `check --base` reads few files
    from collections.abc import Iterable

_SETTINGS = {
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
# What runs programs or opens connections by a repository's own settings; the first needs git 2.38.
_GUARDS = (
    "safe.bareRepository=explicit",
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    f"core.attributesFile={os.devnull}",
    "core.pager=cat",
    "core.useReplaceRefs=false",
    "log.showSignature=false",
    "protocol.allow=never",
    "submodule.recurse=false",
)
# Which repository is asked is decided by the project's folder alone.
_NOT_PASSED_ON = frozenset(
    ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE",
     "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_GRAFT_FILE", "GIT_SHALLOW_FILE", "GIT_REPLACE_REF_BASE", "GIT_PREFIX",
     "GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS", "GIT_DIFF_OPTS")
)  # fmt: skip
_EXPECTED = "a branch, tag or commit, such as origin/main"
_FULL = (40, 64)  # hexadecimal digits of a commit's id: SHA-1 and SHA-256
_KINDS = {b"100644": "file", b"100755": "file", b"120000": "link", b"160000": "submodule"}


def full_commit(project: str, revision: str) -> str:
    """Return the full id of the commit that a revision names in the repository of the folder `project`.

    Raises `RevisionMissing` when it is not in this clone, `RevisionUnknown` for what is no name of a revision, and
    when git is missing or `project` is in no repository.
    """
    if not revision or revision[0] == "-" or ":" in revision or not revision.isprintable():
        raise RevisionUnknown(revision, f"not the name of a revision; expected {_EXPECTED}")
    status, output, _ = _git(project, revision, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    if status != 0:
        raise _missing(project, revision)
    return output.decode("ascii").strip()


def is_full_commit(revision: str) -> bool:
    """Whether it is the full id of a commit: what no push to a branch can move."""
    return len(revision) in _FULL and all(digit in "0123456789abcdef" for digit in revision)


def file_at(project: str, revision: str, relative_path: str) -> bytes | None:
    """Return the bytes of `relative_path` (with "/", below the folder `project`) at `revision`.

    None when that revision has no such file. Raises as `full_commit` does, `RevisionUnknown` for what is no file there,
    and `RevisionMissing` for content that this clone does not have.
    """
    if revision and revision[0] != "-" and ":" not in revision and revision.isprintable():
        # The common case is one process: the blob is there.
        status, output, _ = _git(project, revision, "cat-file", "blob", f"{revision}:./{relative_path}")
        if status == 0:
            return output
    commit = full_commit(project, revision)
    listed = _listed(project, revision, commit, relative_path)
    if not listed:
        return None
    kind, _, path = listed[0]
    if kind != "file" or path != relative_path:
        raise RevisionUnknown(revision, f"{relative_path} is not a file there, but a {_folder_or(kind)}")
    raise _content_missing(revision, commit, relative_path)


def files_at(project: str, revision: str, folder: str) -> dict[str, bytes]:
    """Return the bytes of all files below `folder` (with "/", below the folder `project`) at `revision`.

    The names are relative to `folder`; {} when that revision has no such folder. Raises as `tree_at` does.
    """
    found = tree_at(project, revision, (), folder)
    return {path[len(folder) + 1 :]: data for path, data in found.items()}


def tree_at(
    project: str, revision: str, names: tuple[str, ...], folder: str, unread: tuple[str, ...] = ()
) -> dict[str, bytes]:
    """Return the bytes of the files `names` that `revision` has, and of all files below `folder`, by their paths.

    Paths are with "/", below the folder `project`; those of `unread` are named with b"". Three processes, however many
    files. Raises as `file_at` does; a link or a submodule in the place of a file or of a folder is a `RevisionUnknown`.
    """
    commit = full_commit(project, revision)
    blobs: dict[str, str] = {}
    for kind, blob, path in _listed(project, revision, commit, *names, folder.partition("/")[0], deep=True):
        if f"{folder}/".startswith(f"{path}/"):
            raise RevisionUnknown(revision, f"{path} is not a folder there, but a {kind}")
        below = path.startswith(f"{folder}/")
        if path not in names and not below:
            if path.startswith(tuple([f"{name}/" for name in names])):
                raise RevisionUnknown(revision, f"{path.partition('/')[0]} is not a file there, but a folder")
            continue
        if kind != "file":
            raise RevisionUnknown(revision, f"{path} is not a file there, but a {kind}")
        blobs[path] = blob
    named = {path: b"" for path in unread if blobs.pop(path, None) is not None}
    return _contents(project, revision, commit, blobs) | named


def present_at(project: str, commit: str, paths: tuple[str, ...]) -> dict[str, bytes]:
    """Return those of `paths` (with "/", below the folder `project`) that a commit has, with their bytes.

    What is no file there has b"". Raises as `file_at` does.
    """
    listed = _listed(project, commit, commit, *paths)
    files = {path: blob for kind, blob, path in listed if kind == "file"}
    return {path: b"" for _, _, path in listed} | _contents(project, commit, commit, files)


def has_commit(folder: str, commit: str) -> bool:
    """Whether the repository of a folder has a commit; False also where git does not believe the folder."""
    return _git(folder, commit, "cat-file", "-e", f"{commit}^{{commit}}")[0] == 0


def is_within(outer: str, inner: str, commit: str) -> bool:
    """Whether the repository at the folder `inner` stands where that of the folder `outer` has something of its own.

    That is a submodule in its index, or anything in `commit`. A second working tree of the same repository is not.
    """
    commons = []
    for folder in (outer, inner):
        status, output, _ = _git(folder, commit, "rev-parse", "--git-common-dir")
        commons.append(os.path.realpath(os.path.join(folder, os.fsdecode(output.rstrip(b"\n")))) if status == 0 else "")
    if commons[0] and commons[0] == commons[1]:
        return False
    path = "./" + os.path.relpath(inner, outer).replace(os.sep, "/")
    staged = _git(outer, commit, "ls-files", "--stage", "-z", "--", path)[1]
    return staged.startswith(b"160000 ") or bool(_git(outer, commit, "ls-tree", "-z", commit, "--", path)[1])


def authors_between(project: str, base: str, head: str = "HEAD") -> frozenset[str]:
    """Return the e-mail addresses, case-folded, of who wrote or committed what `head` has and `base` has not.

    A commit counts when it touches anything besides `.holdfast/approvals/` of the project; a merge only by what differs
    from all of its parents, so what it brings together is counted where it was written. Raises as `full_commit` does,
    and `RevisionMissing` when a shallow clone ends within the range: then the authors are not known.
    """
    ends = full_commit(project, head), full_commit(project, base)
    status, output, message = _git(
        project, base, "rev-list", "--encoding=UTF-8", "--format=%ae%n%ce", ends[0], f"^{ends[1]}"
    )
    if status != 0:
        raise RevisionUnknown(base, _first_line(message))
    lines = output.decode("utf-8", "replace").split("\n")
    people = {
        lines[place].removeprefix("commit "): (lines[place + 1], lines[place + 2])
        for place in range(0, len(lines) - 1, 3)
    }
    _refuse_unknown_past(project, base, people)
    touching = _touching(project, base, people)
    return frozenset(mail.strip().casefold() for commit in touching for mail in people[commit] if mail.strip())


def _touching(project: str, base: str, commits: Iterable[str]) -> list[str]:
    """Those of `commits` that touch more than approvals."""
    status, prefix, message = _git(project, base, "rev-parse", "--show-prefix")  # b"web/\n", b"\n" at the top
    if status != 0:
        raise RevisionUnknown(base, _first_line(message))
    spared = prefix.rstrip(b"\n") + b".holdfast/approvals/"
    ask = ("diff-tree", "--stdin", "-r", "-c", "-z", "--root", "--raw", "--no-renames", "--ignore-submodules=none")
    status, output, message = _git(project, base, *ask, data="".join([f"{one}\n" for one in commits]).encode())
    if status != 0:
        raise RevisionUnknown(base, _first_line(message))
    # <id> NUL, then for each path: one ":" for each parent, modes, ids and status NUL, path NUL
    found: dict[str, None] = {}
    commit, fields = "", iter(output.split(b"\0"))
    for field in fields:
        if not field.startswith(b":"):
            commit = field.decode("ascii").strip()
        elif not next(fields).startswith(spared):
            found[commit] = None
    return list(found)


def _refuse_unknown_past(project: str, base: str, commits: Iterable[str]) -> None:
    status, output, _ = _git(project, base, "rev-parse", "--git-path", "shallow")
    if status != 0:
        return
    try:
        with open(os.path.join(project, os.fsdecode(output.rstrip(b"\n"))), encoding="ascii") as file:
            ends = set(file.read().split())
    except FileNotFoundError:
        return
    if not ends.isdisjoint(commits):
        reason = "this clone is shallow, and who wrote the changes since then is not known"
        raise RevisionMissing(base, reason, "git fetch --unshallow")


def _listed(
    project: str, revision: str, commit: str, *paths: str, deep: bool = False
) -> list[tuple[str, str, str]]:  # fmt: skip
    """(kind, object id, path) of what a commit has at `paths`; with `deep`, of the files below instead of folders."""
    words = ("ls-tree", "-z", *(("-r",) if deep else ()), commit, "--", *[f"./{path}" for path in paths])
    status, output, message = _git(project, revision, *words)
    if status != 0:
        raise RevisionUnknown(revision, _first_line(message))
    found = []
    for entry in output.split(b"\0")[:-1]:
        facts, _, name = entry.partition(b"\t")
        mode, _, identity = facts.split()
        found.append((_KINDS.get(mode, "tree"), identity.decode("ascii"), os.fsdecode(name)))
    return found


def _contents(project: str, revision: str, commit: str, blobs: dict[str, str]) -> dict[str, bytes]:
    if not blobs:
        return {}
    asked = "".join([f"{blob}\n" for blob in blobs.values()]).encode()
    status, output, message = _git(project, revision, "cat-file", "--batch", data=asked)
    if status != 0:
        raise RevisionUnknown(revision, _first_line(message))
    # <id> blob <size> LF <bytes> LF, or <id> missing LF
    found, position = {}, 0
    for name in blobs:
        end = output.index(b"\n", position)
        head = output[position:end].split()
        if len(head) != 3 or head[1] != b"blob":
            raise _content_missing(revision, commit, name)
        position = end + 1 + int(head[2])
        found[name] = output[end + 1 : position]
        position += 1
    return found


def _git(project: str, revision: str, *arguments: str, data: bytes = b"") -> tuple[int, bytes, str]:
    # start-up: 10 ms, and only comparisons with a revision need it
    import subprocess

    environment = {name: value for name, value in os.environ.items() if name not in _NOT_PASSED_ON}
    try:
        done = subprocess.run(
            ["git", *[word for guard in _GUARDS for word in ("-c", guard)], *arguments],
            cwd=project,
            env={**environment, **_SETTINGS},
            input=data,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        if not os.path.isdir(project):
            raise RevisionUnknown(revision, f"no folder {project}") from None
        raise RevisionUnknown(revision, "git is not installed, or not on the PATH") from None
    except OSError as error:
        raise RevisionUnknown(revision, f"git does not start: {error.strerror}") from None
    return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")


def _missing(project: str, revision: str) -> RevisionUnknown:
    """What to say of a revision that git does not find, with the command that fetches it."""
    status, output, trouble = _git(project, revision, "rev-parse", "--is-shallow-repository")
    if status != 0:
        return RevisionUnknown(revision, _first_line(trouble))  # "not a git repository ...", "dubious ownership ..."
    shallow = output.strip() == b"true"
    reason = f"git does not know it as a commit; expected {_EXPECTED}"
    if shallow:
        reason = "this clone is shallow and does not have it"
    remotes = _git(project, revision, "remote")[1].decode("utf-8", "replace").split()
    if not remotes:
        return RevisionMissing(revision, reason)
    remote = "origin" if "origin" in remotes else remotes[0]
    return RevisionMissing(revision, reason, _fetch(revision, remote, shallow))


def _fetch(revision: str, remote: str, shallow: bool) -> str:
    from shlex import quote

    command = f"git fetch --depth=1 {quote(remote)}" if shallow else f"git fetch {quote(remote)}"
    if is_full_commit(revision):
        return f"{command} {revision}"
    owner, _, branch = revision.partition("/")
    if owner == remote and branch and not set("~^@{} *?[\\") & set(branch):
        return f"{command} " + quote(f"+refs/heads/{branch}:refs/remotes/{remote}/{branch}")
    return f"git fetch {'--unshallow ' if shallow else ''}--tags {quote(remote)}"


def _content_missing(revision: str, commit: str, path: str) -> RevisionMissing:
    from shlex import quote

    reason = f"this clone does not have the content of {path} there"
    return RevisionMissing(revision, reason, f"git archive --output={os.devnull} --format=tar {commit} {quote(path)}")


def _folder_or(kind: str) -> str:
    return "folder" if kind == "tree" else kind


def _first_line(message: str) -> str:
    lines = message.strip().splitlines()
    line = lines[0].removeprefix("fatal: ").removeprefix("error: ") if lines else "git gave no reason"
    return line[:1].lower() + line[1:]
