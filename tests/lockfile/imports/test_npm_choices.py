"""The same releases in another place: what a package gets for a name is compared, too."""

import pytest

from holdfast.findings.finding import Finding
from holdfast.imports.compare import compare
from holdfast.imports.table import read_foreign
from holdfast.model.lock import Input, Instance, Lock, Pin
from holdfast_resolver.values.npm import NpmRequirement
from holdfast_resolver.values.npm_entries import parse_npm_entry
from tests.lockfile.imports.npm_foreign_files import entry, lock, package_lock, pin, sri


def wish(text: str) -> NpmRequirement:
    """`c ^1.0.0 ; optional` as a requirement."""
    return parse_npm_entry(text, "npm")


def asking(name: str, version: str, *edges: str) -> Pin:
    """A pin whose edges are `c ^1.0.0` or `c ^1.0.0 => 1.0.0`."""
    parts = [edge.partition(" => ") for edge in edges]
    return pin(name, version)._replace(dependencies=tuple((wish(text), chosen) for text, _, chosen in parts))


def project(*wishes: str, a: str = "c ^1.0.0", instances: tuple[Instance, ...] = ()) -> Lock:
    """Our lock of a project in which `a` needs `c`, and three releases of `c` are locked."""
    made = lock(asking("a", "1.0.0", a), *(pin("c", version) for version in ("1.0.0", "1.5.0", "2.0.0")))
    inputs = (Input("package.json", "project", "", tuple(map(wish, wishes or ("a *", "c *")))),)
    return made._replace(inputs=inputs, instances=instances)


def their(root: str, nested: str, ask: str = "^1.0.0") -> str:
    """npm's lock with `c` in the root and below `a`; further releases of `c` stand below packages that ask for none."""
    rest = sorted({"1.0.0", "1.5.0", "2.0.0"} - {root, nested})
    entries = {
        "": {"name": "web", "dependencies": {"a": "*", "c": "*"}},
        "node_modules/a": entry("a", "1.0.0", dependencies={"c": ask}),
        "node_modules/a/node_modules/c": entry("c", nested),
        "node_modules/c": entry("c", root),
        **{f"packages/p{at}/node_modules/c": entry("c", version) for at, version in enumerate(rest)},
    }
    return package_lock(entries=entries)


def against(ours: Lock, text: str, path: str = "package-lock.json") -> tuple[Finding, ...]:
    """What is said of a file."""
    return compare(ours, read_foreign(path, text))


def test_the_same_choices_are_no_finding() -> None:
    """The highest that fits, where the lock says nothing else."""
    assert against(project(), their("2.0.0", "1.5.0")) == ()
    assert against(project(a="c ^1.0.0 => 1.0.0"), their("2.0.0", "1.0.0")) == ()


@pytest.mark.parametrize(("nested", "severity"), [("1.0.0", "note"), ("2.0.0", "error")])
def test_another_choice_is_named_with_its_entry(nested: str, severity: str) -> None:
    """A note where it is in range: two trees of the same releases are both right. An error where it is not."""
    text = their("2.0.0", nested)
    (finding,) = against(project(), text)
    assert (finding.code, finding.severity, finding.subject) == ("foreign-version", severity, "c")
    assert finding.expected == "c 1.5.0 for a 1.0.0 (holdfast.lock)"
    assert finding.found == f"c {nested} for a 1.0.0 (package-lock.json)"
    assert finding.facts == (("entry", "node_modules/a/node_modules/c"),)
    assert text.split("\n")[finding.place.line - 1].strip() == '"node_modules/a/node_modules/c": {'


def test_a_wish_of_a_manifest_is_an_asker_like_any_other() -> None:
    """Of the root as of a workspace."""
    (finding,) = against(project("a *", "c ^1.0.0"), their("2.0.0", "1.5.0"))
    assert (finding.severity, finding.expected) == ("error", "c 1.5.0 for package.json (holdfast.lock)")


def test_an_asker_in_two_contexts_may_have_either_choice() -> None:
    """An instance gets what its own edges say."""
    instance = Instance("npm", "a", "1.0.0", 2, ("package.json",), ((wish("c ^1.0.0"), "1.0.0"),))
    ours = project(instances=(instance,))
    assert against(ours, their("2.0.0", "1.5.0")) == ()
    assert against(ours, their("2.0.0", "1.0.0")) == ()
    (finding,) = against(ours, their("2.0.0", "2.0.0"))
    assert finding.expected == "c 1.0.0 or 1.5.0 for a 1.0.0 (holdfast.lock)"


def test_peers_and_what_only_one_side_has_are_left_to_others() -> None:
    """npm takes the peer that is there; a release that we do not pin is named by itself."""
    assert against(project(a="c ^1.0.0 ; peer"), their("2.0.0", "2.0.0")) == ()
    found = against(project(), their("2.0.0", "1.9.0"))
    assert [(one.code, one.subject) for one in found] == [("foreign-extra", "c 1.9.0")]


def test_what_an_override_admits_is_in_range() -> None:
    """Our own choice may be out of the range that a package asks for, and so may theirs."""
    ours = project(a="c ^3.0.0 => 2.0.0")
    override = Input("package.json", "override", "", (wish("c 1.5.0 || 2.0.0"),))
    ours = ours._replace(inputs=(*ours.inputs, override))
    assert against(ours, their("2.0.0", "2.0.0", "^3.0.0")) == ()
    (finding,) = against(ours, their("2.0.0", "1.5.0", "^3.0.0"))
    assert finding.severity == "note"


def test_edges_of_pnpm_are_compared_as_well() -> None:
    """The line is that of the edge."""
    blocks = "\n".join(
        f"  {key}:\n    resolution: {{integrity: {sri(key)}}}\n" for key in ("a@1.0.0", "c@1.0.0", "c@1.5.0", "c@2.0.0")
    )
    text = (
        "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      a:\n        specifier: '*'\n"
        f"        version: 1.0.0\n\npackages:\n\n{blocks}\n"
        "snapshots:\n\n  a@1.0.0:\n    dependencies:\n      c: 2.0.0\n"
    )
    (finding,) = against(project(), text, "pnpm-lock.yaml")
    assert (finding.severity, finding.facts) == ("error", (("entry", "c@2.0.0"),))
    assert text.split("\n")[finding.place.line - 1].strip() == "c: 2.0.0"
