"""One record for each identity, also where files of one lock say different things of it.

`context = "ref=branch:main trigger=push | ref=tag trigger=release"`: one workflow publishes in both ways.

Pure; knows no evidence.
"""

from __future__ import annotations

from holdfast.model.lock import Signer
from holdfast.model.signer_changes import SIDE_BY_SIDE as JOINT

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Iterable


def joined(signers: Iterable[Signer]) -> tuple[Signer, ...]:
    """Return one record for each id, sorted; labels and attributes that differ stand side by side in it."""
    groups: dict[str, list[Signer]] = {}
    for signer in signers:
        groups.setdefault(signer.id, []).append(signer)
    return tuple([_joined(group) for _, group in sorted(groups.items())])


def _joined(group: list[Signer]) -> Signer:
    first = group[0]
    if all(one == first for one in group):
        return first
    names = sorted({name for one in group for name, _ in one.attributes})
    return Signer(
        first.id,
        _side_by_side([one.label for one in group]),
        tuple([(name, _side_by_side([dict(one.attributes).get(name, "") for one in group])) for name in names]),
        first.unknown,
    )


def _side_by_side(texts: list[str]) -> str:
    return JOINT.join(sorted({part for text in texts for part in text.split(JOINT) if part}))


def fits(signer: Signer, record: Signer) -> bool:
    """Whether a signer is one of those for whom a lock's record of the same id stands."""
    return signer.id == record.id and _joined([record, signer]) == record


def is_joint(record: Signer) -> bool:
    """Whether a record stands for more than one spelling of its identity."""
    return JOINT in record.label or any(JOINT in value for _, value in record.attributes)
