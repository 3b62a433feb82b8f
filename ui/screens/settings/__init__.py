"""设置: people, safekeeping, the journal, devices. ADD A PAGE HERE: one file in this folder and one line in registry.py."""
