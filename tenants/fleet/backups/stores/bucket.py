"""Backups in a bucket of S3 or of what speaks like it.

Written in parts, so that memory stays small and a part that fails is sent again by itself; read in ranges for the same
reason. Without an answer there is an error after a while, never a process that waits for ever.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.utils.translation import gettext as _

from tenants.fleet.backups.stores.base import StoreFailed

PART = 16 * 1024 * 1024
"""At most 10,000 parts: objects up to 160 GB."""
RANGE = 8 * 1024 * 1024
CONNECT_SECONDS, READ_SECONDS, TRIES = 5, 60, 6


class BucketStore:
    name = "s3"

    def __init__(self, bucket: str, prefix: str = "", *, endpoint: str = "", region: str = "") -> None:
        """Keys come from the environment, files and machine roles that boto3 knows."""
        self.bucket, self.prefix = bucket, prefix.strip("/")
        retries = {"total_max_attempts": TRIES, "mode": "adaptive"}
        config = Config(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries=retries)
        self.client: Any = boto3.client("s3", endpoint_url=endpoint or None, region_name=region or None, config=config)

    def writer(self, key: str) -> "BucketWriter":
        return BucketWriter(self, self._key(key))

    def chunks(self, key: str) -> Iterator[bytes]:
        """A range at a time. Should the object be replaced between two, it is refused."""
        size, version = self._head(key)
        for start in range(0, size, RANGE):
            until = min(start + RANGE, size) - 1
            with _told(key):
                answer = self.client.get_object(**self._at(key), Range=f"bytes={start}-{until}", IfMatch=version)
                data = answer["Body"].read()
            yield data

    def size(self, key: str) -> int:
        return self._head(key)[0]

    def _head(self, key: str) -> tuple[int, str]:
        with _told(key):
            head = self.client.head_object(**self._at(key))
            return int(head["ContentLength"]), str(head["ETag"])

    def delete(self, key: str) -> None:
        with _told(key):
            self.client.delete_object(**self._at(key))
            pages = self.client.get_paginator("list_multipart_uploads")
            for page in pages.paginate(Bucket=self.bucket, Prefix=self._key(key)):
                for upload in page.get("Uploads", []):
                    self.client.abort_multipart_upload(
                        Bucket=self.bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                    )

    def _at(self, key: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": self._key(key)}

    def _key(self, key: str) -> str:
        return f"{self.prefix}/{key}" if self.prefix else key


class BucketWriter:
    def __init__(self, store: BucketStore, key: str) -> None:
        self._client, self._at = store.client, {"Bucket": store.bucket, "Key": key}
        self._waiting = bytearray()
        self._parts: list[dict[str, Any]] = []
        with _told(key):
            self._upload = self._client.create_multipart_upload(**self._at)["UploadId"]

    def write(self, data: bytes) -> None:
        self._waiting += data
        while len(self._waiting) >= PART:
            self._send(bytes(self._waiting[:PART]))
            del self._waiting[:PART]

    def finish(self) -> None:
        if self._waiting:
            self._send(bytes(self._waiting))
        with _told(self._at["Key"]):
            self._client.complete_multipart_upload(
                **self._at, UploadId=self._upload, MultipartUpload={"Parts": self._parts}
            )

    def give_up(self) -> None:
        with _told(self._at["Key"]):
            self._client.abort_multipart_upload(**self._at, UploadId=self._upload)

    def _send(self, data: bytes) -> None:
        number = len(self._parts) + 1
        with _told(self._at["Key"]):
            sent = self._client.upload_part(**self._at, UploadId=self._upload, PartNumber=number, Body=data)
        self._parts.append({"PartNumber": number, "ETag": sent["ETag"]})


@contextmanager
def _told(key: str) -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        # Of a refusal the code alone: the whole message may hold names of keys.
        code = (
            error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else type(error).__name__
        )
        raise StoreFailed(_("%(key)s: %(fault)s") % {"key": key, "fault": code}) from error
