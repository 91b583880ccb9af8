"""`module init`, `pack`, `inspect`: a module's folder, its archive, and what it says of itself."""

import os
from collections.abc import Mapping

from holdfast import files
from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN
from holdfast.cli.module_files import archive_path, read_module, title
from holdfast.cli.project import ProjectFolder
from holdfast.cli.sizes import count, in_words
from holdfast.cli.words import Arguments
from holdfast.errors import FileProblem, UsageError
from holdfast.publish.pack import Packed, pack
from holdfast.reports.module_facts import json_text, module_facts, module_text
from holdfast.workflows.module_init import init_module
from holdfast_resolver.errors import InvalidModuleName
from holdfast_resolver.values.modules import archive_file_name, parse_module_name


def init(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Begin a module."""
    folder = arguments.text("folder", os.curdir)
    name = arguments.text("name")
    if not name:
        raise UsageError("the module's name", "nothing", "add --name @scope/name")
    try:
        parse_module_name(name)
    except InvalidModuleName as error:
        raise UsageError(error.expected, name) from None
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise FileProblem(folder, "make the folder", error.strerror or str(error)) from None
    for file in init_module(ProjectFolder(folder), name):
        console.line(f"{os.path.join(folder, file)} written")
    return CLEAN


def pack_folder(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Write the archive."""
    folder = arguments.text("folder", os.curdir)
    packed = pack(folder)
    path = _output(arguments.text("output"), folder, packed)
    files.write_atomic(path, packed.archive)
    if console.form == "json":
        document = {"file": path, "size": len(packed.archive)} | module_facts(packed)
        console.result(json_text(console.command, document))
        return CLEAN
    console.line(f"{path} written: {count(len(packed.files), 'file')}, {in_words(len(packed.archive))}")
    console.line(f"archive  {packed.archive_digest}")
    console.line(f"tree     {packed.tree_digest}")
    return CLEAN


def inspect(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Show what a module is."""
    packed = read_module(arguments.text("path"))
    if console.form == "json":
        console.result(json_text(console.command, module_facts(packed)))
    else:
        console.result(module_text(packed))
    return CLEAN


def _output(named: str, folder: str, packed: Packed) -> str:
    """Where the archive goes. Raises `UsageError` for a place inside the folder, whose next archive would hold it."""
    name = archive_file_name(packed.manifest.name, packed.manifest.version)
    path = named or archive_path(folder, packed)
    if os.path.isdir(path) or path.endswith(("/", os.sep)):
        path = os.path.join(path, name)
    if os.path.realpath(path).startswith(os.path.join(os.path.realpath(folder), "")):
        raise UsageError(f"a place outside of {title(packed)} for its archive", path, "name another with -o")
    return path
