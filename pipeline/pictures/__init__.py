"""pictures/: foreign pictures made safe to keep and to show.

In: bytes that claim to be a picture. Out: a checked picture with its real type, size and name,
or why it is none. Pure.
"""
