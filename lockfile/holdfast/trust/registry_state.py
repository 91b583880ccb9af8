"""The versions of a registry's documents that a project has seen: its floor against being shown an older state.

    {"format": 1, "root": 3, "timestamp": 812, "snapshot": 640, "targets": 12, "revocations": 7,
     "revocation-threshold": 1, "revocation-keys": ["ssh-ed25519 AAAA..."]}

The keys are those that sign the registry's revocation list, so that loading can verify an installed one offline. It
stands in a small committed file, `.holdfast/state/NAME.json`, so that a machine with an empty cache (CI) notices a
rollback too. Knows text and values; no disk, no network, no python-tuf.
"""

import json

from holdfast.errors import ConfigurationError
from holdfast.trust.errors import MalformedDocument
from holdfast.trust.strict_fields import Fields
from holdfast_resolver.values.tuples import NamedTuple

FORMAT = 1
_LIMIT = 4096  # bytes


class StateFloor(NamedTuple):
    """The highest versions seen, 0 = never seen."""

    root: int = 0
    timestamp: int = 0
    snapshot: int = 0
    targets: int = 0
    revocations: int = 0  # number of the revocation list


class SeenState(NamedTuple):
    """What the file says: the floor, and who signs the revocation list."""

    floor: StateFloor = StateFloor()
    revocation_threshold: int = 1
    revokers: tuple[str, ...] = ()  # public keys, "ssh-ed25519 AAAA...", sorted


_THRESHOLD, _KEYS = "revocation-threshold", "revocation-keys"


def read_state(text: str, path: str = "") -> SeenState:
    """Read a state file. Raises `ConfigurationError`, with `path`, for anything but what `write_state` writes."""
    try:
        fields = Fields.of(text.encode(), limit=_LIMIT)
        fields.constant("format", FORMAT)
        fields.only(("format", *StateFloor._fields, _THRESHOLD, _KEYS))
        floor = StateFloor(*[fields.integer(name) for name in StateFloor._fields])
        return SeenState(floor, fields.integer(_THRESHOLD, minimum=1), fields.texts(_KEYS))
    except MalformedDocument as refusal:
        hint = "restore the file from the last commit; without it, an older state of the registry is not noticed"
        raise ConfigurationError(path, refusal.expected, refusal.found, where=refusal.place, hint=hint) from None


def write_state(state: SeenState) -> str:
    """Return the text of a state file: one line for each document, so that merges show what differs."""
    keys = {_THRESHOLD: state.revocation_threshold, _KEYS: list(state.revokers)}
    return json.dumps({"format": FORMAT, **state.floor._asdict(), **keys}, indent=2) + "\n"
