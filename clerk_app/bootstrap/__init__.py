"""COMPOSITION ROOT: builds every adapter, worker and window; nothing else sees two adapters.

house.py     a data folder opened: vault, store, catalogue, a clerk's desk
line.py      the window's line            gateway.py   the district gateway and its back office
eyes.py      cameras, codes, recognition  paper.py     rendering, printers, the spooler
window.py    what the window is handed    demo.py      the demo hall
doctor.py    the examination              system.py    clock, ids, chance      calendars.py   holiday tables
"""
