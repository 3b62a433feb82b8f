"""Tests of clerk_app.crypto."""
