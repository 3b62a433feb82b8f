"""The line: the wire contract, the client's courier, news and worker, and (its own process) the district gateway."""
