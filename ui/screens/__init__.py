"""ADD A SCREEN HERE: one file and one line in ``registry.py``."""
