"""The graph on a server: SPARQL 1.1 Protocol, Update and Graph Store Protocol over HTTP.

``--store http://…`` makes every command work on any server that speaks these three. What addresses a
server has is in :mod:`kg.remote.endpoints`, who may come in :mod:`kg.remote.credentials`, how requests
fail and are tried again in :mod:`kg.remote.client`, and what lies where in :mod:`kg.remote.store`.
"""

from kg.remote.store import RemoteStore

__all__ = ["RemoteStore"]
