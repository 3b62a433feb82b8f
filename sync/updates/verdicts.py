"""Every way in which The Update Framework refuses an update, as a clear word."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tuf.api import exceptions

from clerk_app.errors import AppError
from sync.updates.faults import disk_trouble, not_what_was_signed, refused


@contextmanager
def in_words() -> Iterator[None]:
    """What the TUF client raises, as Refused, LineProblem or StorageProblem."""
    try:
        yield
    except exceptions.ExpiredMetadataError as error:
        raise refused(
            "更新的签名过期了，不能用它更新。",
            "请先看看这台电脑的日期对不对；日期对的，请向发布更新的单位要一份新的。",
        ) from error
    except exceptions.BadVersionNumberError as error:
        raise refused("这份更新比本机见过的还旧，可能有人拿旧的来充数。没有采用。") from error
    except exceptions.UnsignedMetadataError as error:
        raise refused("更新的签名不对，不是认可的发布单位签的。没有采用。") from error
    except (exceptions.LengthOrHashMismatchError, exceptions.DownloadLengthMismatchError) as error:
        raise not_what_was_signed() from error
    except exceptions.DownloadHTTPError as error:
        raise refused("更新里少了文件，不完整。没有采用。") from error
    except exceptions.DownloadError as error:
        if isinstance(error.__cause__, AppError):
            raise error.__cause__ from None
        raise refused("更新读不出来。没有采用。") from error
    except exceptions.RepositoryError as error:
        raise refused("更新不完整，或者不是本程序的更新。没有采用。") from error
    except OSError as error:
        raise disk_trouble(error) from error
