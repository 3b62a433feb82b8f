"""Frame in, meaning out: pure functions on BGR uint8 images, one file per kind of thing.

``recognise.recognise(frame)`` is the only door. cv2, zxing-cpp, pyzbar, rapidocr are imported inside functions.
"""
