"""How the program becomes a bundle, Debian packages and a Windows installer. Nothing here is shipped; `make package` runs it."""
