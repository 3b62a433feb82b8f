"""One synthetic page for sample cases: small, stamped 样例, different for each seed."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from clerk_app.devices.sample_drawings import SamplePage, draw_page
from clerk_app.devices.samples import bundled_typeface

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Image8 = npt.NDArray[np.uint8]


@lru_cache(maxsize=1)
def _sheet() -> Image8:
    rows = (("说明", "合成样例页，不是真实材料"), ("用途", "演示、练习、测试"))
    return draw_page(SamplePage("样例材料", rows), bundled_typeface())


def sample_page_jpeg(seed: int) -> bytes:
    """A JPEG of about 60 kB; the seed is written on the sheet, so that no two are the same page."""
    import cv2

    page = cv2.resize(_sheet(), None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    cv2.putText(page, f"No. {seed:010d}", (60, page.shape[0] - 60), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (60, 60, 60), 2)
    done, data = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, 70])
    if not done:
        raise ValueError("the sample page could not be encoded")
    return bytes(data.tobytes())
