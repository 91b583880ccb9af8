"""How a pin stands in trust: who signed it, its level, and the level that it inherits from below. A plain value."""

from holdfast.model.lock import Signer
from holdfast_resolver.values.tuples import NamedTuple


class Standing(NamedTuple):
    """How one pin stands: its own level, and the lowest one on any path below it."""

    level: str  # one of `levels.LEVELS`; of what is no module "signed" or "unsigned"
    inherited: str
    path: tuple[int, ...]  # from the pin to where the inherited level comes from: places in the lock
    signers: tuple[Signer, ...]  # the publishers
    vetted: tuple[Signer, ...]
