"""The whole program from outside: real processes, real gateway, real database, real frames, real paper."""
