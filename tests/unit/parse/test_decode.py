from __future__ import annotations

import codecs

import pytest

from aggregator.parse.decode import decode

WORDS = "<rss><title>Zürich, Genève</title></rss>"


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        (b"", "utf-16-le"),
        (b"", "utf-16-be"),
        (b"", "utf-32-be"),
    ],
)
def test_byte_order_marks_and_wide_encodings_are_seen_in_the_first_bytes(mark: bytes, encoding: str) -> None:
    decoded = decode(mark + WORDS.encode(encoding), "iso-8859-1")
    assert decoded.body.decode() == WORDS
    assert decoded.problem is None


def test_what_is_valid_utf8_is_utf8_whatever_the_labels_say() -> None:
    document = "<?xml version='1.0' encoding='iso-8859-1'?>" + WORDS
    assert decode(document.encode(), "us-ascii").body.decode() == document


def test_the_http_charset_goes_before_the_declaration() -> None:
    document = "<?xml version='1.0' encoding='utf-8'?><t>Привет</t>"
    assert decode(document.encode("windows-1251"), "windows-1251").body.decode() == document


def test_the_declaration_is_believed_without_a_charset() -> None:
    document = "<?xml version='1.0' encoding='windows-1251'?><t>Привет</t>"
    assert decode(document.encode("windows-1251")).body.decode() == document


def test_latin_1_means_windows_1252() -> None:
    assert decode("<t>„ä“ 5 €</t>".encode("windows-1252"), "iso-8859-1").body.decode() == "<t>„ä“ 5 €</t>"


def test_an_unknown_charset_is_passed_over() -> None:
    assert decode("<?xml version='1.0' encoding='iso-8859-1'?><t>ä</t>".encode("latin-1"), "x-nonsense").body.endswith(
        "<t>ä</t>".encode()
    )


def test_seven_bit_encodings_are_not_mistaken_for_utf8() -> None:
    document = "<?xml version='1.0' encoding='iso-2022-jp'?><t>日本</t>"
    assert decode(document.encode("iso-2022-jp")).body.decode() == document


def test_a_few_bad_bytes_in_utf8_cost_only_themselves_and_are_a_problem() -> None:
    decoded = decode(("<t>" + "Zürich " * 50).encode() + b"\xff</t>", "utf-8")
    assert "Zürich Zürich" in decoded.body.decode()
    assert decoded.problem == "bytes that are not utf-8; read as utf-8"


def test_latin_1_without_a_label_is_read_as_windows_1252_and_is_a_problem() -> None:
    decoded = decode("<t>Zürich</t>".encode("latin-1"))
    assert decoded.body.decode() == "<t>Zürich</t>"
    assert decoded.problem == "bytes that are not utf-8; read as windows-1252"


def test_white_space_before_the_declaration_is_taken_off_and_is_a_problem() -> None:
    decoded = decode(b"\n\n<?xml version='1.0'?><t/>")
    assert decoded.body.startswith(b"<?xml")
    assert decoded.problem == "white space before the XML declaration"
