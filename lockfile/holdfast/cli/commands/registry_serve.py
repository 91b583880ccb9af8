"""`registry serve`: the folder on loopback, until Ctrl-C. For development; any web server does it in production."""

import os
from collections.abc import Mapping

from holdfast.cli.commands.registry import number
from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN
from holdfast.cli.registry_server import RegistryServer
from holdfast.cli.words import Arguments
from holdfast.errors import UsageError
from holdfast.publish.registry.folder import RegistryFolder
from holdfast.publish.registry.state import RegistryState

_PORT = 8700


def serve(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Serve until interrupted."""
    folder = RegistryFolder(os.path.expanduser(arguments.text("folder")))
    identity = RegistryState.load(folder).identity
    port = number(arguments, "port", _PORT)
    if port > 65535:
        raise UsageError("a port from 0 to 65535", str(port))
    with RegistryServer(folder.path, port, console.note if console.verbose else None) as server:
        console.line(f"serving {folder.path} at {server.url} (root {identity}); Ctrl-C ends it")
        console.flush()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return CLEAN
    return CLEAN
