"""The tags in a wheel's file name (PEP 425, PEP 427), as they stand there.

Which environments a tag serves is asked elsewhere.
"""

from holdfast_resolver.errors import InvalidInput


def wheel_tag(file: str) -> tuple[str, str, str]:
    """Return the (python, abi, platform) compressed tag sets of a wheel's file name, raw.

    Raises `InvalidInput` when it is no wheel's name.

    >>> wheel_tag("foo-1.0-1-py2.py3-none-any.whl")
    ('py2.py3', 'none', 'any')
    """
    parts = file[:-4].split("-")
    if not file.endswith(".whl") or len(parts) not in (5, 6) or not all(parts):
        raise InvalidInput(file, "name-version[-build]-python-abi-platform.whl")
    python, abi, platform = parts[-3:]
    return python, abi, platform
