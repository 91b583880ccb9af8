"""Signs from archives of one release that hold different code: a wheel that is not made of its source archive.

    click-8.1.8-py3-none-any.whl   click/core.py                       in the wheel
    click-8.1.8.tar.gz             click-8.1.8/src/click/core.py       in the source archive, and it does something else

A file of the wheel is what the longest ending of a path in the source archive says it is, and is the same where it does
the same: ends of lines, comments and literals that say a version do not count. A file that stands in the wheel alone
counts where it is Python that does something and nothing in the source archive is its template (`x.py.in`, `x.proto`).
Pure; what builds write is `built_code`'s to know.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

from holdfast.risk.built_code import is_inert, is_stub_of_native, normal_form, parsed
from holdfast.risk.facts import Deviation
from holdfast.risk.score import Sign

_SHOWN = 3
_PYTHON = (".py", ".pyw")
_CODE = (*_PYTHON, ".js", ".mjs", ".cjs", ".sh", ".ps1", ".bat")
_SOURCES = (".tar.gz", ".zip", ".tar.bz2", ".tar.xz")
_PROTOCOL = ("_pb2", "_pb2_grpc", "_grpc")

Place = tuple[tuple[str, ...], str, bytes]  # folders without the release's own, digest, bytes


def is_source(file: str) -> bool:
    """Whether an artifact is a source archive, by its name."""
    return file.endswith(_SOURCES)


class Source:
    """The files of a source archive, to compare wheels with."""

    def __init__(self, file: str, files: Mapping[str, bytes]) -> None:
        """`files` are the archive's, by path; the first folder of each is the release's."""
        self.file = file
        self._by_name: dict[str, list[Place]] = {}
        for path, data in files.items():
            *folders, name = path.split("/")
            self._by_name.setdefault(name, []).append((tuple(folders[1:]), _digest(name, data), data))

    def compare(self, wheel: str, files: Mapping[str, bytes]) -> Deviation:
        """Return how the code of a wheel deviates from this archive's; `files` are the wheel's by path."""
        differs, added = [], []
        for path, data in sorted(files.items()):
            if not path.endswith(_CODE):
                continue
            *folders, name = path.split("/")
            if folders and folders[0].endswith(".data"):
                folders = folders[2:]
            named, digest = self._by_name.get(name, []), _digest(name, data)
            if any(one == digest for _, one, _ in named):
                continue  # the same, wherever a build moved it from
            # Either may lie deeper: `src/click/core.py` and `click/core.py`.
            there = [code for place, _, code in named if place[len(place) - len(folders) :] == tuple(folders)]
            if there:
                if not _does_the_same(path, data, there):
                    differs.append(path)
            elif path.endswith(_PYTHON) and not self._makes(name) and _does_something(data):
                added.append(path)
        return Deviation(wheel, self.file, tuple(differs), tuple(added))

    def _makes(self, name: str) -> bool:
        """Whether the archive has what a build makes a file of this name from."""
        stem = name.rpartition(".")[0]
        origins = {f"{stem}.in.py"} | {
            f"{stem.removesuffix(end)}.proto" for end in _PROTOCOL if stem.endswith(end) and stem != end
        }
        return any(one.startswith(f"{name}.") or one in origins for one in self._by_name)


def archive_signs(deviations: Iterable[Deviation]) -> Iterator[Sign]:
    """Yield a sign for each way in which wheels deviate from their source archive."""
    for found, wheels, source in spelled(deviations):
        yield Sign("archive-differs", f"{wheels}: {found} {source}")


def spelled(deviations: Iterable[Deviation]) -> Iterator[tuple[str, str, str]]:
    """Yield what deviates, in which wheels, and from what; wheels that deviate alike are told together.

    ("dates/core.py, not as in", "dates-3.2.0-py3-none-any.whl", "dates-3.2.0.tar.gz")
    """
    alike: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for one in sorted(deviations):
        alike.setdefault((one.source, one.differs, one.added), []).append(one.wheel)
    for (source, differs, added), wheels in alike.items():
        more = f" and {len(wheels) - 1} more" if len(wheels) > 1 else ""
        if differs:
            yield f"{_listed(differs)}, not as in", wheels[0] + more, source
        if added:
            yield f"{_listed(added)}, not in", wheels[0] + more, source


def _listed(paths: tuple[str, ...]) -> str:
    more = f", +{len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return ", ".join(paths[:_SHOWN]) + more


def _digest(name: str, data: bytes) -> str:
    """Of the bytes, whatever ends their lines and whichever program a first line names: installers write that."""
    if name.endswith(_CODE):
        data = data.replace(b"\r\n", b"\n")
        if data.startswith(b"#!"):
            data = data.partition(b"\n")[2]
    return sha256(data).hexdigest()


def _does_the_same(path: str, data: bytes, there: Iterable[bytes]) -> bool:
    """Whether code does what one of its originals does, or what any build may write in their place."""
    tree = parsed(data) if path.endswith(_PYTHON) else None
    if tree is None:
        return False
    if _is_built(tree):
        return True
    form = normal_form(tree)
    trees = [one for one in map(parsed, there) if one is not None]
    return bool(form) and any(normal_form(one) == form for one in trees)


def _does_something(data: bytes) -> bool:
    tree = parsed(data)
    return tree is None or not _is_built(tree)


def _is_built(tree: ast.Module) -> bool:
    return is_inert(tree) or is_stub_of_native(tree)
