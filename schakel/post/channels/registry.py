"""The channels that there are."""

from collections.abc import Callable

from schakel.post.channels.base import Channel
from schakel.post.channels.mail.channel import MailChannel
from schakel.post.channels.webhook.channel import WebhookChannel
from schakel.registry.models import ChannelKind

CHANNELS: dict[ChannelKind, Callable[[], Channel]] = {
    ChannelKind.MAIL: MailChannel,
    ChannelKind.WEBHOOK: WebhookChannel,
}
