"""git repositories for tests: commits by anybody, with no configuration of this machine's."""

import os
import subprocess
from pathlib import Path

_SETTINGS = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
}


def git(folder: Path, *words: str, author: str = "dev@acme.example", committer: str = "", code: int = 0) -> str:
    """Run git in a folder as somebody; `code` is the exit code that it must have. Return what it said."""
    people = {
        "GIT_AUTHOR_NAME": author.partition("@")[0] or "nobody",
        "GIT_AUTHOR_EMAIL": author,
        "GIT_COMMITTER_NAME": (committer or author).partition("@")[0] or "nobody",
        "GIT_COMMITTER_EMAIL": committer or author,
    }
    settings = ("-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *settings, *words],
        cwd=folder,
        env={**os.environ, **_SETTINGS, **people},
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == code, f"git {' '.join(words)}: {done.stdout}{done.stderr}"
    return done.stdout.strip()


def write(folder: Path, files: dict[str, str | bytes | None]) -> None:
    """Write files below a folder; None removes one."""
    for name, content in files.items():
        path = folder / name
        if content is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def commit(
    folder: Path, files: dict[str, str | bytes | None] | None = None, author: str = "dev@acme.example",
    committer: str = "", message: str = "a change",
) -> str:  # fmt: skip
    """Write files, commit all that is there, and return the commit's full id. The repository is made where needed."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / ".git").exists() and not git_above(folder):
        git(folder, "init", "--quiet")
    write(folder, files or {})
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message, author=author, committer=committer)
    return git(folder, "rev-parse", "HEAD")


def git_above(folder: Path) -> bool:
    """Whether a folder above is a repository."""
    return any((one / ".git").exists() for one in folder.parents)
