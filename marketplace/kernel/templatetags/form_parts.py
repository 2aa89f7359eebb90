"""What `<c-field>` needs to know about a bound field."""

from django import template
from django.forms.widgets import CheckboxInput, CheckboxSelectMultiple, RadioSelect

register = template.Library()


@register.filter
def kind(field):
    """'choices' (radio buttons, checkboxes), 'checkbox', or 'control' for everything on one line."""
    widget = field.field.widget
    if isinstance(widget, (RadioSelect, CheckboxSelectMultiple)):
        return "choices"
    return "checkbox" if isinstance(widget, CheckboxInput) else "control"


@register.simple_tag
def control(field, hint="", **attributes):
    """The widget with the attributes that are not empty, described by `<id>_helptext`, `<id>_error`; a field that
    must be filled carries what to say when it is left empty (`data-missing`) or misspelt (`data-wrong`)."""
    given = {name.replace("_", "-"): value for name, value in attributes.items() if value}
    described_by = []
    if hint or field.help_text:
        described_by.append(f"{field.auto_id}_helptext")
    is_told_when_left = field.field.required and kind(field) == "control"
    if field.errors or is_told_when_left:
        described_by.append(f"{field.auto_id}_error")
    if is_told_when_left:
        said = field.field.error_messages
        given |= {"data-missing": said["required"], "data-wrong": said.get("invalid", said["required"])}
    if described_by:
        given["aria-describedby"] = " ".join(described_by)
    return field.as_widget(attrs=given)
