"""The line as it was at protocol 1, in its own words: ``line_of_protocol_1.zip`` holds that release's own modules.

The two programs here run with that zip first on their path, in processes of their own, and import nothing of today's.
"""
