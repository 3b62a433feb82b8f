"""ADAPTER: signed releases of the program. The rules of The Update Framework (python-tuf) say what is trusted; contents travel as
pieces by their hash, so that only what changed is fetched, from a gateway or from one file on a stick.

pieces      where a file is cut, so that a small change in a large file changes few pieces
contents    the list of a release: files, pieces, packs
sources     where bytes come from: a gateway's line, a bundle file
verdicts    what the TUF client refuses, in words
trusted     the TUF client: what is offered, and every way in which it can be refused
fetching    which pieces are missing, and bringing them
building    a whole tree out of pieces, durable, then named
publishing  making and signing a repository, without a network; rotating its keys
carrying    one file with metadata and packs; taking it into a gateway's folder
"""
