"""Tiny real wheels and sdists, built in memory, the same bytes in every run; pip and uv can install them.

    wheel("flask", "3.0.0", ["werkzeug>=3"])                   flask-3.0.0-py3-none-any.whl
    sdist("flask", "3.0.0", ["werkzeug>=3"], static=False)     flask-3.0.0.tar.gz, whose requirements are dynamic

`read_releases` makes files of a text, one release a line, options after `|`, what it requires on indented lines:

    flask 3.0.0 | python >=3.8 | sdist static
        werkzeug>=3
        redis ; extra == 'cache'
    numpy 2.0.0 | tags cp311-cp311-macosx_14_0_arm64 cp311-cp311-win_amd64 | yanked broken on Windows
    six 1.16.0 | tags | sdist dynamic | uploaded 2021-05-05T14:18:18Z

Options: `python` (Requires-Python), `tags` (of the wheels; none = no wheel; default py3-none-any), `sdist` (static or
dynamic), `yanked` (a reason), `uploaded` (RFC 3339), `salt` (other bytes, the same meaning), `padding` (bytes).
"""

import base64
import gzip
import hashlib
import io
import re
import tarfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

_EPOCH = (2020, 1, 1, 0, 0, 0)
_EXTRA = re.compile(r"""extra\s*==\s*['"]([^'"]+)['"]""")


class File(NamedTuple):
    """One downloadable file, and what an index says of it."""

    file: str  # its name
    package: str  # normalised
    version: str
    data: bytes
    metadata: bytes  # METADATA or PKG-INFO
    requires_python: str = ""
    yanked: str | None = None
    uploaded: str = ""  # RFC 3339, "" = not told

    @property
    def sha256(self) -> str:
        """The digest in hex."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def is_wheel(self) -> bool:
        """Whether the file is a wheel; else it is an sdist."""
        return self.file.endswith(".whl")


def wheel(
    name: str,
    version: str,
    requires: Sequence[str] = (),
    *,
    tag: str = "py3-none-any",
    requires_python: str = "",
    extras: Iterable[str] | None = None,
    yanked: str | None = None,
    uploaded: str = "",
    salt: str = "",
    padding: int = 0,
    code: Mapping[str, str] | None = None,
) -> File:
    """Build a wheel (binary distribution format 1.0). `extras` None: those that markers of `requires` name.

    `code` are more files, by their paths.

    `padding` bytes of noise stand before METADATA, so that a suffix of the file does not hold all of it.
    """
    metadata = core_metadata(name, version, requires, requires_python, extras)
    base = f"{_escaped(name)}-{version}"
    info = f"{base}.dist-info"
    module = _escaped(name).lower()
    content = [(f"{module}.py", f"version = {version!r}  # {salt}\n".encode())]
    content += [(path, text.encode()) for path, text in (code or {}).items()]
    if padding:
        content.append((f"{module}.bin", _noise(padding)))
    content += [
        (f"{info}/METADATA", metadata),
        (
            f"{info}/WHEEL",
            f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: {str(tag.endswith('-none-any')).lower()}\n"
            f"Tag: {tag}\n".encode(),
        ),
    ]
    record = "".join(f"{path},sha256={_record_digest(data)},{len(data)}\n" for path, data in content)
    content.append((f"{info}/RECORD", f"{record}{info}/RECORD,,\n".encode()))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path, data in content:
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return File(
        f"{base}-{tag}.whl", normalized(name), version, stream.getvalue(), metadata, requires_python, yanked, uploaded
    )


def sdist(
    name: str,
    version: str,
    requires: Sequence[str] = (),
    *,
    static: bool = True,
    requires_python: str = "",
    extras: Iterable[str] | None = None,
    yanked: str | None = None,
    uploaded: str = "",
    salt: str = "",
) -> File:
    """Build an sdist. Unless `static`, its PKG-INFO calls the requirements dynamic (PEP 643) and names none."""
    dynamic = () if static else ("Requires-Dist",)
    metadata = core_metadata(name, version, requires if static else (), requires_python, extras, dynamic)
    base = f"{_escaped(name)}-{version}"
    stream = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=stream, mode="wb", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for path, data in (("PKG-INFO", metadata), ("setup.py", f"raise SystemExit('never run')  # {salt}\n".encode())):
            entry = tarfile.TarInfo(f"{base}/{path}")
            entry.size = len(data)
            entry.mtime = 1_577_836_800
            archive.addfile(entry, io.BytesIO(data))
    return File(
        f"{base}.tar.gz", normalized(name), version, stream.getvalue(), metadata, requires_python, yanked, uploaded
    )


def core_metadata(
    name: str,
    version: str,
    requires: Sequence[str] = (),
    requires_python: str = "",
    extras: Iterable[str] | None = None,
    dynamic: Iterable[str] = (),
) -> bytes:
    """Spell METADATA in version 2.2 of the core metadata."""
    if extras is None:
        extras = sorted({extra for need in requires for extra in _EXTRA.findall(need)})
    lines = ["Metadata-Version: 2.2", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Python: {requires_python}"] if requires_python else []
    lines += [f"Dynamic: {field}" for field in dynamic]
    lines += [f"Provides-Extra: {extra}" for extra in extras]
    lines += [f"Requires-Dist: {need}" for need in requires]
    return ("\n".join(lines) + "\n").encode()


def read_releases(text: str) -> list[File]:
    """Make files of a text as the module's docstring shows. Raises `ValueError` for an option that is none."""
    releases: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if line[0].isspace() and releases:
            releases[-1][1].append(line.strip())
        else:
            releases.append((line.strip(), []))
    return [file for head, requires in releases for file in _files_of(head, requires)]


def _files_of(head: str, requires: list[str]) -> list[File]:
    first, *rest = [part.strip() for part in head.split("|")]
    name, version = first.split()
    options = dict(option.partition(" ")[::2] for option in rest)
    unknown = options.keys() - {"python", "tags", "sdist", "yanked", "uploaded", "salt", "padding"}
    if unknown:
        raise ValueError(f"unknown options of {first}: {', '.join(sorted(unknown))}")
    python, uploaded, salt = options.get("python", ""), options.get("uploaded", ""), options.get("salt", "")
    yanked = options.get("yanked")
    files = [
        wheel(
            name,
            version,
            requires,
            tag=tag,
            requires_python=python,
            yanked=yanked,
            uploaded=uploaded,
            salt=salt,
            padding=int(options.get("padding", "0")),
        )
        for tag in options.get("tags", "py3-none-any").split()
    ]
    if "sdist" in options:
        files.append(
            sdist(
                name,
                version,
                requires,
                static=options["sdist"] == "static",
                requires_python=python,
                yanked=yanked,
                uploaded=uploaded,
                salt=salt,
            )
        )
    return files


def normalized(name: str) -> str:
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _escaped(name: str) -> str:
    return re.sub(r"[-_.]+", "_", name)


def _record_digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def _noise(count: int) -> bytes:
    """Bytes that do not compress, the same in every run."""
    blocks = (hashlib.sha256(str(number).encode()).digest() for number in range(count // 32 + 1))
    return b"".join(blocks)[:count]
