"""The channels that there are."""

from collections.abc import Callable

from schakel.post.channels.base import Channel
from schakel.post.channels.mail.channel import MailChannel
from schakel.post.channels.mattermost.channel import MattermostChannel
from schakel.post.channels.misp.channel import MispChannel
from schakel.post.channels.webhook.channel import WebhookChannel
from schakel.post.models import OutletKind
from schakel.registry.models import ChannelKind

CHANNELS: dict[str, Callable[[], Channel]] = {
    ChannelKind.MAIL: MailChannel,
    ChannelKind.WEBHOOK: WebhookChannel,
    OutletKind.MISP: MispChannel,
    OutletKind.MATTERMOST: MattermostChannel,
}
