"""Package and extra names: one normal form (PEP 503, "Normalized Names").

Knows nothing of where a name is used.
"""

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


def normalize_name(text: str) -> str:
    """Return the PEP 503 normal form: lower case, each run of `-`, `_`, `.` as one `-`.

    >>> normalize_name("Zope.Interface__x")
    'zope-interface-x'
    """
    if _PLAIN.issuperset(text) and "--" not in text:
        return text
    lowered = text.lower().replace("_", "-").replace(".", "-")
    while "--" in lowered:
        lowered = lowered.replace("--", "-")
    return lowered


def is_valid_name(text: str) -> bool:
    """Whether `text` is a name in the core metadata specification's sense (ASCII, no separator at an end)."""
    return (
        text.isascii()
        and bool(text)
        and text[0].isalnum()
        and text[-1].isalnum()
        and _PLAIN.issuperset(normalize_name(text))
    )
