"""Events in PostgreSQL: one row a delivery, until it is acknowledged or given up.

Behaves as Pub/Sub push does (https://cloud.google.com/pubsub/docs/push): at least once, any
order, an acknowledgement deadline, exponential backoff, dead letters. `local/event_pump.py`
posts what is due.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shared.adapters.embedded.database import deliveries, subscriptions
from shared.adapters.postgresql.engine import single, translated_errors
from shared.domain.errors import NotFound
from shared.domain.times import timestamp
from shared.ports.clock import Clock
from shared.ports.events import DeadLetter

_PUBSUB_TYPE = "google.cloud.pubsub.topic.v1.messagePublished"


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who gets a topic's events, where, and how patiently."""

    name: str
    topic: str
    endpoint: str
    ack_deadline_s: float = 600.0
    max_attempts: int = 10
    min_backoff_s: float = 1.0
    max_backoff_s: float = 60.0
    max_in_flight: int = 4


@dataclass(frozen=True, slots=True)
class Delivery:
    """One try to hand an event to a subscriber, as a binary-mode CloudEvent over HTTP."""

    event_id: str
    subscription: Subscription
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    attempt: int


class PostgresEvents:
    """The events port, and beside it what the pump needs: subscribe, claim, acknowledge, refuse."""

    def __init__(self, engine: sa.Engine, clock: Clock, *, project: str = "local") -> None:
        self._engine = engine
        self._clock = clock
        self._project = project

    def publish(
        self, topic: str, data: Mapping[str, Any], attributes: Mapping[str, str] | None = None
    ) -> str:
        event_id = self._clock.new_id()
        source = f"//pubsub.googleapis.com/projects/{self._project}/topics/{topic}"
        published = timestamp(self._clock.now())
        message = {
            "messageId": event_id,
            "publishTime": published,
            "data": base64.b64encode(json.dumps(data).encode()).decode(),
            "attributes": dict(attributes or {}),
        }
        headers = {"ce-type": _PUBSUB_TYPE, "ce-source": source, "ce-time": published}
        return self.enqueue(topic, event_id, headers, {"message": message})

    def enqueue(
        self, topic: str, event_id: str, headers: Mapping[str, str], body: Mapping[str, Any]
    ) -> str:
        """Queue one CloudEvent for every subscription of the topic, in one transaction.

        An id that is still queued for a subscription is not queued twice.
        """
        now = self._clock.now()
        full_headers = {
            "ce-specversion": "1.0",
            "ce-id": event_id,
            "ce-time": timestamp(now),
            **headers,
        }
        statement = insert(deliveries).from_select(
            [c.name for c in deliveries.columns],
            sa.select(
                sa.literal(event_id),
                subscriptions.c.name,
                subscriptions.c.topic,
                sa.literal(full_headers, type_=deliveries.c.headers.type),
                sa.literal(dict(body), type_=deliveries.c.body.type),
                sa.literal(0),
                sa.literal(now, type_=deliveries.c.available_at.type),
                sa.false(),
                sa.literal(""),
            ).where(subscriptions.c.topic == topic),
        )
        with translated_errors(), self._engine.begin() as connection:
            connection.execute(statement.on_conflict_do_nothing())
        return event_id

    def dead_letters(self, limit: int = 100) -> list[DeadLetter]:
        statement = (
            sa.select(deliveries)
            .where(deliveries.c.dead)
            .order_by(deliveries.c.available_at)
            .limit(limit)
        )
        with translated_errors(), self._engine.connect() as connection:
            return [
                DeadLetter(
                    id=f"{row.subscription}/{row.event_id}",
                    subscription=row.subscription,
                    topic=row.topic,
                    attempts=row.attempts,
                    last_error=row.last_error,
                )
                for row in connection.execute(statement)
            ]

    def replay(self, id: str) -> None:
        subscription, _, event_id = id.partition("/")
        if self._revive(_is(event_id, subscription)) == 0:
            raise NotFound("There is no such dead letter.", code="dead_letter_not_found")

    def replay_all(self) -> int:
        return self._revive(sa.true())

    def _revive(self, which: sa.ColumnElement[bool]) -> int:
        statement = (
            sa.update(deliveries)
            .where(which, deliveries.c.dead)
            .values(dead=False, attempts=0, available_at=self._clock.now())
        )
        with translated_errors(), self._engine.begin() as connection:
            return connection.execute(statement).rowcount

    def subscribe(self, subscription: Subscription) -> None:
        """Create the subscription, or change it; queued deliveries go to the new endpoint."""
        values = {name: getattr(subscription, name) for name in subscriptions.columns.keys()}  # noqa: SIM118
        statement = insert(subscriptions).values(**values)
        with translated_errors(), self._engine.begin() as connection:
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=[subscriptions.c.name], set_=dict(statement.excluded.items())
                )
            )

    def subscriptions(self) -> list[Subscription]:
        with translated_errors(), self._engine.connect() as connection:
            rows = connection.execute(sa.select(subscriptions)).mappings()
            return [Subscription(**row) for row in rows]

    def due(self) -> set[str]:
        """The names of the subscriptions that have something to deliver now."""
        statement = (
            sa.select(deliveries.c.subscription)
            .where(sa.not_(deliveries.c.dead), deliveries.c.available_at <= self._clock.now())
            .distinct()
        )
        with translated_errors(), single(self._engine) as connection:
            return set(connection.execute(statement).scalars())

    def claim(self, subscription: Subscription) -> Delivery | None:
        """Take the next due delivery; it comes back by itself after the ack deadline."""
        now = self._clock.now()
        due = (
            sa.select(deliveries.c.event_id)
            .where(
                deliveries.c.subscription == subscription.name,
                sa.not_(deliveries.c.dead),
                deliveries.c.available_at <= now,
            )
            .order_by(deliveries.c.available_at)
            .limit(1)
            .with_for_update(skip_locked=True)
            .scalar_subquery()
        )
        statement = (
            sa.update(deliveries)
            .where(deliveries.c.subscription == subscription.name, deliveries.c.event_id == due)
            .values(
                attempts=deliveries.c.attempts + 1,
                available_at=now + timedelta(seconds=subscription.ack_deadline_s),
            )
            .returning(deliveries)
        )
        with translated_errors(), single(self._engine) as connection:
            row = connection.execute(statement).one_or_none()
        if row is None:
            return None
        return Delivery(row.event_id, subscription, row.headers, row.body, row.attempts)

    def acknowledge(self, delivery: Delivery) -> None:
        """The subscriber has taken it: forget it."""
        statement = sa.delete(deliveries).where(_is_delivery(delivery))
        with translated_errors(), self._engine.begin() as connection:
            connection.execute(statement)

    def refuse(self, delivery: Delivery, error: str) -> None:
        """The subscriber failed: deliver again later, or give up after the last try."""
        subscription = delivery.subscription
        backoff = min(
            subscription.min_backoff_s * 2 ** (delivery.attempt - 1), subscription.max_backoff_s
        )
        statement = (
            sa.update(deliveries)
            .where(_is_delivery(delivery))
            .values(
                dead=delivery.attempt >= subscription.max_attempts,
                available_at=self._clock.now() + timedelta(seconds=backoff),
                last_error=error,
            )
        )
        with translated_errors(), self._engine.begin() as connection:
            connection.execute(statement)

    def release_claims(self, subscription: Subscription) -> None:
        """Make everything claimed due at once: the pump that claimed it is gone."""
        statement = (
            sa.update(deliveries)
            .where(deliveries.c.subscription == subscription.name, sa.not_(deliveries.c.dead))
            .values(available_at=self._clock.now())
        )
        with translated_errors(), self._engine.begin() as connection:
            connection.execute(statement)


def _is(event_id: str, subscription: str) -> sa.ColumnElement[bool]:
    return sa.and_(deliveries.c.event_id == event_id, deliveries.c.subscription == subscription)


def _is_delivery(delivery: Delivery) -> sa.ColumnElement[bool]:
    # A try that outlived its deadline must not settle the next one.
    return sa.and_(
        _is(delivery.event_id, delivery.subscription.name),
        deliveries.c.attempts == delivery.attempt,
    )
