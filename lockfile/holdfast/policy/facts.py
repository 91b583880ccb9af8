"""What a policy needs to know of a release besides its pin: what an approval of it recorded.

`check` is offline, so it asks no index: whoever approved the release saw these facts and signed them.
"""

from holdfast_resolver.values.tuples import NamedTuple


class Fact(NamedTuple):
    """What was recorded of one release."""

    released: str = ""  # RFC 3339, UTC: the earliest upload; "" = the index does not say
    licence: str = ""  # SPDX expression; "" = the release declares none
    approved_on: str = ""  # RFC 3339, UTC: when this was seen
    capabilities: tuple[str, ...] | None = None  # of its code, sorted; None = nobody looked
    places: tuple[tuple[str, str], ...] = ()  # (capability, where it was seen), as far as that was recorded
    is_whole: bool = True  # whether all of the code of what is locked now was looked at; without, silence says nothing
