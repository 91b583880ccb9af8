"""Graphs for the tests of measures: written as text, or made at random, with cycles, several roots and loose ends."""

import random
from collections.abc import Iterable, Mapping, Sequence

from holdfast.model.lock import ModuleFacts, NpmFacts, Pin, PinnedArtifact
from holdfast.model.scan import Evidence, Imported, Scan
from holdfast.model.signers import with_signers
from holdfast.risk.graph import Package, RiskGraph
from holdfast_resolver.values.requirements import Requirement

DIGEST = "sha256:" + "0" * 64


def pin_of(name: str, source: str = "pypi", *, privileged: bool = False, signers: tuple[str, ...] = ()) -> Pin:
    """A pin at version 1 with one file."""
    pin = Pin(source, name, "1", artifacts=(PinnedArtifact(f"{name}-1.tgz", DIGEST),), signers=signers)
    if source == "npm":
        return pin._replace(npm=NpmFacts())
    return pin._replace(module=ModuleFacts(DIGEST, privileged)) if source == "acme" else pin


def graph_of(
    text: str, scans: Mapping[str, Scan] | None = None, pins: Iterable[Pin] = (), wishes: bool = True
) -> RiskGraph:
    """A graph of lines `a -> b c`; what `project` needs is direct. Packages are of pypi unless `pins` has them."""
    edges: dict[str, list[str]] = {}
    for line in text.strip().splitlines():
        origin, _, targets = line.strip().partition(" -> ")
        edges.setdefault(origin, []).extend(targets.split())
    given = {pin.name: pin for pin in pins}
    names = ({*edges} | {name for targets in edges.values() for name in targets}) - {"project"}
    every = sorted([given.get(name) or pin_of(name) for name in names], key=lambda pin: f"{pin.source}:{pin.name} 1")
    place = {pin.name: number for number, pin in enumerate(every)}
    return RiskGraph(
        [Package(f"{pin.source}:{pin.name} 1", pin, (scans or {}).get(pin.name)) for pin in every],
        [[place[other] for other in edges.get(pin.name, ())] for pin in every],
        [place[name] for name in edges.get("project", ())],
        {
            (place[origin], place[other]): (Requirement(given.get(other, pin_of(other)).source, other),)
            for origin, targets in edges.items()
            if origin != "project" and wishes
            for other in targets
        },
    )


def random_graph(seed: int, most: int = 8) -> RiskGraph:
    """A small graph: sparse or dense, with cycles and loops, some places unreached, some with code."""
    dice = random.Random(seed)
    count = dice.randint(1, most)
    density = dice.choice([0.1, 0.25, 0.5])
    successors = [[other for other in range(count) if dice.random() < density] for _ in range(count)]
    direct = [place for place in range(count) if dice.random() < 0.4] or [dice.randrange(count)]
    return RiskGraph([_random_package(dice, place) for place in range(count)], successors, direct)


def random_large_graph(seed: int, packages: int, edges: int) -> RiskGraph:
    """A graph of this size, of which the project reaches nearly everything."""
    dice = random.Random(seed)
    successors: list[set[int]] = [set() for _ in range(packages)]
    for place in range(20, packages):
        successors[dice.randrange(place)].add(place)
    while sum(map(len, successors)) < edges:
        for _ in range(100):
            low, high = sorted(dice.sample(range(packages), 2))
            if dice.random() < 0.005:
                low, high = high, low
            successors[low].update([min(high + dice.randrange(50), packages - 1) for _ in range(8)])
    return RiskGraph([_random_package(dice, place) for place in range(packages)], successors, range(20))


def _random_package(dice: random.Random, place: int) -> Package:
    name = f"p{place:05}"
    signers = dice.choice([(), ("A",), ("B",), ("npm:key",), ("A", "B")])
    pin = pin_of(name, dice.choice(["npm", "npm", "acme"]), signers=signers)
    if pin.module is not None:
        pin = pin._replace(module=pin.module._replace(privileged=dice.random() < 0.5))
    evidence = tuple(
        sorted(
            Evidence(capability, "rule", "code", 1, capability, dice.choice(["install", "import", "call"]))
            for capability in ("network", "subprocess", "install-script")
            if dice.random() < 0.3
        )
    )
    return Package(f"s:{name} 1", _signed(dice, pin), dice.choice([None, Scan(evidence, provides=(name,), files=1)]))


def _signed(dice: random.Random, pin: Pin) -> Pin:
    """The pin with more files, some of them, signed by others or by nobody; now and then without any file."""
    count = dice.choice([0, 1, 1, 1, 1, 2, 3])
    if count == 1:
        return pin
    files = [f"{pin.name}-1-{number}.tgz" for number in range(count)]
    pin = pin._replace(artifacts=tuple([PinnedArtifact(file, DIGEST) for file in files]))
    signed = {file: frozenset(dice.choice([(), ("A",), ("A",), ("npm:key",), ("A", "B")])) for file in files}
    return with_signers(pin, signed)


def importing(*names: str, provides: Sequence[str] = (), moment: str = "import", path: str = "code.py") -> Scan:
    """A scan of code that imports these names, each on its own line."""
    found = tuple(Imported(name, path, line, moment) for line, name in enumerate(names, 1))
    return Scan(imports=found, provides=tuple(provides), files=1)
