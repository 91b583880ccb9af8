"""Files of the project as a git revision has them. Knows git's command line; never changes a repository.

git runs without prompts, without fetching missing objects, and reads the bytes as stored: no filters, no
textconv, no replacement objects.
"""

import os

from holdfast.errors import RevisionUnknown

_SETTINGS = {
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_EXPECTED = "a branch, tag or commit, such as origin/main"


def file_at(project: str, revision: str, relative_path: str) -> bytes | None:
    """Return the bytes of `relative_path` (with "/", below the folder `project`) at `revision`.

    None when that revision has no such file. Raises `RevisionUnknown` when git is missing, `project` is in no
    repository, or git does not know the revision.
    """
    if not revision or revision[0] == "-" or ":" in revision or not revision.isprintable():
        raise RevisionUnknown(revision, f"not the name of a revision; expected {_EXPECTED}")
    # The common case is one process: the blob is there.
    status, output, _ = _git(project, revision, "cat-file", "blob", f"{revision}:./{relative_path}")
    if status == 0:
        return output
    commit_of = f"{revision}^{{commit}}"
    status, output, _ = _git(project, revision, "rev-parse", "--verify", "--quiet", commit_of)
    if status != 0:
        raise RevisionUnknown(revision, _reason(project, revision))
    commit = output.decode("ascii").strip()
    status, output, message = _git(project, revision, "ls-tree", "-z", commit, "--", f"./{relative_path}")
    if status != 0:
        raise RevisionUnknown(revision, _first_line(message))
    if not output:
        return None
    kind = output.split(b"\t", 1)[0].split()[1].decode("ascii")
    if kind == "blob":
        raise RevisionUnknown(revision, f"this clone does not have the content of {relative_path} there")
    raise RevisionUnknown(revision, f"{relative_path} is not a file there, but a {kind}")


def _git(project: str, revision: str, *arguments: str) -> tuple[int, bytes, str]:
    # start-up: 10 ms, and only comparisons with a revision need it
    import subprocess

    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=project,
            env={**os.environ, **_SETTINGS},
            stdin=subprocess.DEVNULL,
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


def _reason(project: str, revision: str) -> str:
    status, output, trouble = _git(project, revision, "rev-parse", "--is-shallow-repository")
    if status != 0:
        return _first_line(trouble)  # "not a git repository ...", "detected dubious ownership ..."
    if output.strip() == b"true":
        return "this clone is shallow and does not have it: fetch it first, with `git fetch --unshallow`"
    return f"git does not know it as a commit; expected {_EXPECTED}"


def _first_line(message: str) -> str:
    lines = message.strip().splitlines()
    line = lines[0].removeprefix("fatal: ").removeprefix("error: ") if lines else "git gave no reason"
    return line[:1].lower() + line[1:]
