"""S3: objects under ``s3://BUCKET/KEY``; settings say at which endpoint a bucket is."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from web.languages import N_
from web.targets.base import Instance, Offer, Target, Use
from web.targets.files import fetched_by, in_connection, named, quoted

KEYS = N_(
    "nothing where the bucket is open; else a key in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, with "
    "«--no-sign-request» left out (aws) and «env_auth=true» added (rclone)"
)


def offers(use: Use) -> Iterator[Offer]:
    """A command of each tool for every object, at the endpoint of its bucket."""
    for file, name in named(fetched_by(use.record, "s3")):
        parts = urlsplit(file.url)
        bucket, key = parts.netloc, file.url.partition("://")[2].partition("/")[2]
        if not bucket or not key:
            continue
        name, instance = quoted(name), _instance(use, bucket)
        region = instance.options.get("region") if instance else None
        endpoint = f" --endpoint-url {quoted(instance.url)}" if instance else ""
        place = f" --region {quoted(region)}" if region else ""
        yield Offer(
            label="aws",
            command=f"aws s3 cp --no-sign-request{endpoint}{place} {quoted(file.url)} {name}",
            needs=KEYS,
            of=file,
        )
        provider = "Other" if instance else "AWS"
        where = f",endpoint={quoted(in_connection(instance.url))}" if instance else ""
        yield Offer(
            label="rclone",
            command=f"rclone copyto :s3,provider={provider}{where}:{quoted(f'{bucket}/{key}')} {name}",
            needs=KEYS,
            of=file,
        )


def _instance(use: Use, bucket: str) -> Instance | None:
    """The endpoint whose option ``buckets`` names this one, else the first that names none."""
    named = [one for one in use.instances if bucket in one.options.get("buckets", "").split()]
    return next(iter(named or [one for one in use.instances if not one.options.get("buckets")]), None)


TARGET = Target(name="s3", title="S3", kind="fetch", rank=30, offers=offers)
