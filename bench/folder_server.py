"""A folder on loopback: static files, each answer after a fixed latency, with the counters of the replayed index.

python -m bench.folder_server FOLDER [--latency MS]       the first line on stdout is the port
"""

import argparse
import asyncio
from pathlib import Path

from bench.records import Answer, Records
from bench.replay import Connection, Server, prepared


class FolderServer(Server):
    """What `replay.Server` is, with the files of a folder for records. A file is read anew each time: it may change."""

    def __init__(self, folder: Path, latency: float) -> None:
        super().__init__(Records(folder), latency, "")
        self.folder = folder.resolve()

    def answer(self, key: str) -> bytes:
        """The answer for a key such as `GET /metadata/timestamp.json  any`."""
        method, path = key.split(" ", 2)[:2]
        place = self.folder / path.lstrip("/")
        if ".." in path or not place.is_file():
            return prepared(Answer(404, (("content-type", "text/plain"),), b"no such file"), method == "HEAD")
        return prepared(Answer(200, (), place.read_bytes()), method == "HEAD")


async def serve(folder: Path, latency: float) -> None:
    """Serve until killed; `latency` is in seconds."""
    server = FolderServer(folder, latency)
    listener = await asyncio.get_running_loop().create_server(lambda: Connection(server), "127.0.0.1", 0, backlog=256)
    print(listener.sockets[0].getsockname()[1], flush=True)
    await listener.serve_forever()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--latency", type=float, default=0.0, help="milliseconds before each answer")
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.folder, arguments.latency / 1e3))


if __name__ == "__main__":
    main()
