"""Two windows and a gateway in processes of their own, attacked at random, with an oracle that knows what was promised."""
