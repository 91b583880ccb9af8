"""The order in which npm takes names and paths: that of the English collation, for what may stand in them.

    a-b < a.b < a/b < ab < AB        punctuation, digits, letters; small ones first where all else is equal

Source: Unicode Technical Standard 10 (root collation, punctuation not ignored).
"""

_ASCENDING = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789"
_TABLE = {ord(sign): chr(place + 1) for place, sign in enumerate(_ASCENDING)}
_TABLE |= {ord(capital): capital.lower() for capital in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}

Key = tuple[str, str]
_KNOWN: dict[str, Key] = {}


def collated(text: str) -> Key:
    """Return a key that sorts as npm sorts.

    >>> sorted(["ab", "a/b", "Ab", "a-b"], key=collated)
    ['a-b', 'a/b', 'ab', 'Ab']
    """
    return text.translate(_TABLE), text.swapcase()


def collated_name(name: str) -> Key:
    """The same, remembered: a name comes many times."""
    key = _KNOWN.get(name)
    if key is None:
        if len(_KNOWN) > 50_000:
            _KNOWN.clear()
        key = _KNOWN[name] = collated(name)
    return key


def folded(name: str) -> str:
    """Return what two names share that one file system cannot tell apart."""
    if name.islower() and name.isascii():
        return name
    from unicodedata import normalize  # start-up: names are ASCII

    return normalize("NFKD", name).lower()
