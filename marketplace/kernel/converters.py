"""Address parts: ids that fit a bigint, so that no number in an address can break a query."""

from django.urls import register_converter


class BigInt:
    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(BigInt, "bigint")
