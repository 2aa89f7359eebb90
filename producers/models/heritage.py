from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from producers.models.category import Category
from producers.models.geography import Voivodeship


class HeritageEntry(models.Model):
    """A row of a public register: the ministry's list of traditional products, or an EU-protected name.

    A listing says the product has a tradition; it gives no exclusive right and controls nothing. An EU name
    may be used only by producers with a valid certificate (Reg. (EU) 2024/1143).
    """

    class Register(models.TextChoices):
        LPT = "LPT", _("Lista Produktów Tradycyjnych")
        PDO = "PDO", _("Chroniona Nazwa Pochodzenia")
        PGI = "PGI", _("Chronione Oznaczenie Geograficzne")
        TSG = "TSG", _("Gwarantowana Tradycyjna Specjalność")
        SPIRIT = "GI", _("Oznaczenie geograficzne napoju spirytusowego")

    register = models.CharField(max_length=3, choices=Register)
    source_key = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=220, unique=True)
    category = models.ForeignKey(Category, models.PROTECT, related_name="heritage")
    voivodeships = models.ManyToManyField(Voivodeship, related_name="heritage")
    entered_on = models.DateField(null=True)
    year = models.PositiveSmallIntegerField()
    year_is_sure = models.BooleanField(default=True)
    source = models.CharField(max_length=240)
    note = models.TextField(blank=True)
    search_text = models.TextField()
    sort_key = models.CharField(max_length=600)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register", "source_key"], name="producers_heritage_entry_once")
        ]
        indexes = [
            GinIndex(fields=["search_text"], name="producers_heritage_search", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["sort_key", "id"], name="producers_heritage_order"),
        ]
        verbose_name = _("wpis dziedzictwa")
        verbose_name_plural = _("wpisy dziedzictwa")

    def __str__(self):
        return self.name

    @property
    def is_protected_name(self):
        return self.register != self.Register.LPT
