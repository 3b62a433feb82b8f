"""The box: recipes, packages, the Windows script, wheels for every machine, and calls that only one system has."""
