"""上门办: the day's visits and the register of people who cannot come, for fingers as well as for keys (targets of 48 px)."""
