"""Which pins of a lock are modules. Knows nothing of what is done with them."""

from typing import TypeAlias

from holdfast.model.lock import Lock, ModuleFacts, Pin
from holdfast.model.words import is_named

ModulePin: TypeAlias = tuple[Pin, ModuleFacts]


def module_pins(lock: Lock, names: frozenset[str] = frozenset()) -> tuple[ModulePin, ...]:
    """Return the pins of modules, each with its facts; of `names` only, where there are any."""
    pins = [(pin, pin.module) for pin in lock.packages if pin.module is not None]
    return tuple([one for one in pins if not names or is_named(one[0], names)])
