"""Fakes that mirror adapters; each is held to the adapter by its contract suite."""
