"""The printed forms (data sheet §4). ADD A PRINTED FORM HERE: one file + one line in ``registry.py``."""
