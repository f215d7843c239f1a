"""The real day: a replay server over recorded data, and the main job run on it."""
