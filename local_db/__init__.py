"""The window's encrypted database: the only importer of SQLAlchemy, SQLCipher and Alembic on the client."""
