"""The few parts that several screens share."""
