"""The index of the rows about signers, and a project on it: 250 packages, a wheel and an sdist each.

python -m bench.signer_index FOLDER [--signed]      the first line on stdout is the port; the project is FOLDER/web

With `--signed` every file has evidence of a private Sigstore, whose root the project pins. `GET /-/counts` tells how
much was asked since the last asking. A process of its own: it signs, and what measures is to stay small.
"""

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path

from tests.support.index_server import Habits
from tests.support.packages import File, sdist, wheel
from tests.support.project import Project
from tests.support.signed_project import signed_project
from tests.support.signing_index import SigningIndex, _SigningHandler, signing_index
from tests.support.sigstore_identities import GitHubWorkflow

PACKAGES = 250
FRESH = 24 * 3600  # seconds for which pages need not be asked for again


def package(number: int) -> str:
    """The name of a package."""
    return f"package-{number:03}"


def releases(packages: int) -> Iterator[File]:
    """Yield the files; each package needs two others, so that the first one leads to all."""
    for number in range(packages):
        needs = [package(below) for below in (2 * number + 1, 2 * number + 2) if below < packages]
        yield wheel(package(number), "1.0", needs)
        yield sdist(package(number), "1.0", needs)


def sign(index: SigningIndex, packages: int) -> None:
    """Let each package's own repository sign its files."""
    for number in range(packages):
        files = [name for name, file in index.files.items() if file.package == package(number)]
        for name in files:
            index.attest(name, GitHubWorkflow("acme", package(number), str(1000 + number), "7"))


def write_project(folder: Path, index: SigningIndex, signed: bool) -> Project:
    """Write the project that wants the first package."""
    folder.mkdir(parents=True, exist_ok=True)
    wishes = [package(0)]
    return signed_project(folder, index, wishes) if signed else Project(folder, wishes, index.url)


class _CountingHandler(_SigningHandler):
    def do_GET(self) -> None:  # noqa: N802 (the name that http.server calls)
        if self.path != "/-/counts":
            super().do_GET()
            return
        counts = {"requests": len(self.server.asked), "missing": 0, "sent": 0, "first": []}
        self.server.asked.clear()
        body = json.dumps(counts).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--signed", action="store_true", help="with evidence for every file")
    parser.add_argument("--packages", type=int, default=PACKAGES)
    arguments = parser.parse_args()
    with signing_index(releases(arguments.packages), Habits(max_age=FRESH)) as index:
        index.RequestHandlerClass = _CountingHandler
        if arguments.signed:
            sign(index, arguments.packages)
        write_project(arguments.folder, index, arguments.signed)
        print(index.server_address[1], flush=True)
        while True:  # until killed
            time.sleep(3600)


if __name__ == "__main__":
    main()
