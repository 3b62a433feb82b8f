"""The eyes of the counter: cameras, scanners and what they see.

ADD A DEVICE HERE: one driver file, one line in ``registry.py``. Heavy libraries (cv2, onnxruntime,
rapidocr, zxing-cpp, pyzbar) are imported inside functions, so that importing this package costs nothing.
"""
