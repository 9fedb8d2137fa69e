"""A local Pub/Sub: topics, and subscriptions that are pulled, over gRPC.

https://cloud.google.com/pubsub/docs/reference/rpc/google.pubsub.v1
"""

import grpc
from google.protobuf.empty_pb2 import Empty
from google.pubsub_v1 import types as api

from tests.fakes.grpc_server import GrpcServer, Method, Refused

_PUBLISHER = "/google.pubsub.v1.Publisher/"
_SUBSCRIBER = "/google.pubsub.v1.Subscriber/"


class FakePubSub(GrpcServer):
    """`topics` take messages; `subscriptions` name their topic; `kept` holds what each can pull.

    `at_once` is how many messages one pull answers at most, whatever it asks for. A pulled
    message is away until it is given back.
    """

    def __init__(self) -> None:
        self.topics: dict[str, list[api.PubsubMessage]] = {}
        self.subscriptions: dict[str, str] = {}
        self.kept: dict[str, list[api.PubsubMessage]] = {}
        self.pulled: dict[str, dict[str, api.PubsubMessage]] = {}
        self.at_once = 1000
        super().__init__(
            {
                f"{_PUBLISHER}Publish": _method(
                    api.PublishRequest, api.PublishResponse, self._publish
                ),
                f"{_SUBSCRIBER}ListSubscriptions": _method(
                    api.ListSubscriptionsRequest, api.ListSubscriptionsResponse, self._list
                ),
                f"{_SUBSCRIBER}GetSubscription": _method(
                    api.GetSubscriptionRequest, api.Subscription, self._get
                ),
                f"{_SUBSCRIBER}Pull": _method(api.PullRequest, api.PullResponse, self._pull),
                f"{_SUBSCRIBER}ModifyAckDeadline": Method(
                    api.ModifyAckDeadlineRequest.deserialize,
                    Empty.SerializeToString,
                    self._give_back,
                ),
                f"{_SUBSCRIBER}Acknowledge": Method(
                    api.AcknowledgeRequest.deserialize, Empty.SerializeToString, self._acknowledge
                ),
            }
        )

    def _publish(self, request: api.PublishRequest) -> api.PublishResponse:
        topic = self.topics.get(request.topic)
        if topic is None:
            raise Refused(grpc.StatusCode.NOT_FOUND, "topic")
        topic += request.messages
        return api.PublishResponse(message_ids=[str(len(topic))])

    def _list(self, request: api.ListSubscriptionsRequest) -> api.ListSubscriptionsResponse:
        """One a page."""
        names = sorted(self.subscriptions)
        at = int(request.page_token or "0")
        after = str(at + 1) if at + 1 < len(names) else ""
        found = [api.Subscription(name=names[at])] if names else []
        return api.ListSubscriptionsResponse(subscriptions=found, next_page_token=after)

    def _get(self, request: api.GetSubscriptionRequest) -> api.Subscription:
        topic = self.subscriptions.get(request.subscription)
        if topic is None:
            raise Refused(grpc.StatusCode.NOT_FOUND, "subscription")
        return api.Subscription(name=request.subscription, topic=topic)

    def _pull(self, request: api.PullRequest) -> api.PullResponse:
        if request.subscription not in self.subscriptions:
            raise Refused(grpc.StatusCode.NOT_FOUND, "subscription")
        waiting = self.kept.setdefault(request.subscription, [])
        count = min(request.max_messages, self.at_once)
        taken, waiting[:] = waiting[:count], waiting[count:]
        away = self.pulled.setdefault(request.subscription, {})
        away |= {f"ack-{message.message_id}": message for message in taken}
        received = [
            api.ReceivedMessage(ack_id=f"ack-{message.message_id}", message=message)
            for message in taken
        ]
        return api.PullResponse(received_messages=received)

    def _give_back(self, request: api.ModifyAckDeadlineRequest) -> Empty:
        assert request.ack_deadline_seconds == 0
        away = self.pulled[request.subscription]
        returned = [away.pop(ack_id) for ack_id in request.ack_ids if ack_id in away]
        self.kept[request.subscription] += returned
        return Empty()

    def _acknowledge(self, request: api.AcknowledgeRequest) -> Empty:
        for ack_id in request.ack_ids:
            self.pulled[request.subscription].pop(ack_id)
        return Empty()


def _method(request: type, response: type, answer: object) -> Method:
    return Method(request.deserialize, response.serialize, answer)
