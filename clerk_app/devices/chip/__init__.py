"""The identity card's chip: how a SAM-V reader is spoken to, what a card answers, and a reader that is not there.

``frames`` the wire; ``text_block`` the 256 bytes of text; ``photo`` the portrait's blob; ``session`` one card read;
``emulator`` a reader behind a pseudo-terminal. The driver itself is ``devices/sam_v.py``.
"""
