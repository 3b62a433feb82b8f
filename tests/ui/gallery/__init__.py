"""The gallery: every screen of the running program in its main states, grabbed into ``docs/screenshots``.

``table.py`` says which pictures there are (ADD A PICTURE THERE: one line), ``rooms.py`` in what kind of window each is taken,
``stock.py`` what lies in the demo hall, ``poses.py`` how a state is reached. ``__main__.py`` runs each room in a process of its
own: the scale is Qt's own factor, read once.
"""
