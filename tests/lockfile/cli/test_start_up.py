"""Start-up is architecture: which modules a warm `lock` and a `check` may load."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.index_server import Habits, serving
from tests.support.packages import read_releases
from tests.support.project import Project


def named(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


# Modules that may never be loaded on these paths: each costs milliseconds (DESIGN 2, "Start-up").
HEAVY = named(
    """
    argparse asyncio concurrent dataclasses datetime difflib email enum filelock hashlib html http importlib.metadata
    inspect json logging packageurl packaging platformdirs queue random re rich shutil socket ssl subprocess tempfile
    threading tomlkit tomllib traceback typing urllib urllib3 uuid zipfile
    """
)
CHECK = named(
    """
    holdfast holdfast.cli holdfast.cli.commands holdfast.cli.commands.check holdfast.cli.console holdfast.cli.exits
    holdfast.cli.main holdfast.cli.project holdfast.cli.sizes holdfast.cli.table holdfast.cli.words
    holdfast.configuration holdfast.configuration.configuration holdfast.configuration.read
    holdfast.configuration.sections holdfast.configuration.sources holdfast.configuration.tables holdfast.drift
    holdfast.drift.closure holdfast.drift.inputs holdfast.drift.scope holdfast.drift.sources holdfast.errors
    holdfast.files holdfast.findings holdfast.findings.finding holdfast.format holdfast.format.fields
    holdfast.format.guard holdfast.format.naming holdfast.format.read holdfast.format.read_packages
    holdfast.format.shapes holdfast.format.strings holdfast.model holdfast.model.graph holdfast.model.lock
    holdfast.reports holdfast.reports.plain holdfast.workflows holdfast.workflows.check holdfast.workflows.port
    holdfast.workflows.previous holdfast.workflows.scope holdfast_resolver holdfast_resolver.errors
    holdfast_resolver.manifests holdfast_resolver.manifests.expansion holdfast_resolver.manifests.plain_toml
    holdfast_resolver.manifests.pyproject holdfast_resolver.manifests.toml holdfast_resolver.values
    holdfast_resolver.values.digests
    holdfast_resolver.values.markers holdfast_resolver.values.names holdfast_resolver.values.requirements
    holdfast_resolver.values.targets holdfast_resolver.values.tuples holdfast_resolver.values.wishes
    holdfast_resolver.versions holdfast_resolver.versions.candidates holdfast_resolver.versions.grid
    holdfast_resolver.versions.pep440 holdfast_resolver.versions.pep440_keys
    holdfast_resolver.versions.pep440_ranges holdfast_resolver.versions.schemes holdfast_resolver.versions.wheels
    """
)
OWN = {
    "check": CHECK,
    "lock": CHECK
    | named(
        """
    holdfast.cli.commands.lock holdfast.cli.locking holdfast.cli.wiring holdfast.format.order holdfast.model.when
    holdfast.reports.port holdfast.workflows.assembly holdfast.workflows.lock holdfast.workflows.market
    holdfast.workflows.pinned_bytes holdfast_resolver.clients holdfast_resolver.clients.credentials
    holdfast_resolver.clients.defaults holdfast_resolver.clients.ini holdfast_resolver.clients.pip
    holdfast_resolver.clients.places holdfast_resolver.clients.proxies holdfast_resolver.clients.settings
    holdfast_resolver.clients.urls holdfast_resolver.clients.uv holdfast_resolver.fetch
    holdfast_resolver.fetch.cache holdfast_resolver.fetch.facts holdfast_resolver.fetch.index
    holdfast_resolver.fetch.records holdfast_resolver.resolve holdfast_resolver.resolve.coverage
    holdfast_resolver.resolve.minimal
    holdfast_resolver.resolve.request holdfast_resolver.resolve.rows holdfast_resolver.resolve.run
    holdfast_resolver.resolve.union holdfast_resolver.resolve.universe holdfast_resolver.resolve.view
    holdfast_resolver.solver holdfast_resolver.solver.analysis holdfast_resolver.solver.moves
    holdfast_resolver.solver.port holdfast_resolver.solver.search holdfast_resolver.solver.trail
    holdfast_resolver.values.artifacts holdfast_resolver.versions.prereleases
        """
    ),
}

SCRIPT = """
import sys
from holdfast.cli.main import main
import os
code = main(sys.argv[1:], os.environ, sys.stdout, sys.stderr)
print("MODULES", *sorted(sys.modules))
raise SystemExit(code)
"""


@pytest.mark.parametrize("command", ["check", "lock"])
def test_a_warm_run_loads_no_more_than_it_needs(tmp_path: Path, command: str) -> None:
    """No module of ours beyond the list, and none of the heavy ones of others: no network, no threads, no JSON."""
    flask = "flask 3.0.0 | sdist static\n    click>=8\n    colorama ; sys_platform == 'win32'"
    releases = flask + "\nclick 8.1.8\ncolorama 0.4.6"
    with serving(read_releases(releases), Habits(max_age=3600)) as server:
        project = Project(tmp_path, ["flask"], server.url).locked()
    done = subprocess.run(
        [sys.executable, "-S", "-c", SCRIPT, command, "--project", str(project.folder)],
        env={**os.environ, **project.environment, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.rpartition("MODULES ")[2].split())
    assert "up to date" in done.stdout or command == "check"
    own = {name for name in loaded if name.partition(".")[0] in ("holdfast", "holdfast_resolver")}
    assert own <= OWN[command], sorted(own - OWN[command])
    heavy = {name for name in loaded if name in HEAVY or name.startswith(tuple(f"{one}." for one in HEAVY))}
    assert not heavy, sorted(heavy)
