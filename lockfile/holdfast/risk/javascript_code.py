"""What a file of JavaScript or TypeScript can do, and what it imports: a pure function of its bytes.

    scan_javascript("lib/index.js", b"require('child_process').exec('ls')")

A file in which no word stands that any rule or import needs is not parsed. Declarations (`.d.ts`, `import type`) do
nothing when a program runs. Code at the top of a module, in functions that are called where they stand and in functions
that are handed to such, runs when it is imported; all other code when it is called.

Knows the rules' patterns and the trees; never packages, archives or whether anything is good or bad.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from holdfast.model.scan import Evidence, Imported, Scan, Unread
from holdfast.risk.javascript_carried import Carried, Name
from holdfast.risk.javascript_imports import Import, imports_of
from holdfast.risk.javascript_literals import is_own_file, literal
from holdfast.risk.javascript_marks import CREDENTIAL_NAME, decodes, marks, programs_of
from holdfast.risk.javascript_moments import moment_at
from holdfast.risk.javascript_names import builtin_of, package_of
from holdfast.risk.javascript_parsing import Source, as_utf8, beyond_bounds, parse
from holdfast.risk.javascript_rules import CLIENTS, NETWORK, RULES
from holdfast.risk.javascript_values import MOST_USES, RETURNED, Use, Values
from holdfast.risk.rules import Rule

if TYPE_CHECKING:
    from tree_sitter import Node

CODE = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")
DECLARATIONS = re.compile(r"\.d(?:\.[^./]+)?\.[mc]?ts$")  # `.d.ts`, `.d.css.ts`
_WORDS = re.compile(
    rb"require|import|export|process|eval|Function|fetch|XMLHttp|WebSocket|EventSource|WebTransport|RTCPeer|sendBeacon"
    rb"|setTimeout|setInterval|WebAssembly|Worker|Deno|Bun|globalThis|global|window|self|module|constructor|\\u|_0x"
    rb"|npmrc|id_rsa|credentials|netrc"
)
_HARMLESS_CODE = re.compile(r"\s*return this;?\s*")
_EVALUATORS = ("eval", "Function", "setTimeout", "setInterval")
_BUILT = re.compile(r"(?:^|/)(?:build|prebuilds?|Release|Debug|bin|binding|native)/")
_FROM_TEXT = re.compile(r"\beval\s*:\s*(?:true|!0)|createObjectURL|data:(?:text|application)/javascript")


def is_javascript(path: str) -> bool:
    """Whether a path names JavaScript or TypeScript."""
    return path.endswith(CODE)


def scan_javascript(path: str, data: bytes, moment: str = "import") -> Scan:
    """Return what one file shows, its tuples sorted; `provides` and the licence are not its to say.

    `moment` is when its top level runs: "install" for what an install script starts.
    """
    if DECLARATIONS.search(path):
        return Scan(files=1, size=len(data))
    text = as_utf8(data)
    if not _WORDS.search(text):
        return Scan(files=1, size=len(data))
    reason = beyond_bounds(text)
    if reason:
        return Scan(unread=(Unread(path, reason),), files=1, size=len(data))
    source = parse(path, text)
    return _Reading(path, source, moment).read()._replace(files=1, size=len(data))


class _Reading:
    """One file as it is read."""

    def __init__(self, path: str, source: Source, top: str) -> None:
        self._top = top
        self._path = path
        self._source = source
        self._values = Values(source, _matters)
        self._evidence: set[Evidence] = set()
        self._imported: dict[tuple[str, str], Imported] = {}
        self._modules: dict[str, Sequence[Node]] = {}  # builtin module -> its first import
        self._used: set[str] = set()  # builtin modules of which some use is seen
        self._carried = Carried(source, self._values.scopes)
        self._evaluators: dict[int, tuple[Use, str]] = {}  # by the node of the call
        self._senders: set[int] = set()  # nodes of calls that connect or send
        self._connections: set[Name] = set()  # what such calls return, and clients from packages
        self._environments: list[Sequence[Node]] = []  # expressions that are the environment as a whole

    def read(self) -> Scan:
        """Return what the file shows."""
        for one in imports_of(self._source):
            self._import(one)
        for use in self._values.uses():
            self._use(use)
        if not self._path.endswith(("ts", "tsx")):  # there an import of types alone vanishes
            for module, nodes in self._modules.items():
                if module not in self._used:
                    self._fire(f"import {module}", nodes, f"import of {module}")
        for name, place, found in marks(self._source):
            self._fire(f"~{name}", self._source.nodes_at(place), found)
        self._follow()
        return Scan(tuple(sorted(self._evidence)), tuple(sorted(self._imported.values())), (), tuple(self._unread()))

    def _unread(self) -> Iterator[Unread]:
        if self._source.broken:
            yield Unread(self._path, f"line {self._source.broken} is not understood; what stands around it was read")
        if self._values.is_cut:
            yield Unread(self._path, f"more than {MOST_USES} uses of names; the rest was not followed")

    def _follow(self) -> None:
        """Follow decoded text to what evaluates it, and the environment to what sends it."""
        for reached in self._carried.reached(self._carried.decoded()) if self._evaluators else ():
            found = self._evaluators.get(reached.call.id)
            if found is not None:
                self._fire("~encoded-code", found[0].nodes, f"{found[1]} of decoded text")
        if not self._senders and not self._connections:
            return
        for reached in self._carried.reached(self._environments):
            calls, name = self._carried.stands_on(reached)
            if name in self._connections or not self._senders.isdisjoint(calls):
                self._fire("~environment-sent", reached.nodes, "process.env as a whole, sent")

    def _import(self, one: Import) -> None:
        name = one.specifier
        if name is None:
            self._fire("import(computed)", one.nodes, "import of a computed name")
            return
        self._named(name, one.nodes)
        module = builtin_of(name)
        for bound, member in one.names:
            if package_of(name) in CLIENTS:
                self._connections.add(self._carried.name_at(bound, one.nodes))
            if module:
                self._values.bind(bound, f"{module}.{member}" if member else module, one.nodes)
        if module and one.is_call:
            for use in self._values.trace(one.nodes, module):
                self._use(use)

    def _named(self, name: str, nodes: "Sequence[Node]", is_run: bool = True) -> None:
        """Take the name of a module that is imported."""
        module, package = builtin_of(name), package_of(name)
        if module:
            self._modules.setdefault(module.partition(".")[0], nodes)
        elif package:
            moment = self._moment(nodes)
            self._imported.setdefault((package, moment), Imported(package, self._path, _line(nodes), moment))
            if is_run:
                self._fire(f"package {package}", nodes, f"import of {package}")
        for beginning in ("https:", "http:"):
            if name.startswith(f"{beginning}//"):
                self._fire(f"file {beginning}", nodes, f"import of {name[:80]}")
        if name.startswith(("data:text/javascript", "data:application/javascript")):
            self._fire("file data:", nodes, f"import of {name[:40]}")
        if name.endswith(".node") and (package or _BUILT.search(name)):  # "./server.node" may be "./server.node.js"
            self._fire("file .node", nodes, f"import of {name[-80:]}")

    def _use(self, use: Use) -> None:
        if use.path.endswith(RETURNED):
            if use.kind != "passed":
                return
            use = use._replace(path=use.path.rstrip(RETURNED))  # who gets the function gets what it returns
        first = use.path.partition(".")[0]
        if use.kind != "bound":
            self._used.add(first)
        if first == "require":
            self._require(use)
            return
        if use.path.startswith("process.env."):
            variable = use.path.split(".")[2]
            if CREDENTIAL_NAME.search(variable):
                self._fire("env credential", use.nodes, f"process.env.{variable}")
        is_computed = use.path.endswith(".?")
        if use.kind == "bound" and not is_computed:
            return
        if use.path == "process.env" and use.kind == "passed":
            self._environments.append(use.nodes[: use.nodes.index(use.node) + 1])
        shown = use.path.replace(".?", "[computed]")
        self._fire(f"={use.path}", use.nodes, shown)
        parts = use.path.split(".")
        for count in range(1, len(parts) + 1):
            self._fire(".".join(parts[:count]), use.nodes, shown)
        if use.kind in ("call", "new"):
            self._called(use, shown)

    def _require(self, use: Use) -> None:
        if use.kind != "call" or use.path not in ("require", "require.resolve"):
            return
        first = _first_argument(use.node)
        name = literal(self._source, first) if first is not None else None
        if name is not None:
            if self._values.is_global("require", use.nodes) and not builtin_of(name):
                self._named(name, use.nodes, use.path == "require")
                if package_of(name) in CLIENTS:
                    self._connect(use)
        elif (
            first is not None
            and use.path == "require"
            and not is_own_file(self._source, first)
            and self._values.is_global("require", use.nodes)
        ):
            self._fire("require(computed)", use.nodes, "require of a computed name")

    def _connect(self, use: Use) -> None:
        self._senders.add(use.node.id)
        name = self._carried.name_of(use.nodes[: use.nodes.index(use.node) + 1])
        if name is not None:
            self._connections.add(name)

    def _called(self, use: Use, shown: str) -> None:
        self._fire(f"{use.path}()", use.nodes, shown)
        if use.path in NETWORK:
            self._connect(use)
        first, arguments = _first_argument(use.node), use.node.child_by_field_name("arguments")
        if first is None or arguments is None:
            return
        text = literal(self._source, first)
        is_text = text is not None or first.type in ("string", "template_string")
        self._fire(f"{use.path}({'text' if is_text else 'computed'})", use.nodes, shown)
        if len(arguments.named_children) > 1 or text is None or not _HARMLESS_CODE.fullmatch(text):
            self._fire(f"{use.path}(code)", use.nodes, shown)
        if use.path in _EVALUATORS or use.path.startswith("vm."):
            self._evaluators[use.node.id] = (use, shown)
            if decodes(self._source, arguments):
                self._fire("~encoded-code", use.nodes, f"{shown} of decoded text")
        elif use.path in ("worker_threads.Worker", "Worker"):
            if _FROM_TEXT.search(self._source.text(arguments)[:100_000]):
                self._fire("~worker-from-text", use.nodes, shown)
        elif use.path.startswith("child_process."):
            for program in programs_of(self._source, use.node):
                self._fire(f"program {program}", use.nodes, f"{shown}: {program}")

    def _moment(self, nodes: "Sequence[Node]") -> str:
        moment = moment_at(nodes)
        return self._top if moment == "import" else moment

    def _fire(self, sign: str, nodes: "Sequence[Node]", found: str) -> None:
        for rule in _SIGNS.get(sign, ()):
            moment = self._moment(nodes)
            self._evidence.add(Evidence(rule.capability, rule.id, self._path, _line(nodes), found, moment))


def _first_argument(call: "Node") -> "Node | None":
    arguments = call.child_by_field_name("arguments")
    if arguments is None:
        return None
    if arguments.type == "template_string":
        return arguments
    return next((one for one in arguments.named_children if one.type != "comment"), None)


def _line(nodes: "Sequence[Node]") -> int:
    return nodes[-1].start_point.row + 1 if nodes else 0


def _by_sign(rules: Sequence[Rule]) -> dict[str, tuple[Rule, ...]]:
    signs: dict[str, tuple[Rule, ...]] = {}
    for rule in rules:
        for sign in rule.matches:
            signs[sign] = (*signs.get(sign, ()), rule)
    return signs


def _is_path(sign: str) -> bool:
    return not sign.startswith(("~", "package ", "file ", "program ", "env "))


def _matters(path: str) -> bool:
    """Whether a rule may speak of a path, or of something below it; what an environment variable holds is text."""
    if path.startswith("process.env."):
        return False
    parts = path.split(".")
    return path in _ABOVE or any(".".join(parts[:count]) in _PATHS for count in range(1, len(parts) + 1))


_SIGNS = _by_sign(RULES)
_FOLLOWED = ("module.createRequire", "require", "worker_threads.Worker", "Worker")  # of which no row speaks by path
_PATHS = frozenset(one.removeprefix("=").removeprefix("import ").partition("(")[0] for one in _SIGNS if _is_path(one))
_ABOVE = frozenset(".".join(one.split(".")[:count]) for one in (*_PATHS, *_FOLLOWED) for count in range(1, 4))
