"""The fast reader's part for artifacts that name their own signers: cuts these off, and puts them back into the pins.

Law and tricks: see `read.py`. A line with signers is canonical if it is the line without them plus a last key with
sorted ids, and the pin's facts hold together (`model.signers`). Loaded only for a lock that has such lines.
"""

from holdfast.format.read_packages import ARTIFACTS_HEAD, OWN_MARK, check_lines, increasing, other
from holdfast.model.lock import Pin
from holdfast.model.signers import contradicts

OwnSigners = dict[int, tuple[str, ...]]  # the artifact's place in its pin -> who signed it
_LINE_START, _LINE_END = '    { file = "', "] },"


def cut_own_signers(block: str) -> tuple[str, OwnSigners]:
    """Return the block as if no artifact named signers, and what the artifacts said."""
    check_lines(block)
    before, head, rest = block.partition(ARTIFACTS_HEAD)
    inside, end, after = rest.partition("\n]\n")
    if not head or not end:
        other()
    lines = inside.split("\n")
    found: OwnSigners = {}
    for place, line in enumerate(lines):
        start, mark, ids = line.partition(OWN_MARK)
        if not mark:
            continue
        if not line.startswith(_LINE_START) or not ids.endswith(_LINE_END):
            other()
        found[place] = _ids(ids[: -len(_LINE_END)])
        lines[place] = start + " },"
    return f"{before}{head}" + "\n".join(lines) + f"{end}{after}", found


def _ids(text: str) -> tuple[str, ...]:
    """`"a", "b"`: at least one, since an artifact that nobody signed says what its pin says."""
    if len(text) < 3 or text[0] != '"' or text[-1] != '"':
        other()
    ids = text[1:-1].split('", "')
    if text.count('"') != 2 * len(ids):
        other()
    increasing(ids)
    return tuple(ids)


def with_own_signers(pins: tuple[Pin, ...], own: dict[int, OwnSigners], signers: frozenset[str]) -> tuple[Pin, ...]:
    """Return the pins with what the artifacts of some of them said."""
    result = list(pins)
    for place, found in own.items():
        pin = pins[place]
        if any(ids == pin.signers or not signers.issuperset(ids) for ids in found.values()):
            other()
        artifacts = tuple(
            [one._replace(signers=found[at]) if at in found else one for at, one in enumerate(pin.artifacts)]
        )
        if contradicts(pin.signers, artifacts):
            other()
        result[place] = pin._replace(artifacts=artifacts)
    return tuple(result)
