"""The district gateway (区县前置): another program, its own process, its own data folder. It keeps every message durably
before it answers, hands cases to the central platform through a port, and tells what came back by an append-only feed.
"""
