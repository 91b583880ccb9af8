"""Amounts of bytes as people read them."""

_UNITS = ("kB", "MB", "GB", "TB")


def in_words(size: int) -> str:
    """Return `0 bytes`, `812 bytes`, `35.2 MB`, `1.2 GB`: powers of ten, one digit behind the point."""
    if size < 1000:
        return f"{size} byte{'' if size == 1 else 's'}"
    amount, place = size / 1000, 0
    while amount >= 999.95 and place + 1 < len(_UNITS):
        amount, place = amount / 1000, place + 1
    return f"{amount:.1f} {_UNITS[place]}"


def count(number: int, noun: str) -> str:
    """`1 file`, `3 files`"""
    return f"{number} {noun}{'' if number == 1 else 's'}"
