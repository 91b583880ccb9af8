"""Bodies as they stream in: bounded in length, in decoded length and in slowness. Knows no HTTP library."""

import zlib
from collections.abc import Callable, Iterable, Iterator

from holdfast_resolver.errors import AnswerTooLong, RegistryAnswerInvalid
from holdfast_resolver.fetch.retries import Failure

BLOCK = 256 * 1024
SLOWEST = 1024  # bytes per second, on average, once the grace period is over


def too_long(limit: int) -> Failure:
    """The failure of a body over its limit; asking again would not help."""
    return Failure(f"longer than {limit} bytes", again=False, error=AnswerTooLong)


def bounded(
    blocks: Iterable[bytes], limit: int, slack: int, grace: float, clock: Callable[[], float]
) -> Iterator[bytes]:
    """The same blocks; raises `Failure` when they are too many or too slow.

    Too many: more than `limit` + `slack` bytes, where `limit` is what the message names. Too slow: less than
    `SLOWEST` on average after `grace` seconds.
    """
    received = 0
    begun = clock()
    for block in blocks:
        received += len(block)
        if received > limit + slack:
            raise too_long(limit)
        elapsed = clock() - begun
        if elapsed > grace and received < elapsed * SLOWEST:
            raise Failure(f"only {received} bytes in {elapsed:.0f} s")
        yield block


def inflated(blocks: Iterable[bytes], limit: int) -> bytes:
    """The decoded body of a gzip stream (RFC 1952), also of several members; at most `limit` bytes are made.

    Raises `Failure`: longer than `limit`, ends too early, or not gzip.
    """
    pieces: list[bytes] = []
    made = 0
    decoder = zlib.decompressobj(wbits=31)
    begun = False
    for block in blocks:
        rest = block
        while rest:
            if decoder.eof:  # another member, or zeros as padding
                rest = rest.lstrip(b"\0")
                if not rest:
                    break
                decoder = zlib.decompressobj(wbits=31)
            begun = True
            try:
                piece = decoder.decompress(rest, limit - made + 1)
            except zlib.error:
                raise Failure("the body is not the gzip that it says", error=RegistryAnswerInvalid) from None
            made += len(piece)
            if made > limit:
                raise too_long(limit)
            pieces.append(piece)
            rest = decoder.unused_data if decoder.eof else decoder.unconsumed_tail
    if begun and not decoder.eof:
        raise Failure("the gzip body ends too early", error=RegistryAnswerInvalid)
    return b"".join(pieces)
