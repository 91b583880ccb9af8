"""The rules for what Python packaging runs, as data: each names a kind of file and what in it counts.

`python_packaging.py` reads the files; the examples are files of the name in `file`.
"""

from holdfast.risk.rules import Rule


def _rule(
    name: str, capability: str, severity: str, file: str, matches: tuple[str, ...], example: str, counter_example: str
) -> Rule:
    return Rule(f"python-{name}", capability, severity, "python", matches, "", example, counter_example, file)


PACKAGING_RULES: tuple[Rule, ...] = (
    _rule(
        "path-file",
        "install-script",
        "high",
        "x.pth",
        ("a line of a .pth file that starts with `import`: it runs whenever the interpreter starts",),
        "./lib\nimport os; os.system('x')\n",
        "# import os\n./import\nlib\n",
    ),
    _rule(
        "start-up-module",
        "install-script",
        "high",
        "sitecustomize.py",
        ("sitecustomize.py or usercustomize.py beside the packages: it runs whenever the interpreter starts",),
        "print(1)\n",
        "",
    ),
    _rule(
        "setup-script",
        "install-script",
        "low",
        "x-1/setup.py",
        ("setup.py at the top of a source archive: it runs when the archive is built",),
        "from setuptools import setup\nsetup()\n",
        "",
    ),
    _rule(
        "build-backend",
        "install-script",
        "medium",
        "x-1/pyproject.toml",
        ("build-system.backend-path", "build-system.build-backend that is none of the well-known ones"),
        "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n",
        "[build-system]\nrequires = ['flit_core']\nbuild-backend = 'flit_core.buildapi'\n",
    ),
    _rule(
        "build-hook",
        "install-script",
        "medium",
        "x-1/pyproject.toml",
        (
            "tool.hatch.build.**.hooks.custom",
            "tool.poetry.build",
            "tool.pdm.build.custom-hook",
            "cmdclass in setup.cfg",
        ),
        "[tool.hatch.build.hooks.custom]\npath = 'build.py'\n",
        "[tool.hatch.build.hooks.vcs]\nversion-file = 'x.py'\n",
    ),
    _rule(
        "build-requirement",
        "deferred-dependency",
        "medium",
        "x-1/pyproject.toml",
        ("build-system.requires with an address",),
        "[build-system]\nrequires = ['x @ https://x.example/x.tar.gz']\n",
        "[build-system]\nrequires = ['setuptools>=61']\n",
    ),
    _rule(
        "host-hook",
        "install-script",
        "medium",
        "x-1.dist-info/entry_points.txt",
        ("entry points that setuptools loads whenever it builds anything",),
        "[setuptools.finalize_distribution_options]\nx = x:finalize\n",
        "[console_scripts]\nx = x:main\n",
    ),
    _rule(
        "shadowed-command",
        "install-script",
        "medium",
        "x-1.dist-info/entry_points.txt",
        ("a console script of the name of a well-known command that is not the package's own",),
        "[console_scripts]\ngit = x:main\n",
        "[console_scripts]\nx = x:main\n",
    ),
    _rule(
        "native-file",
        "native-code",
        "low",
        "x/lib.so",
        ("ELF, Mach-O, PE and WebAssembly by their first bytes",),
        "\x7fELF\x02\x01\x01",
        "GROUP ( libx.so.1 )\n",
    ),
    _rule(
        "native-source",
        "native-code",
        "low",
        "x-1/x/fast.c",
        ("sources that a build compiles: C, C++, Cython, Rust, Fortran",),
        "int main;\n",
        "",
    ),
    _rule(
        "bytecode",
        "native-code",
        "medium",
        "x/a.pyc",
        ("compiled Python, whatever source stands beside it",),
        "\x6f\x0d\x0d\x0a",
        "",
    ),
    _rule(
        "odd-encoding",
        "hidden-text",
        "high",
        "x/a.py",
        ("a coding comment that names a codec which makes code of what does not look like it",),
        "# coding: unicode_escape\nx = 1\n",
        "# -*- coding: latin-1 -*-\nx = 1\n",
    ),
)
