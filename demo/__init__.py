"""A day to try stardraft on: a replay server on loopback and a sample day written for it."""
