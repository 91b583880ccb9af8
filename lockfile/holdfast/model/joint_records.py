"""Records in which several of one identity stand side by side: `context = "ref=branch:main | ref=tag"`.

Locks were written so before an identity could have several records (`signer_references.py`); they are still read, and
stand for each of what they join until the files of that identity are asked for again. What shows an identity in one
line joins its records in the same way. Pure; knows no evidence.
"""

from collections.abc import Iterable

from holdfast.model.lock import Signer

SIDE_BY_SIDE = " | "  # between the values


def values(text: str) -> frozenset[str]:
    """Return the values of a field that stand side by side."""
    return frozenset([part for part in text.split(SIDE_BY_SIDE) if part])


def is_joint(record: Signer) -> bool:
    """Whether a record stands for more than one."""
    return SIDE_BY_SIDE in record.label or any(SIDE_BY_SIDE in value for _, value in record.attributes)


def stands_for(record: Signer, signer: Signer) -> bool:
    """Whether a signer is one of those for whom a joint record of the same id stands."""
    olds, news = dict(record.attributes), dict(signer.attributes)
    return (
        record.id == signer.id
        and values(signer.label) <= values(record.label)
        and all(values(news.get(name, "")) <= values(olds.get(name, "")) for name in olds.keys() | news.keys())
    )


def joined(group: Iterable[Signer]) -> Signer:
    """Return records of one id in one; labels and attributes that differ stand side by side."""
    first, *others = group
    if not others:
        return first
    found = [first, *others]
    names = sorted({name for one in found for name, _ in one.attributes})
    pairs = [(name, _side_by_side([dict(one.attributes).get(name, "") for one in found])) for name in names]
    return Signer(first.id, _side_by_side([one.label for one in found]), tuple(pairs), first.unknown)


def _side_by_side(texts: list[str]) -> str:
    return SIDE_BY_SIDE.join(sorted({part for text in texts for part in values(text)}))
