import factory

from marketplace.accounts.models import User


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"osoba{n}@example.pl")
    name = factory.Sequence(lambda n: f"Anna Nowak{n}")
