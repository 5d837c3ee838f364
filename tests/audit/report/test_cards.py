"""Cards: one for each score, escaped, under a safe name."""

from support.audit_records import audit_record, described

from aezoo.audit.report import read_audit, write_audit, write_record
from aezoo.audit.report.cards import file_name


def test_every_score_has_a_card_and_the_readme_names_it(written):
    cards = {path.name for path in (written / "cards").iterdir()}
    assert cards == {
        *("sees.md", "fooled.md", "constant.md", "missing.md", "breaks.md", "copies.md"),
        *("shifted.md", "lapses.md", "twin.md", "describes.md"),
    }
    readme = (written / "README.md").read_text()
    assert all(f"cards/{name}" in readme for name in cards)
    fooled = (written / "cards" / "fooled.md").read_text()
    assert "fooled by: faker 1" in fooled
    assert "blind to, at the default dose: train-copier, odd" in fooled


def test_what_others_wrote_is_escaped(written):
    card = (written / "cards" / "breaks.md").read_text()
    assert "odd \\| &lt;b&gt;" in card
    assert "<b>" not in card
    assert "share \\| of" in card


def test_a_name_that_cannot_name_a_file_becomes_a_hash():
    assert file_name("fd") == "fd"
    for name in ("../evil", "a/b", "", "dot."):
        assert file_name(name).startswith("metric-")


def test_a_metric_that_could_never_detect_says_so(tmp_path):
    record = audit_record()
    bounded = described("fooled", better="higher", range=[0.46, 1.0])
    record["scores"] = [bounded if score["name"] == "fooled" else score for score in record["scores"]]
    write_record(record, tmp_path)
    write_audit(read_audit(tmp_path), tmp_path)
    assert "cannot detect anything" in (tmp_path / "cards" / "fooled.md").read_text()
