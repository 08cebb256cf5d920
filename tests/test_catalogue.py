import pytest

from assistant.catalogue import Catalogue


def test_both_languages_have_the_same_keys_and_placeholders():
    swedish, english = Catalogue.load("sv"), Catalogue.load("en")
    assert set(swedish.texts) == set(english.texts)
    for key in swedish.texts:
        assert swedish.placeholders(key) == english.placeholders(key), key


def test_placeholders_are_filled_once():
    text = Catalogue.load("sv").text("ui.panel.page_labelled", {"page": "{label}", "label": "11"})
    assert text == "s. 11 (fil {label})"


def test_unknown_keys_and_missing_values_are_errors():
    catalogue = Catalogue.load("sv")
    with pytest.raises(KeyError):
        catalogue.text("ui.no_such_text")
    with pytest.raises(KeyError):
        catalogue.text("ui.panel.page")


def test_no_text_is_empty():
    for language in ("sv", "en"):
        assert all(text.strip() for text in Catalogue.load(language).texts.values())
