"""The workloads on the real index, against uv and against `packaging` (run by `make test-live`)."""

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from holdfast.model.lock import Lock, Pin
from holdfast_resolver.values.targets import Target
from tests.live.workloads import ONE_TARGET, holdfast, locked, requirements, write_project
from tests.support.environments import environment

pytestmark = pytest.mark.live
INSTANT = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(autouse=True)
def _one_cache(cache: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_CACHE_DIR", cache)


def uv_pins(folder: Path, wishes: list[str]) -> dict[str, str]:
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not installed")
    (folder / "wishes.in").write_text("\n".join(wishes))
    command = [uv, "pip", "compile", "--no-build", "--python-version", "3.11", "--no-annotate", "--no-header"]
    command += ["--python-platform", "x86_64-manylinux_2_28", "--exclude-newer", INSTANT, "-q", "wishes.in"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    lines = [line.split(";")[0].strip() for line in done.stdout.splitlines() if "==" in line]
    return dict(line.split("==") for line in lines)


@pytest.mark.parametrize("name", ["S", "M"])
def test_one_target_has_the_pins_of_uv(name: str, tmp_path: Path) -> None:
    """With one target and the same instant, S and M have exactly the pins that uv finds."""
    write_project(tmp_path, requirements(name), ONE_TARGET)
    holdfast(tmp_path, "lock", "--exclude-newer", INSTANT)
    mine = {pin.name: pin.version for pin in locked(tmp_path).packages}
    assert mine == uv_pins(tmp_path, requirements(name))


def test_no_pin_of_the_backtracking_workload_could_be_raised_alone(tmp_path: Path) -> None:
    """Every difference from uv on B is printed, and asking for any newer version of one pin alone is refused."""
    wishes = requirements("B")
    write_project(tmp_path, wishes, ONE_TARGET)
    holdfast(tmp_path, "lock", "--exclude-newer", INSTANT)
    mine = {pin.name: pin.version for pin in locked(tmp_path).packages}
    theirs = uv_pins(tmp_path, wishes)
    for name in sorted(mine.keys() | theirs.keys()):
        if mine.get(name) != theirs.get(name):
            print(f"{name}: ours {mine.get(name)}, uv {theirs.get(name)}")  # noqa: T201  # the list of differences is what this test is for
    for name, version in mine.items():
        others = [f"{other}=={pinned}" for other, pinned in mine.items() if other != name]
        folder = tmp_path / f"raise-{name}"
        write_project(folder, [*wishes, *others, f"{name}>{version}"], ONE_TARGET)
        holdfast(folder, "lock", "--exclude-newer", INSTANT, code=4)


@pytest.mark.parametrize("name", ["M", "L"])
def test_every_targets_projection_is_its_own_lock(name: str, tmp_path: Path) -> None:
    """With default targets each target's pins equal those of a lock for it alone; `packaging` verifies all edges."""
    whole_folder = tmp_path / "whole"
    write_project(whole_folder, requirements(name))
    holdfast(whole_folder, "lock", "--exclude-newer", INSTANT)
    whole = locked(whole_folder)
    assert len(whole.scope.targets) >= 12
    reached: set[tuple[str, str]] = set()
    for target in whole.scope.targets:
        folder = tmp_path / str(target).replace(" ", "_")
        minor, place = f"{target.python[0]}.{target.python[1]}", f"{target.platform} {target.floor}".strip()
        write_project(folder, requirements(name), f'targets = {{ python = ["{minor}"], platforms = ["{place}"] }}\n')
        holdfast(folder, "lock", "--exclude-newer", INSTANT)
        alone = {pin.name: pin.version for pin in locked(folder).packages}
        assert projection(whole, target) == alone, str(target)
        reached |= verify_edges(whole, target)
    assert reached == {(pin.name, pin.version) for pin in whole.packages}, "no pin that no target needs"


def holds(marker: str, target: Target, extra: str = "") -> bool:
    """Whether a marker holds on the first or on a late release of the target's minor, by `packaging`."""
    if not marker:
        return True
    return any(Marker(marker).evaluate(environment(target, patch, extra)) for patch in (0, 1, 2, 3, 4, 5, 90))


def reach(lock: Lock, target: Target) -> dict[str, tuple[Pin, set[str]]]:
    """Walk the lock from its wishes on one target: name -> (pin, extras asked for); every step checked."""
    reached: dict[str, tuple[Pin, set[str]]] = {}
    todo = [need for part in lock.inputs for need in part.requires if holds(need.marker, target)]
    while todo:
        need = todo.pop()
        pins = [pin for pin in lock.packages if pin.name == need.name and holds(pin.when, target)]
        assert len(pins) == 1, (need, [pin.version for pin in pins], str(target))
        pin = pins[0]
        assert SpecifierSet(need.range).contains(Version(pin.version), prereleases=True), (str(need), pin.version)
        known = reached.setdefault(pin.name, (pin, set()))[1]
        for extra in {"", *need.extras} - known:
            known.add(extra)
            todo.extend(edge for edge, _ in pin.dependencies if holds(edge.marker, target, extra))
    return reached


def projection(lock: Lock, target: Target) -> dict[str, str]:
    return {name: pin.version for name, (pin, _) in reach(lock, target).items()}


def verify_edges(lock: Lock, target: Target) -> set[tuple[str, str]]:
    """Every edge met, and every requires-python admits the minor; return the pins that the target reaches."""
    reached = reach(lock, target)
    for pin, _ in reached.values():
        minor = f"{target.python[0]}.{target.python[1]}"
        admitted = SpecifierSet(pin.requires_python)
        assert all(admitted.contains(f"{minor}.{patch}") for patch in (0, 5, 90)), pin.name
    return {(pin.name, pin.version) for pin, _ in reached.values()}


def test_an_unsatisfiable_set_is_refused_in_few_words_and_its_suggestion_locks(tmp_path: Path) -> None:
    """U exits 4 with at most six sentences of at most 160 characters; the first suggestion, applied, locks."""
    import json

    write_project(tmp_path, requirements("U"))
    answer = json.loads(holdfast(tmp_path, "lock", "--format", "json", code=4))["impossible"]
    sentences = answer["sentences"]
    assert len(sentences) <= 6
    assert max(map(len, sentences)) <= 160
    suggestion = answer["suggestions"][0]
    wishes = requirements("U")
    wishes[suggestion["line"] - 6] = suggestion["after"]
    write_project(tmp_path, wishes)
    holdfast(tmp_path, "lock")
