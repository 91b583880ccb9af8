"""Who signed a package, as `tree --signers` and `why` say it."""

import json

import pytest

from holdfast.configuration.configuration import Configuration
from holdfast.model.graph import LockGraph
from holdfast.model.lock import Input, LockedSource, ModuleFacts, Pin, PinnedArtifact, Signer
from holdfast.model.signer_references import references
from holdfast.reports import tree, why
from holdfast.reports.standings import closing, in_json, in_words, short_names, signers_in_words
from holdfast.workflows.signed_graph import standings
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.versions.grid import Grid
from tests.support.lock_scenarios import TARGETS, digest, read_lock

A = "github:101/.github/workflows/release.yml"
B = "gitlab:202/.gitlab-ci.yml"
KEY = "ed25519:" + "0c4f" * 16
VETTER = "ed25519:" + "aa" * 32
SIGNERS = (Signer(KEY, "acme-release"), Signer(A, "acme/tool"), Signer(B, "beta/sub/tool"))
NOW = "2026-11-21T06:40:00Z"
TEXT = f"""
wish tool
tool 1.0 | signers {A}
    low
    mixed
low 1.0
mixed 1.0 | files mixed-1.0-cp311.whl mixed-1.0-cp312.whl mixed-1.0.tar.gz
"""


def graph_of(text: str, signers: tuple[Signer, ...] = SIGNERS) -> LockGraph:
    """The graph of scenario text. Of a pin called mixed the first wheel is unsigned, the rest is A's."""
    lock = read_lock(text)._replace(signers=signers)
    packages = tuple(
        pin._replace(
            artifacts=tuple(one._replace(signers=(A,) if i else None) for i, one in enumerate(pin.artifacts))
        )
        if pin.name == "mixed"
        else pin
        for pin in lock.packages
    )  # fmt: skip
    return LockGraph(lock._replace(packages=packages), Grid(TARGETS))


def said(graph: LockGraph, *names: str) -> str:
    """A tree with its signers and its closing line."""
    found = standings(graph, Configuration(), NOW)
    text = tree.render_text(graph, names=names, notes=in_words(graph, found))
    return text + closing(graph, found, found)


def test_signers_stand_behind_their_packages() -> None:
    """The unsigned are counted once below the tree, and a file that differs is told where it is."""
    assert said(graph_of(TEXT)).splitlines() == [
        "pyproject.toml",
        "└── tool 1.0  [acme/tool (github:101...)]",
        "    ├── low 1.0",
        "    └── mixed 1.0  [acme/tool (github:101...), one wheel unsigned]",
        "1 package is unsigned",
    ]


def test_a_lock_without_signers_says_so_once() -> None:
    """No line of the tree has a note; the number is what the tree shows."""
    graph = graph_of("wish a\na 1\n    b\nb 1\n", ())
    assert said(graph).splitlines()[1:] == ["└── a 1", "    └── b 1", "2 packages are unsigned"]
    found = standings(graph, Configuration(), NOW)
    assert closing(graph, found, [1]) == "1 package is unsigned\n"
    assert closing(graph, found, []) == ""


def test_nothing_is_counted_where_everything_is_signed() -> None:
    """A package of which one file is unsigned has its own words and is not counted again."""
    assert "unsigned\n" not in said(graph_of(f"wish a\na 1 | signers {A}\n"))
    assert said(graph_of("wish mixed\nmixed 1 | files m-1-a.whl m-1.tar.gz\n")).splitlines()[1:] == [
        "└── mixed 1  [acme/tool (github:101...), one wheel unsigned]"
    ]


def pin_signed(signers: tuple[str, ...], *files: tuple[str, tuple[str, ...] | None]) -> Pin:
    """A pin with files and their own signers."""
    artifacts = tuple(PinnedArtifact(file, digest(file), own) for file, own in files)
    return Pin("pypi", "a", "1", artifacts=artifacts, signers=signers)


NAMES = {A: "A", B: "B"}
SAID = [
    (pin_signed((), ("a.whl", None), ("a.tar.gz", None)), ""),
    (pin_signed((A,), ("a.whl", None), ("a.tar.gz", None)), "A"),
    (pin_signed((A, B), ("a.whl", None)), "A and B"),
    (pin_signed((A,)), "A"),
    (pin_signed((), ("a.whl", (A,)), ("a.tar.gz", None)), "A, the sdist unsigned"),
    (pin_signed((), ("a.whl", (A,)), ("b.whl", None), ("c.whl", None)), "A, 2 wheels unsigned"),
    (pin_signed((), ("a.whl", (A,)), ("b.whl", None), ("a.zip", None)), "A, one wheel and the sdist unsigned"),
    (pin_signed((), ("a.whl", (A,)), ("a.tar.gz", None), ("a.zip", None)), "A, 2 sdists unsigned"),
    (pin_signed((A,), ("a.whl", (A, B)), ("a.tar.gz", None)), "A and B for one wheel"),
    (pin_signed((), ("a.whl", (A,)), ("a.tar.gz", (B,))), "A for one wheel and B for the sdist"),
    (pin_signed((), ("a.whl", (A,)), ("b.whl", (A, B)), ("a.zip", None)), "A and B for one wheel, the sdist unsigned"),
    (pin_signed(("github:9/gone",), ("a.whl", None)), "github:9/gone"),
    # a lock that contradicts itself: the word of the file counts
    (pin_signed((A,), ("a.whl", ()), ("a.tar.gz", None)), "A, one wheel unsigned"),
]  # fmt: skip


@pytest.mark.parametrize(("pin", "expected"), SAID, ids=[row[1] or "nobody" for row in SAID])
def test_files_that_differ_in_words(pin: Pin, expected: str) -> None:
    """Who signed all, who signed some, and how many files nobody did."""
    assert signers_in_words(pin, NAMES) == expected


BEGINNINGS = [
    (A, "github:101..."),
    (A + "?environment=pypi", "github:101..."),
    ("github-name:acme/tool/.github/workflows/release.yml", "github-name:acme/tool..."),
    (B, "gitlab:202..."),
    ("gitlab-name:acme/sub/tool//.gitlab-ci.yml", "gitlab-name:acme/sub/tool..."),
    ("oidc:https://oidc.acme.example/x?release@acme.example", "oidc:https://oidc.acme.example/x..."),
    (KEY, "ed25519:0c4f0c4f0c4f0c4f"),
    ("odd", "odd"),
    ("github:101", "github:101"),
]


@pytest.mark.parametrize(("signer", "beginning"), BEGINNINGS)
def test_an_id_is_cut_behind_what_tells_its_holder(signer: str, beginning: str) -> None:
    """Behind the repository or the issuer; the label stands before it, if there is one."""
    lock = read_lock("")
    assert short_names(lock._replace(signers=(Signer(signer, "name"),))) == {signer: f"name ({beginning})"}
    assert short_names(lock._replace(signers=(Signer(signer),))) == {signer: beginning}


def test_two_that_would_be_called_the_same_are_called_by_their_ids() -> None:
    """Two workflows of one repository are told apart; a third signer keeps its short name."""
    other = A.replace("release", "nightly")
    lock = read_lock("")._replace(signers=(*SIGNERS, Signer(other, "acme/tool")))
    names = short_names(lock)
    assert (names[A], names[other]) == (f"acme/tool ({A})", f"acme/tool ({other})")
    assert names[B] == "beta/sub/tool (gitlab:202...)"


def with_modules() -> LockGraph:
    """Packages, and two modules: the one signed and vetted requires the unsigned one."""
    tree_digest = digest("tree")
    base = Requirement("acme", "@acme/base")
    modules = (
        Pin("acme", "@acme/base", "1.0.0", module=ModuleFacts(tree_digest)),
        Pin("acme", "@acme/guards", "2.0.0", signers=(KEY,), dependencies=((base, ""),),
            module=ModuleFacts(tree_digest, vetted=(VETTER,), threshold=1)),
    )  # fmt: skip
    lock = graph_of(TEXT).lock
    wish = Input("pyproject.toml", "module", "", (Requirement("acme", "@acme/guards"),))
    lock = lock._replace(
        sources=(LockedSource("acme", "modules", root=digest("root")),),
        inputs=(*lock.inputs, wish),
        packages=(*modules, *lock.packages),
        signers=(*SIGNERS, Signer(VETTER, "vetting")),
    )
    return LockGraph(lock, Grid(TARGETS))


def test_modules_keep_the_words_of_their_levels() -> None:
    """A module says its level, also when unsigned, and is not counted among the packages."""
    lines = said(with_modules()).splitlines()
    assert lines[-3:] == [
        (
            "└── @acme/guards 2.0.0  [registry-verified, by acme-release (ed25519:0c4f0c4f0c4f0c4f); "
            "vetted by vetting (ed25519:aaaaaaaaaaaaaaaa); inherits unsigned from @acme/base 1.0.0]"
        ),
        "    └── @acme/base 1.0.0  [unsigned]",
        "1 package is unsigned",
    ]


def test_a_key_with_several_records_is_one_key() -> None:
    """It publishes a module with one tier and vouches for another with none: each module has its own, and no digits."""
    graph = with_modules()
    publisher, vetter = Signer(KEY, "acme-release", (("tier", "verified"),)), Signer(KEY, "acme-release")
    references_ = references([publisher, vetter])
    base, guards, *packages = graph.lock.packages
    assert base.module is not None
    lock = graph.lock._replace(
        packages=(
            base._replace(module=base.module._replace(vetted=(references_[vetter],))),
            guards._replace(signers=(references_[publisher],)),
            *packages,
        ),
        signers=(
            *graph.lock.signers[1:],
            *[one._replace(id=reference) for one, reference in references_.items()],
        ),
    )
    graph = LockGraph(lock, graph.grid)
    found = standings(graph, Configuration(), NOW)
    assert [(found[place].signers, found[place].vetted) for place in (0, 1)] == [
        ((), (vetter,)),
        ((publisher,), (Signer(VETTER, "vetting"),)),
    ]
    assert found[1].level == "registry-verified"
    lines = said(graph)
    assert "by acme-release (ed25519:0c4f0c4f0c4f0c4f); vetted by vetting" in lines
    assert "[unsigned; vetted by acme-release (ed25519:0c4f0c4f0c4f0c4f)]" in lines
    assert "#" not in lines + json.dumps(in_json(graph, found)) + why.render_text(graph, "@acme/guards")


def test_the_document_says_it_of_each_package() -> None:
    """Level, what is inherited, signers, and each file's where they differ; modules have their own levels."""
    graph = with_modules()
    more = in_json(graph, standings(graph, Configuration(), NOW))
    document = json.loads(tree.render_json(graph, more=more))
    nodes = {node["name"]: node for node in document["packages"]}
    tool = [{"id": A, "label": "acme/tool"}]
    assert nodes["tool"]["signers"] == tool
    assert (nodes["tool"]["level"], nodes["tool"]["artifacts"]) == ("signed", [])
    assert nodes["tool"]["inherited"] == {"level": "unsigned", "path": ["pypi:tool@1.0", "pypi:low@1.0"]}
    assert (nodes["low"]["level"], nodes["low"]["signers"]) == ("unsigned", [])
    assert (nodes["mixed"]["level"], nodes["mixed"]["signers"]) == ("unsigned", [])
    assert nodes["mixed"]["artifacts"] == [
        {"file": "mixed-1.0-cp311.whl", "signers": []},
        {"file": "mixed-1.0-cp312.whl", "signers": tool},
        {"file": "mixed-1.0.tar.gz", "signers": tool},
    ]
    assert nodes["@acme/guards"]["level"] == "registry-verified"
    assert nodes["@acme/guards"]["vetted"] == [{"id": VETTER, "label": "vetting"}]


def test_files_that_all_have_a_signer_make_a_signed_package() -> None:
    """Although no signer signed all of them, and a package that requires only signed ones inherits nothing."""
    graph = graph_of(f"wish top\ntop 1 | signers {A}\n    parted\nparted 1 | files p-1-a.whl p-1.tar.gz\n")
    parted, top = graph.lock.packages
    files = tuple(one._replace(signers=(by,)) for one, by in zip(parted.artifacts, (A, B), strict=True))
    packages = (parted._replace(artifacts=files), top)
    found = standings(LockGraph(graph.lock._replace(packages=packages), graph.grid), Configuration(), NOW)
    assert [(one.level, one.inherited, one.path) for one in found.values()] == [("signed", "signed", ())] * 2


def test_why_names_the_signers_in_full() -> None:
    """One line below the package, with whole ids; what is unsigned says so where the lock knows signers at all."""

    def second(name: str, graph: LockGraph) -> str:
        return why.render_text(graph, name).splitlines()[1]

    graph = with_modules()
    assert second("tool", graph) == f"  signed by acme/tool ({A})"
    assert second("mixed", graph) == f"  signed by acme/tool ({A}), one wheel unsigned"
    assert second("low", graph) == "  unsigned"
    assert second("@acme/base", graph) == "  unsigned"
    assert second("@acme/guards", graph) == f"  signed by acme-release ({KEY}); vetted by vetting ({VETTER})"
    assert second("a", graph_of("wish a\na 1\n", ())) == "  pyproject.toml wishes a"
    (pin,) = json.loads(why.render_json(graph, "tool"))["pins"]
    assert (pin["signers"], pin["artifacts"]) == ([{"id": A, "label": "acme/tool"}], [])


def test_harmful_labels_are_made_harmless() -> None:
    """In trees and in `why`, a label cannot turn or break its line."""
    graph = graph_of(f"wish a\na 1 | signers {A}\n", (Signer(A, "acme\u202e\n/x"),))
    for text in (said(graph), why.render_text(graph, "a")):
        assert r"acme\u{202e}\u{a}/x (" in text
