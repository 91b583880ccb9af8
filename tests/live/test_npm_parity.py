"""Workloads on the real registry: our lock against npm's own of the same day (run by `make test-live`)."""

import pytest

from tests.live.npm_parity import ROOT, Both, is_unmet_for_npm, run_both, unexplained, unsatisfied

pytestmark = pytest.mark.live
FOLDERS = {
    "N1": ROOT / "bench" / "workloads" / "N1",
    "N2": ROOT / "bench" / "workloads" / "N2",
    "N3": ROOT / "bench" / "workloads" / "N3",
    "overridden": ROOT / "fixtures" / "npm" / "overridden",
}
LEAST = 0.995


@pytest.fixture(scope="module", params=FOLDERS)
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Both:
    return run_both(request.param, FOLDERS[request.param], tmp_path_factory.mktemp("parity"))


def test_we_lock_what_npm_locks(both: Both) -> None:
    """They agree in 99.5 % of the releases; what differs has a reason."""
    print(  # noqa: T201  # the figures are what this test is for
        f"{both.workload}: {len(both.our_releases)} ours, {len(both.their_releases)} npm's, "
        f"{len(both.our_releases & both.their_releases)} of both, {both.agreement:.2%}"
    )
    assert unexplained(both) == []
    assert both.agreement >= LEAST


def test_every_edge_is_satisfied(both: Both) -> None:
    """By npm's own semver, peers and overridden ones included; a peer that is not, npm leaves unmet as well."""
    wrong = [edge for edge in unsatisfied(both.ours) if not is_unmet_for_npm(both, edge)]
    assert wrong == []
