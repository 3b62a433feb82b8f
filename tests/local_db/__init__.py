"""Tests of local_db."""
