"""What the code of one Python file can do: its syntax tree, walked once, against the rules.

Nothing is executed. Knows bytes and the walk; never an archive.
"""

from holdfast.model.scan import Evidence, Scan, Unread
from holdfast.risk.python_reading import Unreadable, read_python
from holdfast.risk.python_statements import Walk
from holdfast.risk.same_files import once

ODD_ENCODING = "python-odd-encoding"
# What values are made of is followed only where both ends may be there: (where it comes from, where it may go).
_ENDS = (
    (
        (
            b"decode",
            b"decompress",
            b"a2b_",
            b"unhexlify",
            b"fromhex",
            b"marshal",
            b"urlopen",
            b"requests",
            b"httpx",
            b"socket",
        ),
        (b"exec", b"eval", b"compile", b"FunctionType", b"__import__"),
    ),
    ((b"environ",), (b"send", b"post(", b"put(", b"get(", b"urlopen", b"Request(", b"request(")),
)


@once
def scan_python(path: str, data: bytes, moment: str = "import") -> Scan:
    """Return what a file shows; `moment` is when its top level runs, "install" for a build file.

    What can't be read becomes `Unread`. The pieces are sorted, and each stands once.
    """
    try:
        tree = read_python(data)
    except Unreadable as error:
        odd = (Evidence("hidden-text", ODD_ENCODING, path, 1, "source encoding", moment),) if error.is_odd else ()
        return Scan(odd, unread=(Unread(path, error.reason),), files=1, size=len(data))
    walk = Walk(path, moment, _carries(data))
    walk.module(tree.body)
    return Scan(
        tuple(sorted(walk.evidence)),
        tuple(sorted(walk.imports)),
        files=1,
        size=len(data),
        omitted=walk.omitted,
    )


def _carries(data: bytes) -> bool:
    if not data.isascii():
        return True
    for origins, ends in _ENDS:
        for end in ends:  # the fewer first: plain loops, for this is done to every file
            if end in data:
                for origin in origins:
                    if origin in data:
                        return True
                break
    return False
