"""Lists over tables that only grow."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

FURTHEST = 10_000


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than ten thousand rows; who looks for older ones narrows the list down."""

    object_list: "QuerySet[Any]"

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[:FURTHEST].count()
