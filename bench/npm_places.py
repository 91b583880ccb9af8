"""Where the bench of npm projects keeps its things, and the one address that its registry has."""

from bench.places import BENCH, WORKLOADS

NPM_NAMES = ("N1", "N2", "N3")
NPM_RECORDS = BENCH / "records-npm"
NODE_PEERS = BENCH / "node-peers"  # pnpm, unless it is on PATH
# Packuments name their tarballs by whole addresses, and a cache of packuments belongs to the address of its registry:
# so the replayed registry is always at the same port, and warm caches are filled from it.
PORT = 28417
REGISTRY = f"http://127.0.0.1:{PORT}/"


def manifest(workload: str) -> str:
    """The text of a workload's `package.json`."""
    return (WORKLOADS / workload / "package.json").read_text()
