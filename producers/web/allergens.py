"""Allergens of a product: known words are marked already, a person confirms, adds and says what may be there."""

from django import forms
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import refused
from producers.models import Allergen
from producers.operations import products
from producers.policies import marking
from producers.policies.ingredients import parts
from producers.web.door import at_desk, own_product, page


class AllergensForm(forms.Form):
    """`found` keeps or drops marks; `words_<allergen>` marks more; `may_contain` is said apart from the list."""

    found = forms.MultipleChoiceField(
        label=gettext_lazy("Znalezione w składzie"), required=False, widget=forms.CheckboxSelectMultiple
    )
    may_contain = forms.MultipleChoiceField(
        label=gettext_lazy("Może zawierać ślady"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Tylko to, czego nie ma w składzie, a może trafić z linii lub kuchni."),
    )

    def __init__(self, product, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.product, self.allergens = product, list(Allergen.objects.all())
        names = {one.key: str(one) for one in self.allergens}
        marked = marking.marked(product.ingredients)
        self.candidates = [*marked, *marking.suggest(product.ingredients)]
        self.fields["found"].choices = [
            (str(n), f"{one.words} – {names.get(one.allergen, one.allergen)}")
            for n, one in enumerate(self.candidates)
        ]
        self.initial["found"] = [str(n) for n in range(len(marked))]
        self.fields["may_contain"].choices = list(names.items())
        self.initial["may_contain"] = product.may_contain
        for one in self.allergens:
            self.fields[f"words_{one.key}"] = forms.CharField(
                label=str(one), required=False, max_length=200, help_text=one.examples
            )

    def clean(self):
        values = super().clean()
        text = f" {marking.bare(self.product.ingredients).lower()} "
        for one in self.allergens:
            for word in _words(values.get(f"words_{one.key}", "")):
                if marking.mark(text, {one.key: [word]}) == text:
                    self.add_error(f"words_{one.key}", _("W składzie nie ma słów „%s”.") % word)
        return values

    def marked_text(self) -> str:
        """The list with the confirmed marks. What was typed for an allergen comes before what was found."""
        chosen: dict[str, list[str]] = {}
        for one in self.allergens:
            chosen.setdefault(one.key, []).extend(_words(self.cleaned_data[f"words_{one.key}"]))
        typed = {word.lower() for words in chosen.values() for word in words}
        for n in self.cleaned_data["found"]:
            one = self.candidates[int(n)]
            if one.words.lower() not in typed:
                chosen.setdefault(one.allergen, []).append(one.words)
        return marking.mark(marking.bare(self.product.ingredients), chosen)

    @property
    def words(self):
        return [self[f"words_{one.key}"] for one in self.allergens]

    @property
    def opens_words(self):
        return any(field.errors for field in self.words)


def _words(typed):
    return [word.strip() for word in typed.split(",") if word.strip()]


@at_desk
def allergens(request, producer, pk):
    row = own_product(producer, pk)
    form = AllergensForm(row, request.POST if request.method == "POST" else None)
    back = reverse("desk:product", args=[producer.slug, row.pk])
    if request.method == "POST" and form.is_valid():
        fields = {"ingredients": form.marked_text(), "may_contain": form.cleaned_data["may_contain"]}
        try:
            products.change(product=row, fields=fields, by=request.user, at=timezone.now())
        except DomainError as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Alergeny zapisane."))
            return redirect(back)
    return page(
        request,
        producer,
        "producers/desk/allergens",
        crumbs=[
            (_("Produkty"), reverse("desk:products", args=[producer.slug])),
            (row.name, back),
            (_("Alergeny"), ""),
        ],
        form=form,
        product=row,
        ingredients=parts(row.ingredients),
    )
