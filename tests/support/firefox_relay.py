"""Firefox, for Playwright, which speaks a later WebDriver BiDi than the Firefox of Debian.

Run in Firefox's place, with its arguments. It stands between the two and answers by itself the commands that
this Firefox does not know, and on which nothing depends. The rest it passes on as it is.
"""

import asyncio
import json
import re
import sys

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

UNKNOWN = ("emulation.setMediaFeaturesOverride",)
"""What Playwright wants of every page, whether a test asks for it or not."""


async def pass_on(playwright: ServerConnection, firefox: str) -> None:
    """Carry messages both ways until one side closes."""
    async with connect(f"{firefox}/session", max_size=None) as browser:

        async def answer() -> None:
            async for message in browser:
                await playwright.send(message)
            await playwright.close()

        answering = asyncio.create_task(answer())
        async for message in playwright:
            command = json.loads(message)
            if command["method"] in UNKNOWN:
                await playwright.send(json.dumps({"type": "success", "id": command["id"], "result": {}}))
            else:
                await browser.send(message)
        answering.cancel()


async def main(program: str, *arguments: str) -> int:
    """Start Firefox, and say in its place where it can be reached."""
    process = await asyncio.create_subprocess_exec(program, *arguments, stderr=asyncio.subprocess.PIPE)
    assert process.stderr is not None
    firefox = ""

    async def relay(playwright: ServerConnection) -> None:
        await pass_on(playwright, firefox)

    async with serve(relay, "127.0.0.1", 0, max_size=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async for line in process.stderr:
            said = line.decode(errors="replace")
            if found := re.search(r"WebDriver BiDi listening on (ws://\S+)", said):
                firefox = found[1]
                said = f"WebDriver BiDi listening on ws://127.0.0.1:{port}\n"
            sys.stderr.write(said)
            sys.stderr.flush()
        return await process.wait()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*sys.argv[1:])))
