"""Random locks, and one small lock that shows every key, for the tests of the format."""

from typing import Any

from hypothesis import strategies as st

from holdfast.format.order import canonical, instance_key, package_key
from holdfast.format.shapes import edge_text
from holdfast.model.lock import (
    ABSENT,
    Input,
    Instance,
    Lock,
    LockedSource,
    ModuleFacts,
    NpmFacts,
    Pin,
    PinnedArtifact,
    Scope,
    Signer,
    Unknown,
)
from holdfast.model.signer_references import references
from holdfast.model.signers import canonical_ids, with_signers
from holdfast_resolver.values.modules import archive_file_name
from holdfast_resolver.values.npm import NpmRequirement
from holdfast_resolver.values.npm_names import tarball_file_name
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.targets import parse_target
from holdfast_resolver.versions.semver import SEMVER

TARGETS = (
    "cp311 linux-x86_64 glibc-2.28",
    "cp39 macos-arm64 11.0",
    "cp312 windows-x86_64",
    "cp311 linux-x86_64 musl-1.2",
)
VERSIONS = (
    "1.0",
    "1.10",
    "1.9",
    "2.0rc1",
    "3.0.post1",
    "1!2.0",
    "2.0+cpu.1",
    "0.0.1.dev3",
    "2024.07.04",
    "1.0-1",
)
RANGES = (
    "",
    ">=1.0",
    ">=1.0,<2",
    "~=1.4",
    "==1.2.*",
    "!=1.5",
    "<2,>=1",
    "===wild",
    ">1,<=4.0rc1",
    "==1.0+local",
)
MARKERS = (
    "",
    "sys_platform == 'win32'",
    "python_version < '3.11' and (os_name == 'nt' or os_name == 'posix')",
    'platform_version == "it\'s"',
    "platform_release == 'a => b' or extra == 'x ; y'",
)
TEXTS = (
    "acme",
    "a label with spaces",
    'say "hi"',
    "back\\slash",
    "ünï",
    "tag github-hosted",
    "x = [1]",
    "# no comment",
)
UNKNOWN: tuple[tuple[str, str], ...] = (
    ("colour", '"blue"'),
    ("weight", "3"),
    ("big", '[1, true, ["x"]]'),
    ("odd key", "2024-01-02"),
    ("ratio", "0.5"),
)

names = st.from_regex(r"[a-z0-9]([a-z0-9]|-(?=[a-z0-9])){0,6}", fullmatch=True).filter(lambda name: name[-1] != "-")
hashes = st.builds(
    lambda number, kind: f"{kind[0]}:{number:0{kind[1]}x}",
    st.integers(0, 2**256 - 1),
    st.sampled_from([("sha256", 64)] * 8 + [("sha384", 96), ("sha512", 128)]),
)


def unknown(chance: int = 12) -> st.SearchStrategy[Unknown]:
    """Mostly no unknown keys: they send the text to the plain reader."""
    some = st.lists(st.sampled_from(UNKNOWN), unique=True, max_size=2).map(tuple)
    return st.integers(0, chance).flatmap(lambda roll: some if roll == 0 else st.just(()))


def unique(items: Any, key: Any, size: int) -> Any:
    """Tuples of items that differ by `key` (None: by themselves)."""
    return st.lists(items, unique_by=key or (lambda item: item), max_size=size).map(tuple)


def requirements(sources: list[str], known: list[str]) -> st.SearchStrategy[Requirement]:
    """Requirements in canonical spelling."""
    extras = st.lists(st.sampled_from(["redis", "s3", "all-of-it"]), unique=True, max_size=2)
    return st.builds(
        Requirement,
        st.sampled_from(sources),
        st.sampled_from(known) if known else names,
        extras.map(lambda found: tuple(sorted(found))),
        st.sampled_from(RANGES),
        st.sampled_from(MARKERS),
    )


@st.composite
def pins(draw: st.DrawFn, sources: list[str], known: list[str], signers: list[str]) -> Pin:
    """A pin whose artifacts are its own, in old and new spellings."""
    name, version = draw(st.sampled_from(known)), draw(st.sampled_from(VERSIONS))
    spelled = draw(st.sampled_from([name.replace("-", "_"), name, name.upper(), name.replace("-", ".")]))
    wheel = draw(st.sampled_from([name.replace("-", "_"), name.upper().replace("-", "_"), name.replace("-", ".")]))
    tags = st.sampled_from(["py3-none-any", "cp311-cp311-win_amd64", "2-cp37-abi3-macosx_11_0_universal2"])
    files = draw(
        st.lists(tags.map(lambda tag: f"{wheel}-{version.replace('-', '_')}-{tag}.whl"), unique=True, max_size=3)
    )
    if version == "1.0-1":
        files = []  # a wheel spells it 1.0.post1
    files += draw(st.sampled_from([[], [f"{spelled}-{version}.tar.gz"], [f"{spelled}-{version}.zip"]]))
    files = files or [f"{spelled}-{version}.tar.gz"]
    edges = st.tuples(requirements(sources, known), st.sampled_from(["", "", "", "1.9", "2.0rc1"]))
    pin = Pin(
        draw(st.sampled_from(sources)),
        name,
        version,
        draw(st.sampled_from(["", ">=3.8", ">=3.7,<4"])),
        draw(st.sampled_from(MARKERS)),
        tuple([PinnedArtifact(file, draw(hashes)) for file in files]),
        draw(unique(st.sampled_from(signers), None, 2)) if signers else (),
        draw(unique(edges, str, 4)),
        draw(unknown()),
    )
    partly: bool = draw(st.booleans())
    if signers and partly:
        signed = st.frozensets(st.sampled_from(signers), max_size=3)
        return with_signers(pin, {file: draw(signed) for file in files})
    return pin


MODULE_NAMES = ("@acme/guards", "@acme/base", "@a/b-c")
MODULE_RANGES = ("", "^1.2.0", ">=1.0.0 <2.0.0", "^1.0.0 || ^2.0.0", "~2.1.0-rc.1")
PERMISSIONS = ("network:api.acme.example", "program:git", "filesystem-read:data/**", "agent:tool use")


def module_requirements(registries: list[str]) -> st.SearchStrategy[Requirement]:
    """Requirements of modules in canonical spelling."""
    return st.builds(
        lambda source, name, range_text: Requirement(source, name, range=SEMVER.canonical_range(range_text)),
        st.sampled_from(registries),
        st.sampled_from(MODULE_NAMES),
        st.sampled_from(MODULE_RANGES),
    )


@st.composite
def modules(draw: st.DrawFn, registries: list[str], signers: list[str]) -> Pin:
    """A pin of a signed module, or of an unsigned one."""
    name = draw(st.sampled_from(MODULE_NAMES))
    version = draw(st.sampled_from(["1.0.0", "1.10.0", "1.9.0", "2.0.0-rc.1", "2.0.0+build.5"]))
    signed = draw(unique(st.sampled_from(signers), None, 2)) if signers else ()
    edges = st.tuples(module_requirements(registries), st.sampled_from(["", "", "1.9.0", "2.0.0-rc.1"]))
    return Pin(
        draw(st.sampled_from(registries)),
        name,
        version,
        artifacts=(PinnedArtifact(archive_file_name(name, version), draw(hashes)),),
        signers=signed,
        dependencies=draw(unique(edges, str, 3)),
        unknown=draw(unknown()),
        module=ModuleFacts(
            draw(hashes),
            draw(st.booleans()),
            draw(unique(st.sampled_from(PERMISSIONS), None, 2)),
            draw(unique(st.sampled_from(signers), None, 1)) if signers else (),
            len(canonical_ids(signed)),
        ),
    )


NPM_NAMES = ("lodash", "@acme/guards", "@babel/core", "JSONStream", "a.b", "it's")
NPM_VERSIONS = ("4.17.21", "4.9.0", "4.10.0", "5.0.0-rc.1", "5.0.0+build.5")
NPM_RANGES = ("*", "^4.17.0", ">=4 <5 || ^5.0.0-rc", "~4.9", "4.17.21", "next")
NPM_MARKERS = ("", "optional", "peer", "peer optional", "as other", "peer as @a/b", "optional as x")
NPM_OVERRIDES = ("", "of ^3", "below a", "as x of >=1 <2 below @a/b@^1 / c")


def npm_requirements(sources: list[str], markers: tuple[str, ...] = NPM_MARKERS) -> st.SearchStrategy[NpmRequirement]:
    """Requirements of npm in canonical spelling."""
    return st.builds(
        lambda source, name, range_text, marker: NpmRequirement(source, name, (), range_text, marker),
        st.sampled_from(sources),
        st.sampled_from(NPM_NAMES),
        st.sampled_from(NPM_RANGES),
        st.sampled_from(markers),
    )


def npm_edges(sources: list[str], chosen: tuple[str, ...]) -> st.SearchStrategy[tuple[Requirement, str]]:
    """Edges of npm; one that leads nowhere is optional."""
    return st.tuples(npm_requirements(sources), st.sampled_from(chosen)).map(
        lambda edge: edge if edge[1] != ABSENT or "optional" in edge[0].marker else (edge[0], NPM_VERSIONS[0])
    )


def npm_facts() -> st.SearchStrategy[NpmFacts]:
    """Mostly none, as in the world."""
    pairs = unique(st.sampled_from([("eslint", "bin/x.js"), ("@a/b", "x"), ("a b", ""), ("é", 'say "hi"')]), None, 3)
    words = unique(st.sampled_from(["darwin", "!win32", "linux", "x64"]), None, 2)
    some = st.builds(
        NpmFacts,
        pairs,
        words,
        words,
        words,
        unique(st.sampled_from([("node", ">= 18"), ("npm", "*")]), None, 2),
        st.booleans(),
        st.booleans(),
        unique(st.sampled_from(NPM_NAMES), None, 2),
    )
    return st.one_of(st.just(NpmFacts()), some)


@st.composite
def npm_pins(draw: st.DrawFn, sources: list[str], signers: list[str]) -> Pin:
    """A pin of an npm package."""
    name, version = draw(st.sampled_from(NPM_NAMES)), draw(st.sampled_from(NPM_VERSIONS))
    return Pin(
        draw(st.sampled_from(sources)),
        name,
        version,
        artifacts=(PinnedArtifact(tarball_file_name(name, version), draw(hashes)),),
        signers=draw(unique(st.sampled_from(signers), None, 2)) if signers else (),
        dependencies=draw(unique(npm_edges(sources, ("", "", "4.9.0", ABSENT)), edge_text, 4)),
        unknown=draw(unknown()),
        npm=draw(npm_facts()),
    )


def npm_instances(sources: list[str]) -> st.SearchStrategy[Instance]:
    """Instances of releases that may or may not be there: that is not asked of a text."""
    return st.builds(
        Instance,
        st.sampled_from(sources),
        st.sampled_from(NPM_NAMES),
        st.sampled_from(NPM_VERSIONS),
        st.sampled_from([2, 3, 10, 999]),
        st.lists(
            st.sampled_from(["package.json", "a b/package.json", "npm:lodash 4.9.0", "npm:@a/b 5.0.0-rc.1#12"]),
            unique=True,
            min_size=1,
        ).map(tuple),
        unique(npm_edges(sources, ("4.9.0", ABSENT)), edge_text, 3),
        unknown(),
    )


def canonical_record(signer: Signer) -> Signer:
    """The record as a lock has it."""
    return signer._replace(attributes=tuple(sorted(signer.attributes)), unknown=tuple(sorted(signer.unknown)))


@st.composite
def locks(draw: st.DrawFn) -> Lock:
    """A lock that may be written; its tuples are in no order."""
    text = st.sampled_from(TEXTS)
    extra = draw(unique(names.filter(lambda name: name not in ("npm", "pypi")), None, 2))
    sources = ["pypi", *extra]
    registries = draw(unique(names.filter(lambda name: name not in (*sources, "npm")), None, 2))
    scopes = draw(unique(names.filter(lambda name: name not in (*sources, *registries, "npm")), None, 1))
    with_npm = draw(st.booleans())
    known = draw(st.lists(names, unique=True, min_size=1, max_size=4))
    pairs = st.sampled_from([("project", ""), ("constraint", ""), ("extra", "a"), ("extra", "b"), ("group", "dev")])
    parts = st.builds(
        lambda path, pair, requires, more: Input(path, pair[0], pair[1], requires, more),
        st.sampled_from(["pyproject.toml", "a/pyproject.toml", "a b.toml"]),
        pairs,
        unique(requirements(sources, known), str, 3),
        unknown(),
    )
    wished = st.builds(
        lambda requires, more: Input("holdfast.toml", "module", "", requires, more),
        unique(module_requirements(list(registries)), str, 3) if registries else st.just(()),
        unknown(),
    )
    attributes = st.lists(
        st.sampled_from(
            [("context", "tag github-hosted"), ("owner-id", "16748505"), ("role", "vetted"), ("tier", "trusted")]
        ),
        unique=True,
    ).map(tuple)
    records = draw(
        unique(
            st.builds(Signer, st.sampled_from(["ed25519:00", "github:1/x", 'odd:"q"']), text, attributes, unknown()),
            draw(st.sampled_from([lambda signer: signer.id, canonical_record])),
            4,
        )
    )
    signers = tuple([record._replace(id=reference) for record, reference in references(records).items()])
    ids = [signer.id for signer in signers]
    pinned: Any = pins(sources, known, ids)
    if registries:
        pinned = st.one_of(pinned, modules(list(registries), ids))
        parts = st.one_of(parts, wished)
    if with_npm:
        npm = ["npm", *scopes]
        pinned = st.one_of(pinned, npm_pins(npm, ids))
        asked = st.builds(
            lambda kind, requires, more: Input("package.json", kind, "", requires, more),
            st.sampled_from(["project", "dev", "optional", "peer"]),
            unique(npm_requirements(npm), str, 3),
            unknown(),
        )
        overridden = st.builds(
            lambda requires: Input("package.json", "override", "", requires),
            unique(npm_requirements(npm, NPM_OVERRIDES), str, 3),
        )
        parts = st.one_of(parts, asked, overridden)
    return Lock(
        scope=Scope(
            draw(st.sampled_from(["", ">=3.11"])),
            draw(st.sampled_from(["highest", "lowest"])),
            draw(st.sampled_from(["if-necessary", "allow", "disallow"])),
            draw(unique(st.sampled_from(TARGETS), None, 4).map(lambda found: tuple(map(parse_target, found)))),
            draw(unknown()),
        ),
        sources=tuple(
            [LockedSource(name, "pypi", draw(st.sampled_from(["", "https://a.example/x/"]))) for name in extra]
            + [LockedSource(name, "modules", root=draw(hashes)) for name in registries]
            + [LockedSource(name, "npm", draw(st.sampled_from(["", "https://a.example/"]))) for name in scopes]
        ),
        inputs=draw(unique(parts, lambda part: part[:3], 3)),
        signers=signers,
        packages=draw(unique(pinned, package_key, 5)),
        unknown=draw(unknown()),
        instances=draw(unique(npm_instances(["npm", *scopes]), instance_key, 3)) if with_npm else (),
    )


def digest(number: int) -> str:
    return f"sha256:{number:064x}"


def sample() -> Lock:
    """A small lock with every key but unknown ones."""
    publish = "github:19465412/.github/workflows/publish.yaml"
    return canonical(
        Lock(
            scope=Scope(">=3.11", "highest", "if-necessary", tuple(map(parse_target, TARGETS))),
            sources=(LockedSource("acme", "pypi", "https://packages.acme.example/simple/"),),
            inputs=(
                Input("pyproject.toml", "project", "", (Requirement("pypi", "click", (), ">=8.1"),)),
                Input("pyproject.toml", "group", "dev", (Requirement("acme", "acme-tool"),)),
            ),
            signers=(Signer(publish, "pallets/click", (("context", "tag github-hosted"), ("owner-id", "16748505"))),),
            packages=(
                Pin(
                    "acme",
                    "acme-tool",
                    "1.0",
                    artifacts=(
                        PinnedArtifact("acme_tool-1.0-py3-none-any.whl", digest(5), (publish,)),
                        PinnedArtifact("acme_tool-1.0.tar.gz", digest(1)),
                    ),
                ),
                Pin(
                    "pypi",
                    "click",
                    "8.1.8",
                    ">=3.7",
                    "",
                    (
                        PinnedArtifact("click-8.1.8-py3-none-any.whl", digest(2)),
                        PinnedArtifact("click-8.1.8.tar.gz", digest(3)),
                    ),
                    (publish,),
                    ((Requirement("pypi", "colorama", (), ">=0.4", "sys_platform == 'win32'"), "0.4.6"),),
                ),
                Pin(
                    "pypi",
                    "colorama",
                    "0.4.6",
                    when="sys_platform == 'win32'",
                    artifacts=(PinnedArtifact("colorama-0.4.6-py2.py3-none-any.whl", digest(4)),),
                ),
            ),
        )
    )
