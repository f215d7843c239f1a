"""stardraft's pipeline: one room per step from a feed to a note, meeting in `types` and `ports`."""

__version__ = "0.1.0"
