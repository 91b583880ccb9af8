"""Ten packages of M whose source was read: what they can do, with the file and the line that shows it.

They span the ten kinds that occur in M; hidden text, encoded payloads and secrets are in none of its packages. Of each
the kinds are whole: the source was searched for what the others would need. `READ` quotes the lines, so that a release
in which they stand elsewhere in the same file holds as well; `version` is the release that was read.

Downloads them from the index that pip is configured for. Run by `make test-live`.
"""

import pytest

from holdfast.model.scan import CAPABILITIES
from holdfast_resolver.values.tuples import NamedTuple
from tests.live.common_packages import Fetched, fetched, lock_workload

pytestmark = pytest.mark.live
ABSENT = {"hidden-text", "encoded-payload", "secret"}


class Shown(NamedTuple):
    """One capability of one package, as its source shows it. `line` is where it stood in the release that was read."""

    capability: str
    path: str
    line: int
    quote: str
    moment: str = "call"


# package -> (release that was read, what its source shows: every capability at least once, and none besides)
READ: dict[str, tuple[str, tuple[Shown, ...]]] = {
    "amqp": (
        "5.4.2",
        (
            Shown("network", "amqp/transport.py", 181, "self.sock = socket.socket(af, socktype, proto)"),
            Shown("dynamic-code", "amqp/transport.py", 227, "enum = getattr(socket, opt)"),
        ),
    ),
    "attrs": (
        "26.1.0",
        (
            # `attr.s` and `attr.define` write methods as text; `attr` itself uses them when it is imported.
            Shown("dynamic-code", "attr/_make.py", 226, 'bytecode = compile(script, filename, "exec")', "import"),
            Shown("dynamic-code", "attr/_make.py", 227, "eval(bytecode, globs, locs)", "import"),
        ),
    ),
    "bleach": (
        "6.4.0",
        (
            # A script of its maintainers that the wheel carries; nothing of the package runs it.
            Shown(
                "deferred-dependency",
                "bleach/_vendor/vendor_install.sh",
                11,
                'pip install --no-binary all --no-compile --no-deps -r "${BLEACH_VENDOR_DIR}/vendor.txt" --target "${DEST}"',  # noqa: E501
            ),
            Shown("subprocess", "bleach/_vendor/vendor_install.sh", 3, "set -e"),
            Shown("network", "bleach/_vendor/vendor_install.sh", 19, "curl --proto '=https' --tlsv1.2 -o"),
            Shown(
                "filesystem-write", "bleach/_vendor/vendor_install.sh", 20, "sha256sum parse.py > parse.py.SHA256SUM"
            ),
            Shown("dynamic-code", "bleach/_vendor/html5lib/_utils.py", 33, "_x = eval('\"\\\\uD800\"')", "import"),
        ),
    ),
    "cffi": (
        "2.1.1",
        (
            # `cffi_modules=` of setup(): loaded by every build in an environment that has cffi.
            Shown("install-script", "cffi-*/entry_points.txt", 4, "[distutils.setup_keywords]", "install"),
            Shown("native-code", "_cffi_backend.cpython-312-x86_64-linux-gnu.so", 0, "", "import"),
            Shown("native-code", "cffi/backend_ctypes.py", 324, "cdll = ctypes.CDLL(path, flags)"),
            Shown("subprocess", "cffi/pkgconfig.py", 33, "pc = subprocess.Popen(a, stdout=subprocess.PIPE"),
            Shown("dynamic-code", "cffi/setuptools_ext.py", 26, "exec(code, glob, glob)"),
            Shown("environment", "cffi/ffiplatform.py", 18, "saved_environ = os.environ.copy()"),
            Shown("filesystem-write", "cffi/verifier.py", 192, 'with open(self.sourcefilename, "w") as fp:'),
        ),
    ),
    "jinja2": (
        "3.1.6",
        (
            Shown("deserialisation", "jinja2/bccache.py", 73, "checksum = pickle.load(f)"),
            Shown("deserialisation", "jinja2/bccache.py", 79, "self.code = marshal.load(f)"),
            Shown("dynamic-code", "jinja2/environment.py", 1228, "exec(code, namespace)"),
            Shown("filesystem-write", "jinja2/bccache.py", 308, "os.replace(f.name, name)"),
        ),
    ),
    "markupsafe": (
        "3.0.4",
        (Shown("native-code", "markupsafe/_speedups.cpython-312-x86_64-linux-gnu.so", 0, "", "import"),),
    ),
    "ptyprocess": (
        "0.7.0",
        (
            Shown("subprocess", "ptyprocess/ptyprocess.py", 289, "os.execv(command, argv)"),
            Shown("filesystem-write", "ptyprocess/_fork_pty.py", 73, "fd = os.open(child_name, os.O_RDWR)"),
            Shown("dynamic-code", "ptyprocess/ptyprocess.py", 327, "exctype = getattr(builtins, errclass"),
        ),
    ),
    "python-dotenv": (
        "1.2.4",
        (
            Shown("environment", "dotenv/main.py", 307, "env.update(os.environ)"),
            Shown("filesystem-write", "dotenv/main.py", 184, "os.replace(dest_path, path)"),
            Shown("subprocess", "dotenv/cli.py", 243, "os.execvpe(command[0], args=command, env=cmd_env)"),
        ),
    ),
    "requests": (
        "2.34.2",
        (
            Shown("credentials", "requests/utils.py", 267, "_netrc = netrc(netrc_path).authenticators(host)"),
            Shown("network", "requests/adapters.py", 262, "self.poolmanager = PoolManager("),
            Shown("dynamic-code", "requests/packages.py", 9, "locals()[package] = __import__(package)", "import"),
            Shown("filesystem-write", "requests/utils.py", 335, "os.replace(tmp_name, filename)"),
        ),
    ),
    "s3transfer": (
        "0.19.3",
        (
            # It connects through botocore, which it is handed, or through awscrt, which M lacks: theirs to show.
            Shown("filesystem-write", "s3transfer/utils.py", 294, "os.remove(filename)"),
            Shown("filesystem-write", "s3transfer/compat.py", 32, "os.rename(current_filename, new_filename)"),
        ),
    ),
}


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Fetched]:
    """The ten, as M locks them today."""
    folder = tmp_path_factory.mktemp("audit")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOLDFAST_CACHE_DIR", str(folder / "cache"))
        lock = lock_workload(folder / "project", "M")
        return {one.pin.name: one for one in fetched(folder / "project", lock, list(READ), str(folder / "cache"))}


def test_the_ten_span_the_kinds() -> None:
    """Every kind of capability that M shows at all is read in one of them."""
    assert len(READ) == 10
    assert {one.capability for _, shown in READ.values() for one in shown} == set(CAPABILITIES) - ABSENT


@pytest.mark.parametrize("name", READ)
def test_what_was_read_is_what_is_found(name: str, packages: dict[str, Fetched]) -> None:
    """Each quoted line is evidence of its kind, in its file and at its moment; in the release that was read, the line
    number too, and no kind is missing or too many.
    """
    version, shown = READ[name]
    package = packages[name]
    found = {
        (one.capability, _plain(package, one.path), one.moment): set[tuple[int, str]]() for one in package.scan.evidence
    }
    for one in package.scan.evidence:
        line = one.line, package.line(one.path, one.line)
        found[one.capability, _plain(package, one.path), one.moment].add(line)
    for each in shown:
        lines = found.get((each.capability, each.path, each.moment), set())
        quoted = {number for number, text in lines if each.quote in text}
        assert quoted, (each, sorted(lines))
        if package.pin.version == version:
            assert each.line in quoted
    if package.pin.version == version:
        assert {one.capability for one in package.scan.evidence} == {one.capability for one in shown}


def _plain(package: Fetched, path: str) -> str:
    return path.replace(f"-{package.pin.version}.dist-info/", "-*/")
