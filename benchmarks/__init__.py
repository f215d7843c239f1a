"""Measurements, each a module with a `main()`: side by side with simpler methods, in one run."""
