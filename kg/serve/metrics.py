"""Figures for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

if TYPE_CHECKING:
    from kg.serve.cache import Cache
    from kg.serve.pool import Pool

TYPE = CONTENT_TYPE_PLAIN_0_0_4
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Counts of requests, and of what pool and cache do."""

    def __init__(self, pool: Pool, cache: Cache) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "kg_requests", "Requests answered.", ("route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "kg_request_seconds",
            "How long requests took.",
            ("route",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._known: dict[tuple[str, int], tuple[Any, Any]] = {}
        self.registry.register(_State(pool, cache))

    def seen(self, route: str, status: int, seconds: float) -> None:
        """Count a request; ``route`` is one of a fixed set, never what a client wrote."""
        pair = self._known.get((route, status))
        if pair is None:
            pair = self._requests.labels(route, str(status)), self._seconds.labels(route)
            self._known[route, status] = pair
        pair[0].inc()
        pair[1].observe(seconds)

    def text(self) -> bytes:
        """Write all figures as Prometheus reads them."""
        return generate_latest(self.registry)


class _State:
    """What pool and cache know themselves, read when asked for."""

    def __init__(self, pool: Pool, cache: Cache) -> None:
        self._pool = pool
        self._cache = cache

    def collect(self) -> Iterator[Any]:
        """Yield the figures of now."""
        workers = GaugeMetricFamily("kg_workers", "Worker processes.", labels=["state"])
        counts = self._pool.counts()
        for state in ("busy", "idle", "long", "all"):
            workers.add_metric([state], counts[state])
        yield workers
        yield GaugeMetricFamily("kg_waiting", "Questions without a worker.", counts["waiting"])
        yield GaugeMetricFamily("kg_generation", "Snapshots taken.", self._pool.generation)
        killed = CounterMetricFamily(
            "kg_questions_cut", "Questions ended before their answer.", labels=["why"]
        )
        for why, count in self._pool.killed.items():
            killed.add_metric([why], count)
        yield killed
        yield GaugeMetricFamily("kg_cache_bytes", "Answers kept.", self._cache.used)
        kept = CounterMetricFamily("kg_cache_lookups", "Looks into the cache.", labels=["found"])
        kept.add_metric(["yes"], self._cache.hits)
        kept.add_metric(["no"], self._cache.misses)
        yield kept
