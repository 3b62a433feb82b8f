"""The first moments of the program: which version runs. Standard library and domain only, so that it works whatever else is broken."""
