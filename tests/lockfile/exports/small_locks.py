"""Small locks for tests: by hand, and by chance."""

from hypothesis import strategies as st

from holdfast.model.lock import Input, Lock, Pin, PinnedArtifact, Scope
from holdfast_resolver.values.requirements import Requirement, parse_entry
from holdfast_resolver.values.targets import DEFAULT_PLATFORMS, Target, default_floor

TARGETS = tuple(
    Target((3, minor), platform, default_floor(platform)) for minor in (11, 12) for platform in DEFAULT_PLATFORMS
)
NAMES = ("alpha", "beta-b", "gamma", "delta", "epsilon")
MARKERS = (
    "",
    "sys_platform == 'win32'",
    "sys_platform != 'darwin'",
    "python_version < '3.12'",
    "platform_machine == 'aarch64'",
    "python_version >= '3.12' and sys_platform == 'linux'",
)


def digest(seed: str) -> str:
    """A digest that differs with the seed."""
    return "sha256:" + seed.encode().hex().ljust(64, "0")[:64]


def pin(name: str, version: str, *dependencies: str, when: str = "", files: tuple[str, ...] = ()) -> Pin:
    """A pin with one pure wheel, or with `files`."""
    stem = f"{name.replace('-', '_')}-{version}"
    names = files or (f"{stem}-py3-none-any.whl", f"{stem}.tar.gz")
    return Pin(
        "pypi",
        name,
        version,
        when=when,
        artifacts=tuple(PinnedArtifact(file, digest(file)) for file in sorted(names)),
        dependencies=tuple((parse_entry(f"pypi:{text}"), "") for text in dependencies),
    )


def lock(
    *pins: Pin,
    project: tuple[str, ...] = (),
    extras: dict[str, tuple[str, ...]] | None = None,
    groups: dict[str, tuple[str, ...]] | None = None,
    targets: tuple[Target, ...] = TARGETS,
) -> Lock:
    """A lock whose project, extras and groups wish for what is given; pins come in canonical order."""
    parts = [("project", "", project)]
    parts += [("extra", name, wishes) for name, wishes in (extras or {}).items()]
    parts += [("group", name, wishes) for name, wishes in (groups or {}).items()]
    inputs = tuple(
        Input("pyproject.toml", kind, name, tuple(parse_entry(f"pypi:{wish}") for wish in wishes))
        for kind, name, wishes in parts
    )
    return Lock(Scope(">=3.11", "highest", "if-necessary", targets), inputs, pins)


@st.composite
def locks(draw: st.DrawFn) -> Lock:
    """Locks of up to five packages; some are forked by platform, some edges have markers and extras."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True).map(sorted))
    requirements = st.builds(
        Requirement,
        st.just("pypi"),
        st.sampled_from(NAMES),
        st.sampled_from(((), ("fast",))),
        st.just(""),
        st.sampled_from((*MARKERS, "extra == 'fast'")),
    )
    pins = []
    for name in names:
        edges = tuple((edge, "") for edge in draw(st.lists(requirements, max_size=3, unique=True)))
        if draw(st.booleans()):
            pins.append(pin(name, "1.0", when="sys_platform == 'win32'")._replace(dependencies=edges))
            pins.append(pin(name, "2.0", when="sys_platform != 'win32'"))
        else:
            pins.append(pin(name, "1.5rc1")._replace(dependencies=edges))
    wishes = draw(st.lists(requirements, min_size=1, max_size=3, unique=True))
    part = Input("pyproject.toml", "project", "", tuple(wishes))
    return Lock(Scope(">=3.11", "highest", "if-necessary", TARGETS), (part,), tuple(pins))
