"""Start-up is architecture: which modules a warm `lock` and a `check` may load."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.approved_project import ApprovedProject
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
    holdfast.model.policy
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

# What approvals bring where they are in force: signatures and chains, but nothing that reports, fetches or asks git.
APPROVED = CHECK | named(
    """
    holdfast.approvals holdfast.approvals.against_base holdfast.approvals.alarms holdfast.approvals.by_rule
    holdfast.approvals.configuration_chain holdfast.approvals.councils holdfast.approvals.counting
    holdfast.approvals.effective holdfast.approvals.judge holdfast.approvals.judgement holdfast.approvals.overview
    holdfast.approvals.roots holdfast.approvals.standings holdfast.approvals.steps holdfast.approvals.tallies
    holdfast.approvals.waiting holdfast.cli.approval_reading holdfast.configuration.approvers
    holdfast.configuration.security holdfast.configuration.trust_keys holdfast.model.approval holdfast.model.changes
    holdfast.model.joint_records holdfast.model.pin_changes holdfast.model.pin_digest holdfast.model.predecessors
    holdfast.model.security holdfast.model.signer_changes holdfast.model.signer_references holdfast.model.signers
    holdfast.revisions holdfast.trust holdfast.trust.approval_files holdfast.trust.approval_pins
    holdfast.trust.approval_statement holdfast.trust.approval_subjects holdfast.trust.canonical_json holdfast.trust.dsse
    holdfast.trust.ed25519 holdfast.trust.errors holdfast.trust.security_document holdfast.trust.signing
    holdfast.trust.small_order holdfast.trust.strict_fields holdfast.trust.strict_json holdfast.trust.subjects
    holdfast.workflows.approval_state holdfast.workflows.check_approvals holdfast_resolver.values.modules
    holdfast_resolver.versions.semver holdfast_resolver.versions.semver_comparators
    holdfast_resolver.versions.semver_grammar holdfast_resolver.versions.semver_keys
    holdfast_resolver.versions.semver_ranges
    """
)
# What verifying a signature cannot do without: hashes, JSON, regular expressions, and what `cryptography` loads.
NEEDED = named("hashlib json re enum dataclasses inspect typing datetime")

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
    loaded, said = modules_of(project, command)
    assert "up to date" in said or command == "check"
    assert own(loaded) <= OWN[command], sorted(own(loaded) - OWN[command])
    assert not heavy(loaded), sorted(heavy(loaded))


def test_a_check_of_approvals_loads_what_signatures_need(tmp_path: Path) -> None:
    """Only where there are any; even then no git, no network, no report, no editor of TOML."""
    project = ApprovedProject(tmp_path, "alice")
    loaded, said = modules_of(project, "check")
    assert "all approved" in said
    assert own(loaded) <= APPROVED, sorted(own(loaded) - APPROVED)
    assert {name.partition(".")[0] for name in heavy(loaded)} <= NEEDED, heavy(loaded)


def modules_of(project: Project, command: str) -> tuple[set[str], str]:
    """Run a command, which must work; return the modules that were loaded then, and what it said."""
    done = subprocess.run(
        [sys.executable, "-S", "-c", SCRIPT, command, "--project", str(project.folder)],
        env={**os.environ, **project.environment, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said, _, names = done.stdout.rpartition("MODULES ")
    return set(names.split()), said


def own(loaded: set[str]) -> set[str]:
    """The modules that are ours."""
    return {name for name in loaded if name.partition(".")[0] in ("holdfast", "holdfast_resolver")}


def heavy(loaded: set[str]) -> set[str]:
    """Those of others that cost milliseconds."""
    return {name for name in loaded if name in HEAVY or name.startswith(tuple(f"{one}." for one in HEAVY))}
