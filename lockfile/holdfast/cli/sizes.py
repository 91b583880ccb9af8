"""Amounts of bytes as people read them."""

_UNITS = ("kB", "MB", "GB", "TB")


def in_words(size: int) -> str:
    """Return `0 bytes`, `812 bytes`, `35.2 MB`, `1.2 GB`: powers of ten, one digit behind the point."""
    if size < 1000:
        return f"{size} byte{'' if size == 1 else 's'}"
    amount, unit = float(size), ""
    for unit in _UNITS:
        amount /= 1000
        if amount < 999.95:
            break
    return f"{amount:.1f} {unit}"


def count(number: int, noun: str) -> str:
    """`1 file`, `3 files`"""
    return f"{number} {noun}{'' if number == 1 else 's'}"
