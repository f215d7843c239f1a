"""cli/: the command `stardraft`. Comes in: words typed; goes out: plain lines, or JSON.

Every command imports what it needs when it runs, so that `--help` stays quick.
"""
