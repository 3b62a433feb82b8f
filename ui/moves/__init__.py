"""What can be done to a case that was taken, as one menu in plain words. ADD A MOVE in ``menu.py``; the panel follows."""
