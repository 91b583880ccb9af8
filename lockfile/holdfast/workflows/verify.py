"""Verify pinned files."""
