"""Paper: documents as PDF, the fonts, the spooler."""
