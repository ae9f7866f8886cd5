"""Controls for what the browser has none for. Their looks are in templates/components/_control.html."""

from typing import Any

from django import forms

from tenants.records.fields.shapes import ADDRESS_PARTS, PLACE_PARTS


class Picker(forms.Widget):
    """Another row, found by typing. `shown` names the one chosen; `url` gives more; `create_url` makes one."""

    control_kind = "picker"

    def __init__(self, *, url: str, shown: str = "", create_url: str = "") -> None:
        super().__init__()
        self.url, self.shown, self.create_url = url, shown, create_url


class TagBox(forms.SelectMultiple):
    """Words, each a small label; `url` suggests known ones."""

    control_kind = "tags"

    def __init__(self, *, url: str = "") -> None:
        super().__init__()
        self.url = url


class RichBox(forms.Textarea):
    """A text with bold, lists and links."""

    control_kind = "rich"


class AddressBox(forms.Widget):
    """The parts of an address, each an input called `<name>.<part>`."""

    control_kind = "address"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return {part: data.get(f"{name}.{part}", "") for part in (*ADDRESS_PARTS, *PLACE_PARTS)}


class SecretBox(forms.PasswordInput):
    """A confidential text: starts empty. `is_set` says that a value is kept, which a box `<name>.clear` empties."""

    control_kind = "secret"

    def __init__(self, *, is_set: bool = False) -> None:
        super().__init__({"autocomplete": "new-password", "spellcheck": "false"})
        self.is_set = is_set


class FileBox(forms.Widget):
    """A file kept by the house: sent to `url` at once, its id is the value. `shown` is its name."""

    control_kind = "kept-file"

    def __init__(self, *, url: str, shown: str = "", open_url: str = "") -> None:
        super().__init__()
        self.url, self.shown, self.open_url = url, shown, open_url
