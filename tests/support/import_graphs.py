"""Random graphs of packages that import: plain names, aliases, namespaces, parts of others, the language's own."""

import random

from holdfast.model.lock import NpmFacts, Pin
from holdfast.model.scan import Evidence, Imported, Scan, Unread
from holdfast.risk.graph import Package, RiskGraph
from holdfast_resolver.values.npm import NpmRequirement
from holdfast_resolver.values.requirements import Requirement
from tests.support.risk_graphs import pin_of

NAMES = ("alpha", "bravo", "delta", "gamma", "omega", "bravo-http")  # the last is a part of another
OWN = {"pypi": ("os.path", "json"), "npm": ("fs", "node:path", "./lib/x", "#inner")}  # no package's
PATHS = (
    "code.py",
    "lib/code.py",
    "lib/more.py",
    "lib/tests/run.py",
    "lib/test_run.py",
    "lib/ext/run.py",
    "lib/delta.py",
)
ALIAS = "other"  # what a package of npm may be installed as
SHARED = "shared"  # a namespace


def random_import_graph(seed: int) -> RiskGraph:
    """Up to seven packages of one language, or of both; with cycles, two versions of one name, code nobody read."""
    dice = random.Random(seed)
    sources = dice.choice([("pypi",), ("npm",), ("pypi", "npm")])
    given = {(dice.choice(sources), dice.choice(NAMES), str(dice.randint(1, 2))) for _ in range(dice.randint(2, 7))}
    keys = sorted(given)
    density = dice.choice([0.2, 0.4])
    successors = [[other for other in range(len(keys)) if dice.random() < density] for _ in keys]
    pins = [_pin(dice, *key) for key in keys]
    packages = [
        Package(f"{pin.source}:{pin.name} {pin.version}", pin, _scan(dice, pin.source, pin.name)) for pin in pins
    ]
    wishes = {
        (place, other): tuple(sorted({_wish(dice, pins[other]) for _ in range(dice.choice([0, 1, 1, 1, 1, 2]))}))
        for place, others in enumerate(successors)
        for other in others
    }
    return RiskGraph(packages, successors, [0], wishes)


def _pin(dice: random.Random, source: str, name: str, version: str) -> Pin:
    pin = pin_of(name, source)._replace(version=version)
    return pin._replace(npm=NpmFacts((("run", "bin.js"),))) if source == "npm" and dice.random() < 0.1 else pin


def _wish(dice: random.Random, pin: Pin) -> Requirement:
    if pin.source == "npm":
        kinds = ["", "", "", "", "optional", "peer", "peer optional", f"as {ALIAS}", f"optional as {ALIAS}"]
        return NpmRequirement("npm", pin.name, range="*", marker=dice.choice(kinds))
    return Requirement("pypi", pin.name, marker=dice.choice(["", "", "", "", "", "sys_platform == 'win32'"]))


def _scan(dice: random.Random, source: str, name: str) -> Scan | None:
    if dice.random() < 0.1:
        return None
    dot = "/" if source == "npm" else "."
    others = [*NAMES, *[f"{one}{dot}deep{dot}er" for one in NAMES], *OWN[source], ALIAS]
    others += [] if source == "npm" else [f"{SHARED}.{one}" for one in NAMES]
    found = {
        Imported(
            dice.choice(others),
            dice.choice(PATHS),
            line,
            dice.choice(["import", "import", "import", "call", "install"]),
        )
        for line in range(dice.choice([0, 2, 4, 8]))
    }
    provided = dice.choice([(name,)] * 6 + [()] + ([(SHARED,), (f"{SHARED}.{name}",)] if source == "pypi" else []))
    computed = (Evidence("dynamic-code", "rule", "code.py", 1, dice.choice(["importlib.import_module", "eval"])),)
    return Scan(
        computed if dice.random() < 0.15 else (),
        tuple(sorted(found)),
        provided,
        (Unread("old.py", "Python 2"),) if dice.random() < 0.05 else (),
        omitted=int(dice.random() < 0.05),
    )
