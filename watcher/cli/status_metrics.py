"""The state of the service as numbers in Prometheus' text format, for the textfile collector of node_exporter.

A file and no open port: the service listens to nobody, and the collector sees by the file's age when it is not written any
more. The format is the library's business (`prometheus-client`, the extra "metrics"); which numbers, ours.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from watcher.errors import UsageError

if TYPE_CHECKING:
    from watcher.pipeline.state import State


def require_library() -> None:
    """Raises UsageError with the command that installs it where the library is missing."""
    try:
        import prometheus_client  # noqa: F401  only whether it is there
    except ImportError:
        raise UsageError("--metrics: needs the extra \"metrics\"; install it with: pip install 'watcher[metrics]'") from None


def exposition(state: State | None) -> str:
    """The numbers as text. Without a state (the database is locked) only that the service is not well."""
    from prometheus_client import CollectorRegistry, Gauge, generate_latest

    registry = CollectorRegistry()

    def gauge(name: str, words: str, value: float | None) -> None:
        if value is not None:
            Gauge(f"watcher_{name}", words, registry=registry).set(value)

    def by(name: str, words: str, label: str, values: dict[str, int]) -> None:
        family = Gauge(f"watcher_{name}", words, [label], registry=registry)
        for key, value in values.items():
            family.labels(key).set(value)

    gauge("well", "1 while no loop, store or sender is stuck", float(state is not None and not state.stuck))
    if state is not None:
        gauge("held", "1 while nothing is sent until a person releases it", float(state.held_since is not None))
        gauge("stories", "Stories in the archive", state.stories)
        gauge("to_do", "Things that a person can mend", len(state.to_do))
        gauge("gaps", "Times of which items may be missing", len(state.gaps))
        gauge("feeds", "Sources that are configured", state.feeds)
        gauge("feeds_read", "Sources whose newest poll was read", state.feeds_read)
        by("feeds_by_state", "Sources by state of health", "state", dict(state.by_state))
        held = {f"held_{why}": count for why, count in state.messages.held}
        by("messages", "Messages by state", "state", {"waiting": state.messages.waiting, "given_up": state.messages.dead, **held})
        gauge("last_poll_timestamp_seconds", "When a source was asked last", _seconds(state.last_poll))
        gauge("self_test_timestamp_seconds", "When the self-test passed last", _seconds(state.self_tests.passed))
        gauge("self_test_failed", "1 where it failed since", float(state.self_tests.failed is not None))
        gauge("backup_timestamp_seconds", "When the last backup was made and checked", _seconds(state.backups.last))
        gauge("watchdog_timestamp_seconds", "When the outside watchdog heard that all is well", _seconds(state.pings.last_ok))
    text: str = generate_latest(registry).decode()
    return text


def _seconds(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment else None
