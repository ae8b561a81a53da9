"""Approved files in an S3-compatible store, so that any machine may send what another rendered.

A file is in the bucket before the queue names it, and is checked by its hash on every machine that fetches it: the
bucket is trusted with keeping bytes, never with their being the right ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from publisher.artifact_settings import BucketSettings
from publisher.channels.secrets import Secrets
from publisher.errors import PublisherError, Words
from publisher.files import hash_file, replacing
from publisher.queue.artifacts import Artifacts

_GONE = ("404", "NoSuchKey", "NotFound", "NoSuchBucket")


class Bucket:
    """One bucket through boto3. Raises PublisherError when it cannot be reached, without address or key."""

    def __init__(self, settings: BucketSettings, secrets: Secrets) -> None:
        # An extra of its own: most offices keep files beside their database and never need it.
        try:
            import boto3  # noqa: PLC0415
            from botocore.config import Config  # noqa: PLC0415
        except ImportError as error:
            raise PublisherError("artifacts: a part is missing. Run pip install publisher[s3].") from error
        place = "publisher.yaml: artifacts"
        key = secrets.get(settings.key_env, place=place, remedy="Ask the store's administrator for an access key.")
        secret = secrets.get(settings.secret_env, place=place, remedy="It comes with the access key.")
        self.name, self.prefix = settings.bucket, f"{settings.prefix}/" if settings.prefix else ""
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=settings.endpoint or None,
            region_name=settings.region,
            aws_access_key_id=key.reveal(),
            aws_secret_access_key=secret.reveal(),
            config=Config(
                connect_timeout=min(10.0, settings.timeout_s),
                read_timeout=settings.timeout_s,
                retries={"total_max_attempts": 3, "mode": "standard"},
                s3={"addressing_style": "path" if settings.endpoint else "auto"},
                # Newer checksums are unknown to most stores that are not Amazon's; the hash is compared here anyway.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def __repr__(self) -> str:
        return f"Bucket({self.name})"

    def size(self, place: str) -> int | None:
        """Bytes of the file kept there, or None."""
        with self._told(gone=None) as answer:
            answer.append(self._client.head_object(Bucket=self.name, Key=self.prefix + place)["ContentLength"])
        return int(answer[0]) if answer else None

    def put(self, place: str, path: Path) -> None:
        """Keep a copy of the file. On the store's disks when this returns."""
        with self._told():
            self._client.upload_file(str(path), self.name, self.prefix + place)

    def get(self, place: str, path: Path) -> bool:
        """Write the file's bytes to `path`; False when there is none."""
        with self._told(gone=None) as answer:
            self._client.download_file(self.name, self.prefix + place, str(path))
            answer.append(True)
        return bool(answer)

    def find(self, prefix: str) -> list[str]:
        """Places that begin with `prefix`."""
        with self._told() as answer:
            answer.append(self._client.list_objects_v2(Bucket=self.name, Prefix=self.prefix + prefix, MaxKeys=10))
        return sorted(str(entry["Key"]).removeprefix(self.prefix) for entry in answer[0].get("Contents", []))

    def check(self) -> None:
        """Raises PublisherError unless the bucket is there and lets this key in."""
        with self._told():
            self._client.head_bucket(Bucket=self.name)

    @contextmanager
    def _told(self, gone: str | None = "") -> Iterator[list[Any]]:
        """Errors of boto3 in our words; with `gone=None` a missing file is no error."""
        from boto3.exceptions import Boto3Error  # noqa: PLC0415
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        answer: list[Any] = []
        try:
            yield answer
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if gone is None and code in _GONE:
                return
            missing = Words("it is not there", "không có kho này")
            reason = missing if code in _GONE else Words(f"it refuses ({code})", f"kho từ chối ({code})")
            raise PublisherError(_words(self.name, reason)) from error
        except (BotoCoreError, Boto3Error, OSError) as error:
            raise PublisherError(_words(self.name, Words("it does not answer", "kho không trả lời"))) from error


def _words(name: str, reason: Words) -> Words:
    return Words(
        f"artifacts: bucket {name}: {reason.en}. Look at `artifacts` in publisher.yaml and at the store's service.",
        f"Kho tệp {name}: {reason.vi}. Xem `artifacts` trong publisher.yaml và dịch vụ của kho.",
    )


def open_artifacts(folder: Path, settings: BucketSettings | None, secrets: Secrets) -> Artifacts:
    """The store of approved files: `folder` alone, or a bucket with `folder` for what this machine uses."""
    return Artifacts(folder) if settings is None else SharedArtifacts(folder, bucket=Bucket(settings, secrets))


@dataclass(frozen=True)
class SharedArtifacts(Artifacts):
    """Files by hash in a bucket; `root` keeps those that this machine has used."""

    bucket: Bucket = field(kw_only=True)

    def put(self, path: Path, *, expected: str | None = None) -> str:
        place = super().put(path, expected=expected)
        stored = self.root / place
        if self.bucket.size(place) != stored.stat().st_size:
            self.bucket.put(place, stored)
        return place

    def get(self, sha256: str) -> Path | None:
        found = super().get(sha256)
        if found is not None:
            return found
        for place in self.bucket.find(self.place(sha256)):
            self._fetch(self.root / place, sha256)
        return super().get(sha256)

    def verify(self, path: Path, sha256: str) -> str | None:
        """As in a folder, after the file was fetched where it is not here yet. Raises PublisherError out of reach."""
        self.bring(path, sha256)
        return super().verify(path, sha256)

    def bring(self, path: Path, sha256: str) -> None:
        if not path.is_file():
            self._fetch(path, sha256)

    def _fetch(self, path: Path, sha256: str) -> None:
        """Bring the file here; bytes with another hash than they are named by are not kept."""
        place = path.relative_to(self.root).as_posix()
        path.parent.mkdir(parents=True, exist_ok=True)
        fetched = path.with_name(f".{path.name}.fetched")
        try:
            if self.bucket.get(place, fetched) and hash_file(fetched) == sha256:
                with replacing(path) as temporary:
                    fetched.replace(temporary)
        finally:
            fetched.unlink(missing_ok=True)
