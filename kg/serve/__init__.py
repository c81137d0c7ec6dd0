"""The graph over HTTP: SPARQL 1.1 Protocol, named queries, entities and pages; ``kg serve``.

The server process only speaks HTTP. Whatever touches the store runs as a *job* (:mod:`.jobs`) in a
worker process, which the pool (:mod:`.pool`) can kill: pyoxigraph's ``query`` has no time limit.

    app ── guard (headers, hosts, rate) ── protocol, queries, entities, pages
                                             └── pool ── nursery ⇒ workers ── jobs ── kg.store

See docs/decisions/0090 to 0094.
"""
