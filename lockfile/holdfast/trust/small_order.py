"""Which 32 bytes are a public key that may be used at all: integer work on edwards25519, without any library.

A public key is a point of the curve, written as its y with the sign of x in the highest bit (RFC 8032, section
5.1.2). Three sorts of encodings are refused, since libraries differ on them or since they bind no signer:

    small order     eight points P with 8P = 0, in fourteen encodings: one signature holds for (nearly) any message
    not canonical   y >= p: a second spelling of a point, so one key would have two ids
    off the curve   no x belongs to y: nobody can sign, and libraries find out at different times

A key with a part of small order besides its honest part is taken: it binds its signer. Knows no signatures.
"""

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_SIGN = 1 << 255
_SMALLEST = (
    0,
    1,
    _P - 1,
    2707385501144840649318225287225658788936804267575313519463743609750303402022,
    55188659117513257062467267217118295137698188065244968500265048394206261417927,
)  # the y of all points of order 1, 2, 4 and 8


def is_small_order(encoded: bytes) -> bool:
    """Whether 32 bytes name one of the eight points of small order, in any of their fourteen encodings."""
    return (int.from_bytes(encoded, "little") & ~_SIGN) % _P in _SMALLEST


def why_refused(encoded: bytes) -> str:
    """Return why these bytes are no public key to be used, "" when they are one."""
    if len(encoded) != 32:
        return f"a public key has 32 bytes, not {len(encoded)}"
    if is_small_order(encoded):
        return "it is a point of small order, for which signatures can be made without a private key"
    y = int.from_bytes(encoded, "little") & ~_SIGN
    if y >= _P:
        return "it is not written in its one canonical form"
    square = y * y % _P
    # x^2 = (y^2 - 1) / (d y^2 + 1), which has a root when numerator times denominator has one (Euler).
    if pow((square - 1) * (_D * square + 1), (_P - 1) // 2, _P) != 1:
        return "it is not a point of the curve"
    return ""
