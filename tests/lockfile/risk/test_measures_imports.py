"""The import graph beside the dependency graph: what is imported, what is not, and what nobody may conclude."""

import pytest

from holdfast.model.lock import NpmFacts
from holdfast.model.scan import Evidence, Scan, Unread
from holdfast.risk.graph import RiskGraph
from holdfast.risk.import_names import npm_package, python_candidates
from holdfast.risk.measures_closures import Closures
from holdfast.risk.measures_imports import Imports, imports
from holdfast_resolver.values.npm import NpmRequirement
from holdfast_resolver.values.requirements import Requirement
from tests.support.risk_graphs import graph_of, importing, pin_of

IDNA = importing(provides=("idna",))


def compared(graph: RiskGraph) -> Imports:
    """Both graphs compared."""
    return imports(graph, Closures(graph).below)


def verdict(graph: RiskGraph, origin: str, target: str) -> bool | None:
    """Whether the edge between two names is imported."""
    names = [package.pin.name for package in graph.packages]
    return compared(graph).imported[names.index(origin), names.index(target)]


def test_an_edge_is_imported_by_the_module_that_the_package_provides() -> None:
    """`import yaml.reader` is an import of pyyaml, whatever it is called."""
    graph = graph_of("app -> pyyaml", {"app": importing("os", "yaml.reader"), "pyyaml": importing(provides=("yaml",))})
    assert verdict(graph, "app", "pyyaml") is True
    assert compared(graph)[1:] == ((), ())


def test_a_declared_package_that_no_file_imports_is_unused() -> None:
    """The code of both was read whole, and there is no import of it."""
    graph = graph_of("web -> idna", {"web": importing("json"), "idna": IDNA})
    assert verdict(graph, "web", "idna") is False
    assert [graph.named(row) for row in compared(graph).unused] == [("pypi:web 1", "pypi:idna 1")]


SILENT = {
    "no scan of the dependency": (importing("json"), None),
    "no scan of the dependent": (None, IDNA),
    "no imports at all: a list of dependencies": (Scan(files=1), IDNA),
    "a file that could not be read": (importing("json")._replace(unread=(Unread("a.py", "Python 2"),)), IDNA),
    "imports by computed names": (
        importing("json")._replace(evidence=(Evidence("dynamic-code", "r", "a.py", 1, "importlib.import_module"),)),
        IDNA,
    ),
    "nothing to import: data or types": (importing("json"), Scan(files=1)),
    "compiled code, which may import it": (
        importing("json")._replace(evidence=(Evidence("native-code", "python-native-file", "a.so", 0, "ELF"),)),
        IDNA,
    ),
    "a namespace in which it has modules": (importing("google.rpc"), importing(provides=("google.rpc.status_pb2",))),
}


@pytest.mark.parametrize("why", SILENT)
def test_silence_is_no_proof(why: str) -> None:
    """Where something is not known, a missing import says nothing."""
    web, idna = SILENT[why]
    graph = graph_of("web -> idna", {name: scan for name, scan in (("web", web), ("idna", idna)) if scan is not None})
    assert verdict(graph, "web", "idna") is None
    assert not compared(graph).unused


@pytest.mark.parametrize(
    ("origin", "target"),
    [
        ("web", "types-six"),
        ("web", "six-stubs"),
        ("web", "tzdata"),
        ("web", "setuptools"),
        ("pytest", "pytest-cov"),
        ("sphinx", "sphinxcontrib-jsmath"),
        ("celery-redis", "celery"),
    ],
)
def test_what_is_needed_for_something_else_is_not_called_unused(origin: str, target: str) -> None:
    """Types, time zones, build tools, plug-ins and parts of the same project."""
    graph = graph_of(f"{origin} -> {target}", {origin: importing("json"), target: importing(provides=("x",))})
    assert verdict(graph, origin, target) is None


@pytest.mark.parametrize(
    "wish",
    [
        Requirement("pypi", "idna", marker="sys_platform == 'win32'"),
        NpmRequirement("npm", "idna", range="*", marker="optional"),
        NpmRequirement("npm", "idna", range="*", marker="peer"),
        NpmRequirement("npm", "idna", range="*", marker="peer optional"),
    ],
)
def test_what_is_needed_under_a_condition_is_not_called_unused(wish: Requirement) -> None:
    """Markers, optional dependencies and peers may be meant for where the code does not say."""
    graph = graph_of("web -> idna", {"web": importing("json"), "idna": IDNA})
    graph.wishes[next(iter(graph.wishes))] = (wish,)
    assert verdict(graph, "web", "idna") is None


def test_a_package_of_npm_with_commands_is_not_called_unused() -> None:
    """`rimraf` is run, not imported."""
    pins = [pin_of("web", "npm"), pin_of("rimraf", "npm")._replace(npm=NpmFacts((("rimraf", "bin.js"),)))]
    scans = {"web": importing("./own"), "rimraf": importing(provides=("rimraf",))}
    graph = graph_of("web -> rimraf", scans, pins)
    assert verdict(graph, "web", "rimraf") is None


def test_a_namespace_that_several_packages_share_says_nothing() -> None:
    """`google.cloud` may come from either: neither is imported, neither is unused, neither is undeclared."""
    part = importing(provides=("google",))
    graph = graph_of("app -> first\nfirst -> second", {"app": importing("google.cloud"), "first": part, "second": part})
    assert verdict(graph, "app", "first") is None
    assert compared(graph)[1:] == ((), ())


def test_the_longest_name_decides_between_parts_of_a_namespace() -> None:
    """Where the parts are known, `google.cloud.storage` is of the one that provides just that."""
    scans = {
        "app": importing("google.cloud.storage.blob"),
        "core": importing(provides=("google.api",)),
        "storage": importing(provides=("google.cloud.storage",)),
    }
    graph = graph_of("app -> core storage", scans)
    assert verdict(graph, "app", "storage") is True
    assert verdict(graph, "app", "core") is False


def test_what_comes_from_below_and_is_required_nowhere_is_undeclared() -> None:
    """With the place of the import; what nothing below brings in may be there by choice."""
    scans = {"app": importing("os", "six", "idna"), "web": importing("six"), "six": importing(provides=("six",))}
    graph = graph_of("app -> web\nweb -> six\nproject -> idna", {**scans, "idna": IDNA})
    found = [(graph.ids[row.package], graph.ids[row.dependency], *row[2:]) for row in compared(graph).undeclared]
    assert found == [("pypi:app 1", "pypi:six 1", "six", "code.py", 2)]
    assert set(compared(graph).undeclared_by()) == {0}


def test_what_an_extra_or_a_marker_asks_for_is_not_called_undeclared() -> None:
    """The metadata requires it, if not on what the lock is for."""
    scans = {"app": importing("six")._replace(wishes=("six",)), "six": importing(provides=("six",))}
    assert compared(graph_of("app -> web\nweb -> six", scans)).undeclared == ()


@pytest.mark.parametrize(
    "scan",
    [
        importing("idna", path="web/example_dags/run.py"),
        importing("idna", path="web/thirdparty_files/run.py"),
        importing("idna", moment="call"),
        importing("idna", moment="install"),
        importing("idna", path="web/tests/run.py"),
        importing("idna", path="web/test_urls.py"),
        importing("idna", path="src/urls.spec.ts"),
        importing("idna", path="conftest.py"),
        importing("idna", path="web/ext/urls.py"),
        importing("idna", path="web/idna_urls.py"),
        importing("idna", path="web/pytest_plugin.py"),
        importing("idna", path="test_web/run.py"),
    ],
)
def test_an_import_inside_a_function_a_test_or_a_plug_in_is_no_undeclared_one(scan: Scan) -> None:
    """It may be meant for where the package happens to be."""
    graph = graph_of("web -> urls\nurls -> idna", {"web": scan, "idna": IDNA})
    assert not compared(graph).undeclared
    plain = importing("idna", path="web/urls.py")
    assert compared(graph_of("web -> urls\nurls -> idna", {"web": plain, "idna": IDNA})).undeclared


def test_an_import_of_ones_own_module_or_the_languages_is_none_of_another() -> None:
    """A package that provides `tests` or `json` is not what everybody imports."""
    scans = {"web": importing("web.urls", "json", provides=("web",)), "odd": importing(provides=("json",))}
    assert not compared(graph_of("web -> middle\nmiddle -> odd", scans)).undeclared


def test_npm_imports_go_by_the_name_under_which_a_package_is_installed() -> None:
    """An alias means what it is an alias of, a path inside of a package means the package."""
    pins = [pin_of(name, "npm") for name in ("app", "string-width", "@acme/core")]
    scans = {name: importing(provides=(name,)) for name in ("string-width", "@acme/core")}
    scans["app"] = importing("string-width-cjs", "@acme/core/lib/x.js", "fs", "./own", "node:path", "#inner")
    graph = graph_of("app -> string-width @acme/core", scans, pins)
    names = [package.pin.name for package in graph.packages]
    ends = names.index("app"), names.index("string-width")
    graph.wishes[ends] = (NpmRequirement("npm", "string-width", range="^4", marker="as string-width-cjs"),)
    assert verdict(graph, "app", "string-width") is True
    assert verdict(graph, "app", "@acme/core") is True


def test_npm_names_that_node_has_itself_are_no_package() -> None:
    """`punycode` is Node's own or the package of that name: neither unused nor undeclared."""
    pins = [pin_of("web", "npm"), pin_of("punycode", "npm")]
    scans = {"web": importing("punycode", "util"), "punycode": importing(provides=("punycode",))}
    assert verdict(graph_of("web -> punycode", scans, pins), "web", "punycode") is None
    assert not compared(
        graph_of("web -> middle\nmiddle -> punycode", scans, [*pins, pin_of("middle", "npm")])
    ).undeclared


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("lodash/get", "lodash"),
        ("@babel/core", "@babel/core"),
        ("@babel/core/lib", "@babel/core"),
        ("@babel", ""),
        ("@/components", ""),
        ("~/x", ""),
        ("../x", ""),
        ("/x", ""),
        ("", ""),
        ("fs/promises", ""),
        ("data:text/javascript,1", ""),
    ],
)
def test_which_package_an_import_name_of_npm_means(name: str, package: str) -> None:
    """Files, aliases of the bundler and Node's own are no package."""
    assert npm_package(name) == package


def test_which_names_may_provide_a_module_of_python() -> None:
    """The longest first; none for what Python itself has, in any version."""
    assert python_candidates("a.b.c") == ("a.b.c", "a.b", "a")
    assert [python_candidates(name) for name in ("os.path", "distutils.core", "urllib2", "tomllib", ".x")] == [()] * 5
