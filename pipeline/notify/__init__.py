"""notify/: tells the reader what happened, where the reader wants to hear it.

In: a message (draft ready, source dead, published). Out: what each address answered.
Touches: the network, through Apprise, loaded at first use.
"""
