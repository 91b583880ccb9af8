"""Files of a cache that are written in one step: whoever reads one sees the old or the new, never half of one.

What cannot be written is said and no error: a cache is for the next run. Knows disks, no formats.
"""

import os


def write_whole(path: str, content: bytes) -> str:
    """Write a file, with the folders above it; return "", or why it could not be written."""
    temporary = f"{path}.{os.getpid()}.{os.urandom(4).hex()}.new"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(temporary, "xb") as stream:
            stream.write(content)
        os.replace(temporary, path)
    except OSError as error:
        why = error.strerror or type(error).__name__
        try:
            os.unlink(temporary)
        except OSError:
            return why
        return why
    return ""
