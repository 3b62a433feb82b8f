"""The ciphers behind one interface, the vault with its key slots, and the signatures of clerk and window."""
