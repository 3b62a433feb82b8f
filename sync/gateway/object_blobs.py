"""Pages in an S3-compatible store, for workers on several machines (boto3; tested against an emulated store, moto).

    <prefix><sha256>.<sender>.part/<offset, 12 digits>    chunks, until the page is whole
    <prefix><sha256>.blob                                 the whole ciphertext

An object is durable when the store has answered. There is no appending in S3, so a page grows by objects of one chunk each; the same
chunk put twice is the same object, so that two workers cannot harm each other.
"""

from __future__ import annotations

import threading
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from clerk_app.errors import BadInput
from sync.gateway.blobs import UNFINISHED

if TYPE_CHECKING:
    from collections.abc import Iterator

_STRIPES = 64
_DIGITS = 12


class ObjectBlobs:
    """See blobs.Blobs. ``client``: a boto3 S3 client; what it raises becomes an OSError."""

    def __init__(self, client: Any, bucket: str, prefix: str = "") -> None:
        self._client, self._bucket, self._prefix = client, bucket, prefix
        self._locks = tuple(threading.Lock() for _ in range(_STRIPES))

    def lock(self, blob_sha256: str) -> threading.Lock:
        """See Blobs; among the threads of this process. Across processes the store's own puts are enough."""
        return self._locks[int(blob_sha256[:8], 16) % _STRIPES]

    def held(self, blob_sha256: str, sender: str) -> int:
        """See Blobs: as far as the chunks follow each other without a hole."""
        reached = 0
        for offset, size in self._parts(blob_sha256, sender):
            if offset > reached:
                break
            reached = max(reached, offset + size)
        return reached

    def append(self, blob_sha256: str, sender: str, offset: int, chunk: bytes) -> int:
        """See Blobs."""
        self._call("put_object", Key=f"{self._part(blob_sha256, sender)}{offset:012d}", Body=chunk)
        return offset + len(chunk)

    def keep(self, blob_sha256: str, sender: str, blob: bytes) -> None:
        """See Blobs."""
        self._call("put_object", Key=self._whole(blob_sha256), Body=blob)
        self.drop(blob_sha256, sender)

    def read(self, blob_sha256: str) -> bytes:
        """See Blobs. Raises FileNotFoundError."""
        return self._get(self._whole(blob_sha256))

    def read_half(self, blob_sha256: str, sender: str) -> bytes:
        """See Blobs."""
        try:
            return self._joined(blob_sha256, sender) or self.read(blob_sha256)
        except FileNotFoundError:
            return b""

    def _joined(self, blob_sha256: str, sender: str) -> bytes:
        data = bytearray()
        for offset, _size in self._parts(blob_sha256, sender):
            piece = self._get(f"{self._part(blob_sha256, sender)}{offset:012d}")
            data[offset : offset + len(piece)] = piece
        return bytes(data)

    def read_piece(self, blob_sha256: str, offset: int, size: int) -> bytes:
        """See Blobs: a range of the whole object."""
        whole = self._whole(blob_sha256)
        if offset >= (self._size(whole) or 0):
            return b""
        told = self._call("get_object", Key=whole, Range=f"bytes={offset}-{offset + size - 1}")
        return bytes(told["Body"].read())

    def finish(self, blob_sha256: str, sender: str) -> None:
        """See Blobs: one whole object first, its chunks go afterwards."""
        blob = self._joined(blob_sha256, sender)
        if blob:
            self.keep(blob_sha256, sender, blob)

    def drop(self, blob_sha256: str, sender: str) -> None:
        """See Blobs."""
        for offset, _size in list(self._parts(blob_sha256, sender)):
            self._call("delete_object", Key=f"{self._part(blob_sha256, sender)}{offset:012d}")

    def free(self) -> int | None:
        """See Blobs."""
        return None

    def sweep(self, before_ms: int) -> int:
        """See Blobs; goes through the whole list of the store, a thousand names at a time, in which a half's chunks follow each
        other. One that is added to keeps its first chunks too, however old they are."""
        gone = 0
        for half, chunks in groupby(self._listed(self._prefix), key=self._half_of):
            found = list(chunks) if half else []
            if found and max(each["LastModified"].timestamp() for each in found) * 1000 < before_ms:
                for each in found:
                    self._call("delete_object", Key=each["Key"])
                gone += len(found)
        return gone

    def _half_of(self, listed: dict[str, Any]) -> str:
        """The half that an object is a chunk of; empty where it is anything else."""
        half, _, offset = str(listed["Key"]).removeprefix(self._prefix).partition("/")
        return half if UNFINISHED.fullmatch(half) and len(offset) == _DIGITS and offset.isdigit() else ""

    def _parts(self, blob_sha256: str, sender: str) -> Iterator[tuple[int, int]]:
        prefix = self._part(blob_sha256, sender)
        for each in self._listed(prefix):
            name = str(each["Key"]).removeprefix(prefix)
            if name.isdigit():
                yield int(name), int(each["Size"])

    def _listed(self, prefix: str) -> Iterator[dict[str, Any]]:
        more: dict[str, str] = {}
        while True:
            page = self._call("list_objects_v2", Prefix=prefix, **more)
            yield from page.get("Contents", ())
            if not page.get("IsTruncated"):
                return
            more = {"ContinuationToken": page["NextContinuationToken"]}

    def _size(self, key: str) -> int | None:
        try:
            return int(self._call("head_object", Key=key)["ContentLength"])
        except FileNotFoundError:
            return None

    def _get(self, key: str) -> bytes:
        return bytes(self._call("get_object", Key=key)["Body"].read())

    def _call(self, name: str, **arguments: Any) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return getattr(self._client, name)(Bucket=self._bucket, **arguments)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in {"404", "NoSuchKey", "NotFound"}:
                raise FileNotFoundError("not in the store") from None
            raise OSError("the store refused") from error
        except BotoCoreError as error:
            raise OSError("the store does not answer") from error

    def _whole(self, blob_sha256: str) -> str:
        return f"{self._prefix}{blob_sha256}.blob"

    def _part(self, blob_sha256: str, sender: str) -> str:
        return f"{self._prefix}{blob_sha256}.{sender}.part/"


def object_blobs(address: str) -> ObjectBlobs:
    """``s3://BUCKET/PREFIX?endpoint=URL``; keys come from the environment, as boto3 finds them.

    Raises:
        BadInput: no such address, or boto3 is not installed.
    """
    parts = urlsplit(address)
    if parts.scheme != "s3" or not parts.hostname:
        raise BadInput("附件存储地址不对。", what_to_do="请写成 s3://桶/前缀?endpoint=https://主机。")
    try:
        import boto3
    except ImportError as error:
        raise BadInput("没有装对象存储的驱动。", what_to_do="请安装 clerk-app[city]。") from error
    endpoint = parse_qs(parts.query).get("endpoint", [None])[0]
    prefix = parts.path.lstrip("/")
    return ObjectBlobs(boto3.client("s3", endpoint_url=endpoint), parts.hostname, prefix and prefix.rstrip("/") + "/")
