"""A small lock of an npm project that shows every key, for the tests of the format."""

from holdfast.format.order import canonical
from holdfast.model.lock import (
    Input,
    Instance,
    Lock,
    LockedSource,
    NpmFacts,
    Pin,
    PinnedArtifact,
    Scope,
    Signer,
)
from holdfast_resolver.values.npm import NpmRequirement
from holdfast_resolver.values.npm_names import tarball_file_name
from holdfast_resolver.values.requirements import parse_entry

SIGNER = "npm:registry.example/key"
SOURCES = frozenset({"npm", "scoped"})


def digest(number: int) -> str:
    return f"sha512:{number:0128x}"


def edge(text: str) -> tuple[NpmRequirement, str]:
    left, _, chosen = text.partition(" => ")
    entry = parse_entry(left, SOURCES)
    assert isinstance(entry, NpmRequirement)
    return entry, chosen


def pin(name: str, version: str, *edges: str, source: str = "npm", facts: NpmFacts | None = None) -> Pin:
    """A pin of an npm package with one made-up tarball."""
    artifact = PinnedArtifact(tarball_file_name(name, version), digest(len(name)))
    found = tuple(map(edge, edges))
    return Pin(source, name, version, artifacts=(artifact,), dependencies=found, npm=facts or NpmFacts())


def npm_sample() -> Lock:
    """An npm project with two majors of one peer, a scoped registry, and every fact."""
    facts = NpmFacts(
        (("eslint", "bin/eslint.js"), ("a b", "x.js")),
        ("darwin", "!win32"),
        ("arm64",),
        ("glibc",),
        (("node", ">= 18"),),
        True,
        True,
        ("@s/inner",),
    )
    signed = pin("lodash", "4.17.21", facts=facts)
    return canonical(
        Lock(
            Scope("", "highest", "if-necessary", ()),
            (
                Input(
                    "package.json", "project", "", tuple([edge(text)[0] for text in ("npm:lodash ^4", "npm:a 1.0.0")])
                ),
                Input("package.json", "dev", "", (edge("scoped:@s/tool next")[0],)),
                Input("package.json", "override", "", (edge("npm:semver ^7.5.2 ; of ^6 below a@^1 / @s/tool")[0],)),
                Input("web/package.json", "peer", "", (edge("npm:react >=16 ; peer")[0],)),
            ),
            (
                signed._replace(signers=(SIGNER,)),
                pin("a", "1.0.0", "npm:react ^18", "npm:use-it ^1"),
                pin("b", "1.0.0", "npm:react ^17", "npm:use-it ^1"),
                pin("react", "17.0.2"),
                pin("react", "18.2.0"),
                pin("use-it", "1.0.0", "npm:react >=16 ; peer", "npm:fsevents ~2.3.2 ; optional => none"),
                pin("@s/tool", "2.0.0-rc.1", "npm:lodash ^4 ; as underscore", "npm:b *", source="scoped"),
            ),
            (LockedSource("scoped", "npm", "https://packages.scoped.example/"),),
            (Signer(SIGNER, "", (("role", "registry"),)),),
            instances=(
                Instance(
                    "npm",
                    "use-it",
                    "1.0.0",
                    2,
                    ("npm:b 1.0.0", "web/package.json"),
                    (edge("npm:react >=16 ; peer => 17.0.2"),),
                ),
            ),
        )
    )


TEXT = f"""\
[[source]]
name = "scoped"
kind = "npm"
identity = "https://packages.scoped.example/"

[[input]]
path = "package.json"
kind = "project"
requires = [
    "npm:a 1.0.0",
    "npm:lodash ^4",
]

[[input]]
path = "package.json"
kind = "override"
requires = [
    "npm:semver ^7.5.2 ; of ^6 below a@^1 / @s/tool",
]

[[input]]
path = "package.json"
kind = "dev"
requires = [
    "scoped:@s/tool next",
]

[[input]]
path = "web/package.json"
kind = "peer"
requires = [
    "npm:react >=16 ; peer",
]

[[signer]]
id = "npm:registry.example/key"
role = "registry"

[[package]]
name = "a"
source = "npm"
version = "1.0.0"
artifacts = [
    {{ file = "a-1.0.0.tgz", hash = "{digest(1)}" }},
]
signers = []
dependencies = [
    "npm:react ^18",
    "npm:use-it ^1",
]

[[package]]
name = "b"
source = "npm"
version = "1.0.0"
artifacts = [
    {{ file = "b-1.0.0.tgz", hash = "{digest(1)}" }},
]
signers = []
dependencies = [
    "npm:react ^17",
    "npm:use-it ^1",
]

[[package]]
name = "lodash"
source = "npm"
version = "4.17.21"
artifacts = [
    {{ file = "lodash-4.17.21.tgz", hash = "{digest(6)}" }},
]
signers = [
    "npm:registry.example/key",
]
bin = {{ "a b" = "x.js", eslint = "bin/eslint.js" }}
os = ["!win32", "darwin"]
cpu = ["arm64"]
libc = ["glibc"]
engines = {{ node = ">= 18" }}
install-script = true
optional = true
bundled = ["@s/inner"]

[[package]]
name = "react"
source = "npm"
version = "17.0.2"
artifacts = [
    {{ file = "react-17.0.2.tgz", hash = "{digest(5)}" }},
]
signers = []

[[package]]
name = "react"
source = "npm"
version = "18.2.0"
artifacts = [
    {{ file = "react-18.2.0.tgz", hash = "{digest(5)}" }},
]
signers = []

[[package]]
name = "use-it"
source = "npm"
version = "1.0.0"
artifacts = [
    {{ file = "use-it-1.0.0.tgz", hash = "{digest(6)}" }},
]
signers = []
dependencies = [
    "npm:fsevents ~2.3.2 ; optional => none",
    "npm:react >=16 ; peer",
]

[[package]]
name = "@s/tool"
source = "scoped"
version = "2.0.0-rc.1"
artifacts = [
    {{ file = "tool-2.0.0-rc.1.tgz", hash = "{digest(7)}" }},
]
signers = []
dependencies = [
    "npm:b *",
    "npm:lodash ^4 ; as underscore",
]

[[instance]]
name = "use-it"
source = "npm"
version = "1.0.0"
number = 2
for = [
    "npm:b 1.0.0",
    "web/package.json",
]
dependencies = [
    "npm:react >=16 ; peer => 17.0.2",
]
"""
