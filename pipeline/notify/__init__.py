"""notify/: tells the reader what happened, where the reader wants to hear it.

In: a message (draft ready, source dead, published). Out: what each address answered.
Touches: the network, through Apprise, loaded at first use.
"""

from pipeline.notify.addresses import find_addresses
from pipeline.notify.messages import Message, draft_ready, publish_done, source_dead
from pipeline.notify.send import send

__all__ = ["Message", "draft_ready", "find_addresses", "publish_done", "send", "source_dead"]
