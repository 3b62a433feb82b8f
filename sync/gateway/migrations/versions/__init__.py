"""ADD A SCHEMA VERSION HERE: NNNN_name.py, which ends by setting PRAGMA user_version; then raise schema.VERSION."""
