"""What lies around the thing and what the camera does to the picture: clutter, shake, JPEG of a cheap driver."""

from __future__ import annotations

import cv2
import numpy as np

from clerk_app.devices.samples import FRAME_SIZE, empty_desk

Image8 = np.typing.NDArray[np.uint8]
Rng = np.random.Generator


def cluttered(rng: Rng, seed: int) -> Image8:
    """A desk with papers, pens, a keyboard's keys and a cup's rim near the edges."""
    desk = empty_desk(seed)
    width, height = FRAME_SIZE
    for _ in range(int(rng.integers(3, 8))):
        colour = tuple(int(c) for c in rng.integers(30, 245, 3))
        at = (float(rng.choice([rng.uniform(0, 0.18), rng.uniform(0.82, 1.0)]) * width), float(rng.uniform(0, height)))
        what = int(rng.integers(0, 4))
        if what == 0:
            box = cv2.boxPoints(
                (at, (float(rng.uniform(80, 300)), float(rng.uniform(60, 240))), float(rng.uniform(0, 180)))
            )
            cv2.fillPoly(desk, [box.astype(np.int32)], colour)
            for k in range(6):
                y = int(at[1] - 60 + 20 * k)
                cv2.putText(
                    desk, "lorem ipsum 0123", (int(at[0] - 70), y), cv2.FONT_HERSHEY_PLAIN, 1.0, (40, 40, 40), 1
                )
        elif what == 1:
            end = (int(at[0] + rng.uniform(-200, 200)), int(at[1] + rng.uniform(-200, 200)))
            cv2.line(desk, (int(at[0]), int(at[1])), end, colour, int(rng.integers(6, 14)))
        elif what == 2:
            for k in range(12):
                x, y = int(at[0]) + 26 * (k % 4), int(at[1]) + 26 * (k // 4)
                cv2.rectangle(desk, (x, y), (x + 21, y + 21), (60, 60, 62), -1)
        else:
            cv2.circle(desk, (int(at[0]), int(at[1])), int(rng.uniform(30, 90)), colour, int(rng.integers(4, 20)))
    return desk


def after(frame: Image8, level: str, rng: Rng) -> Image8:
    """Shake and compression by level."""
    shake = {"easy": 0, "medium": 0, "hard": int(rng.integers(0, 4)), "worst": int(rng.integers(0, 6))}[level]
    if shake > 1:
        kernel = np.zeros((shake, shake), np.float32)
        kernel[shake // 2] = 1.0 / shake
        turn = cv2.getRotationMatrix2D((shake / 2 - 0.5, shake / 2 - 0.5), float(rng.uniform(0, 180)), 1.0)
        kernel = np.asarray(cv2.warpAffine(kernel, turn, (shake, shake)), np.float32)
        frame = np.asarray(cv2.filter2D(frame, -1, kernel / max(1e-6, float(kernel.sum()))), np.uint8)
    quality = {"easy": 95, "medium": 88, "hard": 78, "worst": 62}[level]
    _, data = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
