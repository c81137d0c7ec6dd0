"""From a job to an HTTP answer: out of the cache, whole, or as a stream."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

from kg.serve.cache import Cache, Kept
from kg.serve.errors import Refused
from kg.serve.guard import Receive, Scope, Send, respond
from kg.serve.reply import Reply

if TYPE_CHECKING:
    from kg.serve.pool import Pool

_VARY = (("vary", "Accept"), ("cache-control", "no-cache"))


class Desk:
    """Where questions are handed in: the pool with the cache before it."""

    def __init__(self, pool: Pool, cache: Cache) -> None:
        self.pool = pool
        self.cache = cache
        self._asking: dict[Hashable, asyncio.Future[Kept | Refused | None]] = {}

    async def answer(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        function: Callable[..., None],
        *,
        key: Hashable = None,
        headers: tuple[tuple[str, str], ...] = (),
        **arguments: Any,
    ) -> None:
        """Send the answer of a job; with a key it is kept, and found again."""
        if not self.cache.size:
            key = None
        if key is not None:
            kept = self.cache.get((self.pool.generation, key))
            if kept is not None:
                await respond(send, 200, kept.body, type=kept.type, headers=(*_VARY, *headers))
                return
            kept = await self._asked_already((self.pool.generation, key))
            if kept is not None:
                await respond(send, 200, kept.body, type=kept.type, headers=(*_VARY, *headers))
                return
        found: Kept | None = None
        told: Kept | Refused | None = None
        asking = (self.pool.generation, key)
        if key is not None:
            self._asking.setdefault(asking, asyncio.get_running_loop().create_future())
        try:
            reply = await self._run(receive, function, arguments)
            body = reply.whole
            if body is not None:
                found = told = Kept(reply.type, body)
                if key is not None:
                    self.cache.put((reply.generation, key), found)
        except Refused as error:
            told = error if error.status == 504 else None
            raise
        finally:
            others = self._asking.pop(asking, None)
            if others is not None and not others.done():
                others.set_result(told)
        if found is None:
            await self._stream(reply, receive, send, headers, key)
        else:
            await respond(send, 200, found.body, type=found.type, headers=(*_VARY, *headers))

    async def _asked_already(self, key: Hashable) -> Kept | None:
        """Wait for the same question of somebody else; None where there is none, or no answer.

        Raises Refused where that one took too long: this one would too.
        """
        asking = self._asking.get(key)
        found = None if asking is None else await asyncio.shield(asking)
        if isinstance(found, Refused):
            raise Refused(found.status, found.message, hint=found.hint)
        return found

    async def fetch(
        self, function: Callable[..., None], *, key: Hashable = None, **arguments: Any
    ) -> Kept:
        """Return the whole answer of a job, for pages; kept under its key."""
        if key is not None:
            kept = self.cache.get((self.pool.generation, key))
            if kept is not None:
                return kept
        reply = await self.pool.run(function, **arguments)
        body = reply.whole
        if body is None:
            body = b"".join([chunk async for chunk in reply.stream()])
        found = Kept(reply.type, body)
        if key is not None:
            self.cache.put((reply.generation, key), found)
        return found

    async def _run(
        self, receive: Receive, function: Callable[..., None], arguments: dict[str, Any]
    ) -> Reply:
        """Run a job; stop it when the client goes away before it is answered."""
        running = asyncio.ensure_future(self.pool.run(function, **arguments))
        done, _ = await asyncio.wait({running}, timeout=0.25)
        if not done:
            leaving = asyncio.ensure_future(_left(receive))
            try:
                await asyncio.wait({running, leaving}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                leaving.cancel()
                if not running.done():
                    running.cancel()
        try:
            return await running
        except asyncio.CancelledError:
            if running.cancelled() and done == set():
                raise Refused(400, "the client has gone") from None
            raise

    def _gone(self, task: asyncio.Future[None], reply: Reply) -> None:
        if not task.cancelled():
            self.pool.drop(reply)

    async def _stream(
        self,
        reply: Reply,
        receive: Receive,
        send: Send,
        headers: tuple[tuple[str, str], ...],
        key: Hashable,
    ) -> None:
        """Send a long answer as it comes; keep it too, while it is not too long for that."""
        told = [
            (b"content-type", reply.type.encode("latin-1")),
            *((n.lower().encode(), v.encode("latin-1")) for n, v in (*_VARY, *headers)),
        ]
        kept: list[bytes] | None = [] if key is not None else None
        length = 0
        leaving = asyncio.ensure_future(_left(receive))
        leaving.add_done_callback(lambda task: self._gone(task, reply))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": told})
            async for chunk in reply.stream():
                length += len(chunk)
                if kept is not None:
                    kept.append(chunk)
                    if not self.cache.takes(length):
                        kept = None
                async with asyncio.timeout(self.pool.settings.seconds):  # for who does not read
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
            if kept is not None:
                self.cache.put((reply.generation, key), Kept(reply.type, b"".join(kept)))
        finally:
            leaving.cancel()
            self.pool.drop(reply)


async def _left(receive: Receive) -> None:
    """Return when the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
