"""Tests of the demo and its replay server."""
