"""The gateway's schema, forward only: one file a step in versions/, run by store.py when a database is behind."""
