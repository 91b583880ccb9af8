"""In construction."""
