"""The pure core: standard library only, no clock, no I/O, no threads, no Qt, no SQL, no HTTP."""
