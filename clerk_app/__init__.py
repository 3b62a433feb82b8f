"""全科窗口: the all-subject counter client. The core, the devices, and the one place that wires everything."""

__version__ = "0.1.0"
