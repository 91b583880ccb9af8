"""From artifacts to what a candidate requires: which metadata counts, and when an sdist may serve.

The metadata of one wheel stands for the release, unless the listing states digests and they differ: then all that
differ are read and the strictest union is taken. An sdist serves a target that no wheel serves only if its metadata
is static (PEP 643), since no code of a package is ever run.
"""

from holdfast_resolver.errors import ArtifactUnhashed
from holdfast_resolver.fetch.facts import Facts
from holdfast_resolver.fetch.index import FactsNeed
from holdfast_resolver.fetch.records import artifact_of, file_of
from holdfast_resolver.resolve.request import Remark
from holdfast_resolver.values.artifacts import Artifact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast_resolver.resolve.universe import Package, Row, Universe


class RecordDamaged(Exception):
    """The cached listing of a package is damaged; it must be fetched anew."""

    def __init__(self, source: str, name: str) -> None:
        super().__init__(source, name)
        self.source = source
        self.name = name


def tag_of(file: str) -> str:
    """`click-8.1.8-py3-none-any.whl` -> `py3-none-any`; "" for an sdist."""
    return "-".join(file[:-4].rsplit("-", 3)[1:]) if file.endswith(".whl") else ""


def read_row(universe: "Universe", package: "Package", candidate: int) -> "tuple[Facts, int, int] | None":
    """Return (facts, targets where it is usable, targets that only a static sdist could serve); None = wait."""
    by_wheel = universe.wheel_targets(package, candidate)
    by_sdist = universe.sdist_targets(package, candidate) & ~by_wheel
    chosen = metadata_artifacts(universe, package, candidate)
    known = [_facts(universe, package, candidate, artifact) for artifact in chosen]
    usable_facts = [facts for facts in known if facts is not None]
    if len(usable_facts) != len(known) or not known:
        return None if known else (Facts(False, "", (), (), "it has no artifact"), 0, 0)
    merged = _merge(universe, package, candidate, usable_facts)
    if merged.reason:
        return merged, 0, 0
    python = universe.grid.requires_python(merged.requires_python)
    if by_wheel:
        return merged, by_wheel & python, by_sdist & python
    if not merged.static:
        return merged._replace(reason="it has no wheel, and its sdist's requirements are not static"), 0, 0
    return merged, by_sdist & python, 0


def metadata_artifacts(universe: "Universe", package: "Package", candidate: int) -> list[Artifact]:
    """Return the artifacts whose metadata stands for the release. Raises `RecordDamaged`."""
    if universe.wheel_targets(package, candidate):
        return _metadata_wheels(universe, package, candidate)
    return _sdists(universe, package, candidate)


def settle_sdist(universe: "Universe", package: "Package", candidate: int, row: "Row") -> bool:
    """Decide whether the sdist serves the targets that no wheel serves; False = wait."""
    sdists = _sdists(universe, package, candidate)
    facts = _facts(universe, package, candidate, sdists[0]) if sdists else None
    if sdists and facts is None:
        return False
    if facts is not None and facts.static and not facts.reason:
        row.usable |= row.undecided
    row.undecided = 0
    return True


def lines_of(universe: "Universe", package: "Package", candidate: int) -> list[str]:
    """Return the release's artifacts undecoded. Raises `RecordDamaged`."""
    lines = universe.lines(package, candidate)
    if not lines:
        raise RecordDamaged(package.source.name, package.name)
    return lines


def _sdists(universe: "Universe", package: "Package", candidate: int) -> list[Artifact]:
    lines = [line for line in lines_of(universe, package, candidate) if not file_of(line).endswith(".whl")]
    return [artifact_of(line, package.table.versions[candidate]) for line in lines[:1]]


def _facts(universe: "Universe", package: "Package", candidate: int, artifact: Artifact) -> Facts | None:
    if not artifact.hash:
        raise ArtifactUnhashed(package.source.name, artifact.file, artifact.url)
    version = package.table.versions[candidate]
    facts = universe.index.facts(package.source, package.name, version, artifact)
    if facts is None:
        universe.needs.append(FactsNeed(package.source, package.name, artifact))
    return facts


def _metadata_wheels(universe: "Universe", package: "Package", candidate: int) -> list[Artifact]:
    """The first wheel, pure ones before, then by name; one for each digest that the listing states.

    Which wheel stands for the release never depends on the targets, so that a lock and its re-lock ask for the same.
    """
    version = package.table.versions[candidate]
    by_digest: dict[str, Artifact] = {}
    for line in lines_of(universe, package, candidate):  # pure wheels first, then by name
        if file_of(line).endswith(".whl"):
            artifact = artifact_of(line, version)
            by_digest.setdefault(artifact.metadata if artifact.metadata.startswith("sha") else "", artifact)
            if not artifact.metadata:
                break  # the listing states no digests: one wheel stands for all
    if len(by_digest) > 1:
        by_digest.pop("", None)
    return list(by_digest.values())


def _merge(universe: "Universe", package: "Package", candidate: int, known: list[Facts]) -> Facts:
    first = known[0]
    if all(facts == first for facts in known):
        return first
    bad = next((facts for facts in known if facts.reason), None)
    if bad is not None:
        return bad
    subject = f"{package.name} {package.table.versions[candidate]}"
    universe.remarks[Remark("metadata-differs", subject, f"{len(known)} wheels")] = None
    ranges = dict.fromkeys(facts.requires_python for facts in known if facts.requires_python)
    return Facts(
        True,
        ",".join(ranges),
        tuple(sorted({extra for facts in known for extra in facts.extras})),
        tuple(dict.fromkeys(need for facts in known for need in facts.requires)),
    )
