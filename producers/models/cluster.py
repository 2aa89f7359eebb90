from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from producers.models.geography import Voivodeship
from producers.models.producer import Producer


class Cluster(models.Model):
    """The national association, or a regional one that belongs to it."""

    slug = models.SlugField(_("adres strony"), max_length=60, unique=True)
    name = models.CharField(_("nazwa"), max_length=120)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="regional", verbose_name=_("należy do")
    )
    voivodeship = models.ForeignKey(
        Voivodeship,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="clusters",
        verbose_name=_("województwo"),
    )
    about = models.TextField(_("opis"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    sort_key = models.CharField(max_length=360)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.F("parent"),
                condition=Q(parent=None),
                nulls_distinct=False,
                name="producers_cluster_one_root",
            )
        ]
        ordering = ["sort_key"]
        verbose_name = _("klaster")
        verbose_name_plural = _("klastry")

    def __str__(self):
        return self.name


class Member(models.Model):
    """A party to a cluster's agreement; a producer is linked to its storefront."""

    class Kind(models.TextChoices):
        PRODUCER = "PRODUCER", _("producent")
        SERVICE = "SERVICE", _("usługodawca")
        SCIENCE = "SCIENCE", _("nauka")
        SCHOOL = "SCHOOL", _("szkoła")
        AUTHORITY = "AUTHORITY", _("samorząd")
        SUPPORT = "SUPPORT", _("instytucja otoczenia")

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="members", verbose_name=_("klaster"))
    kind = models.CharField(_("rodzaj"), max_length=9, choices=Kind)
    name = models.CharField(_("nazwa"), max_length=160)
    producer = models.ForeignKey(
        Producer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("producent"),
    )
    joined_on = models.DateField(_("od"))
    left_on = models.DateField(_("do"), null=True, blank=True)
    sort_key = models.CharField(max_length=480)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cluster", "producer"],
                condition=Q(producer__isnull=False, left_on=None),
                name="producers_member_producer_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="PRODUCER") | Q(producer=None), name="producers_member_kind_fits"
            ),
        ]
        ordering = ["sort_key"]
        verbose_name = _("członek")
        verbose_name_plural = _("członkowie")

    def __str__(self):
        return self.name


class ClusterRole(models.Model):
    """Who coordinates a cluster."""

    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="roles", verbose_name=_("klaster"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="cluster_roles", verbose_name=_("osoba")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cluster", "user"], name="producers_cluster_role_once")
        ]
        verbose_name = _("koordynator klastra")
        verbose_name_plural = _("koordynatorzy klastra")

    def __str__(self):
        return f"{self.user} – {self.cluster}"
