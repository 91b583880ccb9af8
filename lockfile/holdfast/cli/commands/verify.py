"""`verify`: every pinned file downloaded and hashed."""
