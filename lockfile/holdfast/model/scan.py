"""What the code of one artifact can do, as values: a pure function of its bytes.

Evidence names the file in the artifact and the line, so that every word of a report can be checked by reading.
Nothing here says whether that is good or bad.
"""

from holdfast_resolver.values.tuples import NamedTuple

CAPABILITIES = (
    "install-script",  # runs a program when it is installed: npm scripts, setup.py, build hooks, .pth files
    "native-code",  # brings or loads compiled code
    "dynamic-code",  # runs text as code, or loads code by a name made when it runs
    "deserialisation",  # rebuilds objects from bytes in ways that can run code
    "subprocess",
    "network",
    "filesystem-write",
    "environment",  # reads environment variables as a whole, or ones that look like credentials
    "credentials",  # reads files or stores where credentials lie
    "hidden-text",  # bidirectional controls, invisible characters, code far beyond the margin
    "encoded-payload",  # long encoded text that is decoded and run or sent
    "deferred-dependency",  # fetches further code when it runs: PEP 723, pip or npx in a process, curl | sh
    "secret",  # something that looks like a credential stands in the artifact
)
MOMENTS = ("install", "import", "call")  # when the code runs: the earliest that is known


class Evidence(NamedTuple):
    """One place that shows a capability."""

    capability: str  # of CAPABILITIES
    rule: str  # id of the rule that fired
    path: str  # in the artifact
    line: int  # 1-based; 0 where the whole file is meant
    found: str  # what it is, in a word or two: "socket.create_connection", "postinstall: node build.js"
    moment: str = "call"  # of MOMENTS


class Imported(NamedTuple):
    """A module that the artifact's code imports: `requests.adapters`, `react-dom/server`."""

    name: str
    path: str
    line: int
    moment: str = "call"  # "import" at the top of a module, "install" in a build file


class Unread(NamedTuple):
    """A file whose code could not be read, and why."""

    path: str
    reason: str


class Scan(NamedTuple):
    """What is known of one artifact. All tuples are sorted, and the same bytes always give the same."""

    evidence: tuple[Evidence, ...] = ()
    imports: tuple[Imported, ...] = ()
    provides: tuple[str, ...] = ()  # what others can import from it: top-level module names, or the npm package's name
    unread: tuple[Unread, ...] = ()
    files: int = 0  # that were looked at
    size: int = 0  # bytes of these
    licence: str = ""  # SPDX expression as the metadata declares it; "" = none
    omitted: int = 0  # pieces of evidence beyond the bound for each rule and artifact
    wishes: tuple[str, ...] = ()  # names that its metadata requires, on whatever condition: by an extra, by a marker
