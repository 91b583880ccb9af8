"""A browser without a window, driven over its DevTools protocol: for pages that people look at.

Chromium speaks the protocol over two pipes (`--remote-debugging-pipe`): messages are JSON, each with a zero byte at its
end, so no port is opened and nothing but Python is needed. Chrome DevTools Protocol, domains Target, Page, Runtime,
Network, Log, Input and Emulation.

Where no browser is, `find_browser` says None, and tests of pages are skipped.
"""

import json
import os
import select
import shutil
import signal
import time
from base64 import b64decode
from pathlib import Path
from typing import Any, Self

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_OPTIONS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-sandbox",  # containers give no user namespaces; the pages are our own
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
)
_PATIENCE = 60.0  # seconds for one answer
_KEYS = {
    "Enter": (13, "\r"), "Escape": (27, ""), "Tab": (9, ""), "Home": (36, ""), " ": (32, " "),
    "ArrowLeft": (37, ""), "ArrowUp": (38, ""), "ArrowRight": (39, ""), "ArrowDown": (40, ""),
}  # fmt: skip


class BrowserFailed(Exception):
    """The browser did not answer, or answered with an error."""


def find_browser() -> str | None:
    """The path of a Chromium; None where there is none. `HOLDFAST_BROWSER` names another."""
    named = os.environ.get("HOLDFAST_BROWSER")
    return named or next((found for name in _NAMES if (found := shutil.which(name))), None)


class Browser:
    """One process with one page. What the page logs and asks for is kept in `logged` and `requested`."""

    def __init__(self, program: str, folder: Path) -> None:
        """Start it; `folder` is where it keeps its profile."""
        self.logged: list[str] = []
        self.requested: list[str] = []
        self._count = 0
        self._rest = b""
        down, self._write = os.pipe()
        self._read, up = os.pipe()
        moves = [(os.POSIX_SPAWN_DUP2, down, 3), (os.POSIX_SPAWN_DUP2, up, 4)]
        quiet = [
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        ]
        for descriptor in (down, up):
            os.set_inheritable(descriptor, True)
        words = [program, *_OPTIONS, f"--user-data-dir={folder}", "about:blank"]
        home = {**os.environ, "HOME": str(folder)}
        self._process = os.posix_spawn(program, words, home, file_actions=[*moves, *quiet], setpgroup=0)
        os.close(down)
        os.close(up)
        self._session = ""
        targets = self._send("Target.getTargets")["targetInfos"]
        target = next(one["targetId"] for one in targets if one["type"] == "page")
        self._session = self._send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self._send(f"{domain}.enable")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the process that was started, and its children."""
        os.close(self._write)
        ends = time.monotonic() + 3
        while time.monotonic() < ends:
            if os.waitpid(self._process, os.WNOHANG)[0]:
                break
            time.sleep(0.02)
        else:
            os.killpg(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)
        os.close(self._read)

    def look(self, width: int, height: int, scheme: str = "light", media: str = "") -> None:
        """Choose the size of the window, the colour scheme that the person prefers, and "print" for paper."""
        self._send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        features = [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        self._send("Emulation.setEmulatedMedia", media=media, features=features)

    def open(self, path: Path) -> None:
        """Load a file, until its scripts have run and a frame is drawn."""
        self.logged.clear()
        self.requested.clear()
        self._loaded = False
        self._send("Page.navigate", url=path.as_uri())
        ends = time.monotonic() + _PATIENCE
        while not self._loaded:
            self._take(ends)
        self.frame()

    def frame(self) -> None:
        """Wait until what was asked for is drawn."""
        self.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")

    def run(self, script: str) -> Any:
        """The value of an expression of the page; promises are awaited. Raises `BrowserFailed`."""
        answer = self._send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise BrowserFailed(json.dumps(answer["exceptionDetails"].get("exception", answer["exceptionDetails"])))
        return answer["result"].get("value")

    def key(self, name: str) -> None:
        """Press and release a key."""
        code, text = _KEYS.get(name, (ord(name[0].upper()), name))
        common: dict[str, Any] = {"key": name, "windowsVirtualKeyCode": code}
        self._send("Input.dispatchKeyEvent", type="keyDown", **common, **({"text": text} if text else {}))
        self._send("Input.dispatchKeyEvent", type="keyUp", **common)
        self.frame()

    def type(self, text: str) -> None:
        """Type a text into what has the focus."""
        self._send("Input.insertText", text=text)
        self.frame()

    def click(self, selector: str) -> None:
        """Click the middle of the first element that fits, scrolled into view."""
        x, y = self.run(
            f"(() => {{ const one = document.querySelector({json.dumps(selector)});"
            "one.scrollIntoView({block: 'center', behavior: 'instant'}); const at = one.getBoundingClientRect();"
            "return [at.left + at.width / 2, at.top + at.height / 2]; })()"
        )
        self.frame()
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self._send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
        self.frame()

    def picture(self, path: Path, whole: bool = False) -> None:
        """Write what is seen, or the whole page, as PNG."""
        answer = self._send("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(b64decode(answer["data"]))

    def print(self) -> bytes:
        """The page as PDF."""
        return b64decode(self._send("Page.printToPDF", printBackground=True)["data"])

    def _send(self, method: str, **parameters: Any) -> Any:
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        ends = time.monotonic() + _PATIENCE
        while True:
            answer = self._take(ends)
            if answer.get("id") == self._count:
                if "error" in answer:
                    raise BrowserFailed(f"{method}: {answer['error']}")
                return answer["result"]

    def _take(self, ends: float) -> dict[str, Any]:
        """The next message; events are noted."""
        while b"\0" not in self._rest:
            if not select.select([self._read], [], [], max(0.0, ends - time.monotonic()))[0]:
                raise BrowserFailed("no answer in time")
            more = os.read(self._read, 1 << 20)
            if not more:
                raise BrowserFailed("the browser ended")
            self._rest += more
        one, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(one)
        self._note(message.get("method", ""), message.get("params", {}))
        return message

    def _note(self, method: str, said: dict[str, Any]) -> None:
        if method == "Page.loadEventFired":
            self._loaded = True
        elif method == "Network.requestWillBeSent":
            self.requested.append(said["request"]["url"])
        elif method == "Runtime.consoleAPICalled":
            self.logged.append(f"{said['type']}: {[one.get('value') for one in said['args']]}")
        elif method == "Runtime.exceptionThrown":
            self.logged.append(f"exception: {said['exceptionDetails']}")
        elif method == "Log.entryAdded":
            self.logged.append(f"{said['entry']['level']}: {said['entry']['text']}")
