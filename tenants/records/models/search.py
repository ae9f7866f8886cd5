"""What the search box looks through, the words it can correct to, and what people looked for.

Written and read by `records.search` alone.
"""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from tenants.kernel.models import Row
from tenants.records.enums import SearchDoor


class Lexemes(models.Func):
    """An entry's words and its type as a tsvector, computed in the index and kept nowhere else."""

    template = "array_to_tsvector(string_to_array(%(expressions)s, ' '))"
    arg_joiner = " || '#' || "

    def __init__(self, **extra: Any) -> None:
        super().__init__(models.F("haystack"), models.F("record_type"), output_field=models.TextField(), **extra)


class SearchEntry(models.Model):
    """A record as the search sees it.

    `haystack` is "=whole_title | title | words | e-mail | digits ", all folded, ending
    in a space. `grams` are the hashed three-letter
    pieces of the words, for what stands in the middle of one.
    """

    pk = models.CompositePrimaryKey("record_type", "record_id")
    record_type = models.CharField(max_length=40)
    record_id = models.UUIDField()
    title = models.CharField(max_length=200)
    subtitle = models.CharField(max_length=200)
    haystack = models.TextField()
    grams = ArrayField(models.SmallIntegerField())

    class Meta:
        indexes = [
            # A short list of the latest writes keeps both sides quick: it is read along by every search.
            GinIndex(Lexemes(), models.F("grams"), name="search_entry_all", gin_pending_list_limit=256)
        ]

    def __str__(self) -> str:
        return self.title


class SearchWord(models.Model):
    """A word of the company's records that a typo may be corrected to.

    `misspelt` holds the hashes of the word with a letter or two left out.
    """

    word = models.CharField(max_length=40, primary_key=True)
    misspelt = ArrayField(models.IntegerField())

    class Meta:
        indexes = [GinIndex(fields=("misspelt",), name="search_word_misspelt", gin_pending_list_limit=256)]

    def __str__(self) -> str:
        return self.word


class SearchLog(Row):
    """A search that somebody finished: what for, what it found, what was opened."""

    user = models.ForeignKey("identity.User", models.CASCADE, null=True, related_name="+", db_index=False)
    text = models.CharField(max_length=100)
    folded = models.CharField(max_length=100)
    found = models.PositiveIntegerField()
    door = models.CharField(max_length=8, choices=SearchDoor)
    picked_type = models.CharField(max_length=40, blank=True)
    picked_id = models.UUIDField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index("user", "id", name="search_log_of_user"),
            models.Index("created_at", name="search_log_by_age"),
        ]

    def __str__(self) -> str:
        return self.text
