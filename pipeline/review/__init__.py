"""review/: the local web page where the day's draft becomes the published note.

In: HTTP from the reader's own browser. Out: pages, and changes made through `desk`.
Touches: a loopback socket; everything else through what wiring gives it.
"""
