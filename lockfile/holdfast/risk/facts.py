"""What an audit is told besides the lock and the scans, as plain values by the ids of packages. Nothing of it is asked.

Whatever is not known is "" or missing, never a guess, and gives no sign.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from holdfast.findings.finding import Finding, Place
from holdfast_resolver.values.tuples import NamedTuple

DAY = 86_400  # seconds


class KnownAdvisory(NamedTuple):
    """An advisory that holds for a locked release."""

    id: str
    severity: str = ""  # "low" | "medium" | "high" | "critical"; "" = not said
    is_malware: bool = False


class ReleaseState(NamedTuple):
    """What the registry says of a locked release. Times are RFC 3339."""

    released: str = ""  # when the locked release came out
    newest: str = ""  # when the newest release of the package came out
    yanked: str | None = None  # the reason, which may be ""; None = not yanked
    deprecated: str = ""  # the text; "" = not deprecated
    elsewhere: tuple[str, ...] = ()  # other configured sources that have a package of this name
    has_dynamic_metadata: bool = False  # what it requires is only known once its sdist is built, by running it
    licence: str = ""  # SPDX expression as declared, where the scan has none


class WayOut(NamedTuple):
    """Whether freeing a locked release would leave it: the resolver's answer, and what of the manifest asks for it."""

    version: str = ""  # that `holdfast update NAME` would lock in its place; "" = it would lock no other
    wishes: tuple[tuple[str, Place], ...] = ()  # ("requests==2.32.0 (pyproject.toml:7)", there), that admit it alone


class Deviation(NamedTuple):
    """How the code of one wheel deviates from that of the source archive. Paths are the wheel's, sorted."""

    wheel: str
    source: str
    differs: tuple[str, ...] = ()  # in both, and it does something else
    added: tuple[str, ...] = ()  # in the wheel alone


class Known(NamedTuple):
    """What is known of the packages of a lock, by id."""

    advisories: Mapping[str, tuple[KnownAdvisory, ...]] = MappingProxyType({})
    releases: Mapping[str, ReleaseState] = MappingProxyType({})
    archives: Mapping[str, tuple[Deviation, ...]] = MappingProxyType({})
    ways_out: Mapping[str, WayOut] = MappingProxyType({})  # of withdrawn releases, as far as the resolver was asked
    standings: Mapping[str, str] = MappingProxyType({})  # "reviewed" | "rule" | "baseline" | "unapproved"
    severities: Mapping[str, str] = MappingProxyType({})  # of the scanners' rules, by their ids
    findings: tuple[Finding, ...] = ()  # of others: advisories, policy
    asked: tuple[str, ...] = ()  # what was not, or could not be, asked
    advisories_age: str = ""


class Limits(NamedTuple):
    """What the project holds to be new, old, deep, many and allowed."""

    very_new: int = 7 * DAY  # seconds
    unmaintained: int = 3 * 365 * DAY
    max_depth: int | None = None
    max_packages: int | None = None
    # (source, name, expression) -> whether policy allows the licence; None = it is no SPDX expression
    allows_licence: Callable[[str, str, str], bool | None] | None = None
    own_names: tuple[str, ...] = ()  # that the project has besides its direct dependencies: its own, its workspaces'
