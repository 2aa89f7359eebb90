"""A person who signs in by e-mail. What they may do stands beside what they do it in:
producers.ProducerPerson, producers.ClusterRole, distribution.CentreStaff, orders.FinanceRole."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager):
    use_in_migrations = True

    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """Never deleted: movements and history name it. Erasing clears the name and the e-mail."""

    email = models.EmailField(_("e-mail"), max_length=254, unique=True)
    name = models.CharField(_("imię i nazwisko"), max_length=120, blank=True)
    phone = models.CharField(_("telefon"), max_length=20, blank=True)
    is_active = models.BooleanField(_("aktywne"), default=True)
    is_staff = models.BooleanField(_("administrator danych"), default=False)
    joined_at = models.DateTimeField(_("od kiedy"), default=timezone.now)
    erased_at = models.DateTimeField(_("usunięte"), null=True, blank=True)

    objects = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("osoba")
        verbose_name_plural = _("osoby")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="accounts_user_email_once"),
        ]

    def __str__(self):
        return self.name or self.email

    @property
    def label(self):
        """How screens name the person: first name and initial, or the part before the @."""
        first, _space, last = self.name.partition(" ")
        return (
            f"{first} {last[:1]}.".strip(" .") + ("." if last else "") if first else self.email.split("@")[0]
        )
