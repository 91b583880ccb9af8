"""Tables that are written as words with spaces between them: one reads better than a hundred short lines."""


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text.

    >>> words("exec eval")
    ('exec', 'eval')
    """
    return tuple(text.split())
