"""ADAPTER: the window. Qt lives here and nowhere else."""
