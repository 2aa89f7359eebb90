"""States of what producers keep, and the legal moves."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.states import Machine


class Publication(models.TextChoices):
    """Of a product and of an offer. WITHDRAWN is for good: what was sold keeps pointing to it."""

    DRAFT = "DRAFT", _("szkic")
    PUBLISHED = "PUBLISHED", _("w sprzedaży")
    HIDDEN = "HIDDEN", _("ukryte")
    WITHDRAWN = "WITHDRAWN", _("wycofane")


PUBLICATION = Machine(
    "publication",
    {
        Publication.DRAFT: (Publication.PUBLISHED, Publication.WITHDRAWN),
        Publication.PUBLISHED: (Publication.HIDDEN, Publication.WITHDRAWN),
        Publication.HIDDEN: (Publication.PUBLISHED, Publication.WITHDRAWN),
        Publication.WITHDRAWN: (),
    },
)
