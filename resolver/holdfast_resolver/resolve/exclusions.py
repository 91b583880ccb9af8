"""Why candidates may not be chosen on a target: no wheel, requires-python, pre-release, yanked, unusable metadata.

Asked only when a refusal is explained.
"""

from holdfast_resolver.resolve.universe import Package, Universe
from holdfast_resolver.values.tuples import NamedTuple


class Exclusion(NamedTuple):
    """The commonest reason among the candidates in question."""

    kind: str  # "wheels" | "requires-python" | "pre-release" | "yanked" | "unusable" | "nothing"
    version: str = ""  # the highest candidate it holds for
    detail: str = ""

    def sentence(self, name: str, target: str) -> str:
        """Say it of a package on a target."""
        release = f"{name} {self.version}"
        match self.kind:
            case "wheels":
                return f"{release} has no wheel for {target}{self.detail}"
            case "requires-python":
                python = target.split()[0]
                return f"{release} requires Python {self.detail}, which does not admit every release of {python}"
            case "pre-release":
                return f"{release} is a pre-release, and no wish of the project names one"
            case "yanked":
                return f"{release} was yanked{': ' + self.detail if self.detail else ''}"
            case _:
                return f"{release} cannot be used: {self.detail}"


def exclusion(universe: Universe, package: Package, mask: int, position: int) -> Exclusion:
    """Return why the candidates in `mask` are not to be had on the target at `position`: the commonest reason."""
    counts: dict[str, int] = {}
    first: dict[str, int] = {}
    candidates = mask & package.table.everything
    while candidates:
        candidate = candidates.bit_length() - 1
        candidates ^= 1 << candidate
        kind = _kind(universe, package, candidate, position)
        if kind != "nothing":
            counts[kind] = counts.get(kind, 0) + 1
            first.setdefault(kind, candidate)
    if not counts:
        return Exclusion("nothing")
    kind = max(counts, key=lambda each: (each != "pre-release", counts[each]))
    version = package.table.versions[first[kind]]
    return Exclusion(kind, version, _detail(universe, package, first[kind], kind, position))


def _kind(universe: Universe, package: Package, candidate: int, position: int) -> str:
    bit = 1 << candidate
    record = package.record
    if record is None:
        return "nothing"
    row = package.rows.get(candidate)
    if package.starts[position] & bit:
        if row is None or row.usable >> position & 1:
            return "nothing"
        return "unusable" if row.reason and "no wheel" not in row.reason else "wheels"
    target = 1 << position
    columns = [column for column in record.columns() if column[2] & bit]
    if not any(universe.grid.requires_python(python) & target for python, _, _ in columns):
        return "requires-python"
    if not any(
        universe.grid.requires_python(python) & target and (tag == "sdist" or universe.grid.wheel(tag) & target)
        for python, tag, _ in columns
    ):
        return "wheels"
    if record.yanked & bit:
        return "yanked"
    return "pre-release" if package.table.prereleases & bit else "nothing"


def _detail(universe: Universe, package: Package, candidate: int, kind: str, position: int) -> str:
    record = package.record
    if record is None:
        return ""
    bit = 1 << candidate
    if kind == "requires-python":
        return next((python for python, _, mask in record.columns() if mask & bit), "")
    if kind == "yanked":
        return next((a.yanked for a in record.artifacts(candidate) or () if a.yanked), "")
    if kind == "unusable":
        row = package.rows.get(candidate)
        return row.reason if row is not None else ""
    if kind == "wheels":
        return _nearest(universe, package, candidate, position)
    return ""


def _nearest(universe: Universe, package: Package, candidate: int, position: int) -> str:
    """What the release has instead: its wheels for the same system, or only an sdist."""
    assert package.record is not None
    target = universe.grid.targets[position]
    family = {
        "linux": ("linux", target.platform.partition("-")[2]),
        "macos": ("macosx", ""),
        "windows": ("win", ""),
    }
    system, machine = family[target.platform.partition("-")[0]]
    tags = [tag for _, tag, mask in package.record.columns() if mask >> candidate & 1 and tag != "sdist"]
    near = sorted({tag for tag in tags if system in tag and tag.endswith(machine)})
    python = f"cp{target.python[0]}{target.python[1]}-"
    same = [tag for tag in near if tag.startswith(python)]
    if same or near:
        return f"; the nearest is {(same or near)[-1]}"
    return "; it has only an sdist, whose requirements are not static" if not tags else ""
