"""The line without a line (U 盘): the same messages and pages in one encrypted, signed file, and the receipts back.

    format.py   what such a file is: marked, hashed records, a manifest at both ends; reading survives damage
    packing.py  the window writes what waits, over as many files and sticks as it takes
    reply.py    the gateway's signed answer: receipts, whole pages and news; and what it does at the window

The gateway's own half is sync/gateway/sticks.py.
"""
