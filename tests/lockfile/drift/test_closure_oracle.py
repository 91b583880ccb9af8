"""The closure check against a slow, plain one: target by target, markers and ranges read by `packaging`."""

from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.utils import parse_wheel_filename

from holdfast.drift.closure import NO_PIN, find_problems
from holdfast.model.graph import LockGraph
from holdfast.model.lock import Input, Lock, Pin, PinnedArtifact, Scope
from holdfast_resolver.values.requirements import Requirement, parse_requirement
from holdfast_resolver.values.targets import PLATFORMS, Target
from holdfast_resolver.versions.grid import Grid
from tests.support.lock_scenarios import TARGETS, digest

GRID = Grid(TARGETS)
Problems = set[tuple[str, int, int, str, str]]  # (code, pin met or wrong, owner or -1, requirement, target)

NAMES = ("a", "b", "c", "d")
MARKERS = (
    "",
    "sys_platform == 'win32'",
    "python_version < '3.12'",
    "python_full_version >= '3.11.4'",
    "python_full_version < '3.12.1' and sys_platform != 'darwin'",
    "extra == 'x'",
    "extra == 'x' and os_name == 'nt'",
    "extra == 'x' or sys_platform == 'darwin'",
    "platform_machine in 'x86_64 arm64'",
)
WHENS = ("", "", "python_version < '3.12'", "python_version >= '3.12'", "sys_platform == 'linux'")
RANGES = ("", "", ">=1", "<2", "~=1.1", "!=2.0.*", "==2.0", ">1.0,<3", ">=2.0rc1", "===1.0")
PYTHONS = ("", "", ">=3.11", ">=3.12", "<3.12.5", "!=3.11.*", ">=3.11.2")
TAGS = (
    "py3-none-any",
    "cp311-cp311-win_amd64",
    "cp312-abi3-manylinux_2_17_x86_64",
    "cp38-abi3-macosx_11_0_arm64",
)


def environment(target: Target, patch: int, extra: str) -> dict[str, str]:
    """What the marker variables read on one release of a target."""
    major, minor = target.python
    row = PLATFORMS[target.platform]
    return {
        "python_version": f"{major}.{minor}",
        "python_full_version": f"{major}.{minor}.{patch}",
        "implementation_version": f"{major}.{minor}.{patch}",
        "sys_platform": row.sys_platform,
        "platform_system": row.platform_system,
        "os_name": row.os_name,
        "platform_machine": row.platform_machine,
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_version": "",
        "extra": extra,
    }


def may_hold(marker: str, target: Target, extra: str = "") -> bool:
    """Whether a marker holds on the first or the last release of a target."""
    if not marker:
        return True
    first, last = environment(target, 0, extra), environment(target, 99, extra)
    return Marker(marker).evaluate(first) or Marker(marker).evaluate(last)


def contains(range_text: str, version: str) -> bool:
    """Whether a range admits a version, pre-releases counted like any other."""
    return SpecifierSet(range_text).contains(version, prereleases=True)


class PlainCheck:
    """One target at a time, one edge at a time."""

    def __init__(self, lock: Lock, target: Target) -> None:
        self.lock = lock
        self.target = target
        self.problems: Problems = set()
        self.overrides = {r.name: r.range for part in lock.inputs if part.kind == "override" for r in part.requires}
        self.here = [i for i, pin in enumerate(lock.packages) if may_hold(pin.when, target)]
        self.reached: set[tuple[int, str]] = set()

    def say(self, code: str, pin: int, owner: int = NO_PIN, requirement: str = "") -> None:
        self.problems.add((code, pin, owner, requirement, str(self.target)))

    def find(self, requirement: Requirement) -> int:
        named = [i for i in self.here if self.lock.packages[i].name == requirement.name]
        return named[-1] if named else NO_PIN

    def follow(self, requirement: Requirement, owner: int) -> None:
        met = self.find(requirement)
        wanted = self.overrides.get(requirement.name, requirement.range)
        if met == NO_PIN:
            self.say("wish-unmet" if owner == NO_PIN else "edge-missing", met, owner, str(requirement))
            return
        if not contains(wanted, self.lock.packages[met].version):
            self.say("wish-unmet" if owner == NO_PIN else "edge-unsatisfied", met, owner, str(requirement))
        for extra in ("", *requirement.extras):
            if (met, extra) not in self.reached:
                self.reached.add((met, extra))
                for need, _ in self.lock.packages[met].dependencies:
                    if may_hold(need.marker, self.target, extra):
                        self.follow(need, met)

    def run(self) -> Problems:
        for part in self.lock.inputs:
            for requirement in part.requires:
                if part.kind == "project" and may_hold(requirement.marker, self.target):
                    self.follow(requirement, NO_PIN)
        for low in self.here:
            for high in self.here:
                if low < high and self.lock.packages[low].name == self.lock.packages[high].name:
                    self.say("pins-overlap", low, high)
        for place in {place for place, _ in self.reached}:
            self.pin(place, self.lock.packages[place])
        return self.problems

    def pin(self, place: int, pin: Pin) -> None:
        major, minor = self.target.python
        if not all(contains(pin.requires_python, f"{major}.{minor}.{patch}") for patch in range(100)):
            self.say("requires-python-unmet", place)
        if not any(self.serves(artifact.file) for artifact in pin.artifacts):
            self.say("target-unserved", place)
        for part in self.lock.inputs:
            for constraint in part.requires:
                if (
                    part.kind == "constraint"
                    and constraint.name == pin.name not in self.overrides
                    and may_hold(constraint.marker, self.target)
                    and not contains(constraint.range, pin.version)
                ):
                    self.say("constraint-unmet", place, NO_PIN, str(constraint))

    def serves(self, file: str) -> bool:
        if not file.endswith(".whl"):
            return True
        (tag,) = parse_wheel_filename(file)[3]
        python = f"cp{self.target.python[0]}{self.target.python[1]}"
        if not (
            tag.interpreter in ("py3", python) or (tag.abi == "abi3" and int(tag.interpreter[3:]) <= int(python[3:]))
        ):
            return False
        platforms = {
            "linux-x86_64": "manylinux_2_17_x86_64",
            "macos-arm64": "macosx_11_0_arm64",
            "windows-x86_64": "win_amd64",
        }
        return tag.platform in ("any", platforms[self.target.platform])


@st.composite
def requirements(draw: st.DrawFn, markers: tuple[str, ...] = MARKERS) -> Requirement:
    """A requirement on one of the few names."""
    extra = draw(st.sampled_from(("", "", "[x]")))
    marker = draw(st.sampled_from(markers))
    text = draw(st.sampled_from(NAMES)) + extra + draw(st.sampled_from(RANGES))
    return parse_requirement(f"{text} ; {marker}" if marker else text)


@st.composite
def random_locks(draw: st.DrawFn) -> Lock:
    """A small lock of four names, whole or broken."""
    pins = []
    for name in NAMES:
        for version in draw(st.sets(st.sampled_from(("1.0", "1.1", "2.0", "2.0.post1")), max_size=2)):
            files = draw(st.sets(st.sampled_from(TAGS), max_size=2))
            names = [f"{name}-{version}-{tag}.whl" for tag in files] or [f"{name}-{version}.tar.gz"]
            pins.append(
                Pin(
                    "pypi",
                    name,
                    version,
                    draw(st.sampled_from(PYTHONS)),
                    draw(st.sampled_from(WHENS)),
                    tuple(PinnedArtifact(file, digest(file)) for file in sorted(names)),
                    (),
                    tuple((one, "") for one in draw(st.lists(requirements(), max_size=3))),
                )
            )
    plain_markers = tuple(marker for marker in MARKERS if "extra" not in marker)
    wishes = draw(st.lists(requirements(plain_markers), min_size=1, max_size=3))
    inputs = [Input("pyproject.toml", "project", "", tuple(wishes))]
    for kind in ("constraint", "override"):
        more = draw(st.lists(requirements(("",)), max_size=1))
        inputs.append(Input("pyproject.toml", kind, "", tuple(more)))
    return Lock(Scope(">=3.11", "highest", "if-necessary", TARGETS), tuple(inputs), tuple(sorted(pins)))


@settings(max_examples=150, deadline=None)
@given(random_locks())
def test_the_check_agrees_with_a_plain_one(lock: Lock) -> None:
    """On every target both name the same wishes, edges and pins, and for the same reason."""
    plain: Problems = set()
    everywhere = dict.fromkeys(range(len(lock.packages)), False)
    for target in TARGETS:
        one = PlainCheck(lock, target)
        plain |= one.run()
        everywhere |= {place: True for place, _ in one.reached}
    unreached = {place for place, reached in everywhere.items() if not reached}
    found: Problems = set()
    for problem in find_problems(LockGraph(lock, GRID)):
        requirement = str(problem.edge.requirement) if problem.edge else ""
        if problem.code == "pin-unreachable":
            unreached.symmetric_difference_update({problem.pin})
        for name in GRID.names(problem.targets):
            found.add((problem.code, problem.pin, problem.other, requirement, name))
    assert found == plain
    assert not unreached


def test_the_generator_makes_whole_and_broken_locks() -> None:
    """Among random locks some are whole and every code occurs; else the comparison would prove little."""
    seen: set[str] = set()

    @settings(max_examples=250, deadline=None, derandomize=True, database=None)
    @given(random_locks())
    def collect(lock: Lock) -> None:
        problems = find_problems(LockGraph(lock, GRID))
        seen.update([problem.code for problem in problems] or ["whole"])

    collect()
    assert seen >= {
        "whole",
        "wish-unmet",
        "edge-missing",
        "edge-unsatisfied",
        "pin-unreachable",
        "pins-overlap",
        "requires-python-unmet",
        "target-unserved",
        "constraint-unmet",
    }
