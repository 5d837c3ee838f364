"""The audit of one score: doses taken for real, images needed, seconds."""


def test_a_score_that_ranks_nothing_is_listed_and_has_no_verdict(findings, written):
    describes = findings.metric("describes")
    assert (describes.band, describes.responses) == (None, {})
    assert "describes is not audited: ranks nothing" in (written / "README.md").read_text()
    assert "not audited: ranks nothing" in (written / "cards" / "describes.md").read_text()
    assert "\ndescribes," not in (written / "verdicts.csv").read_text()


def test_a_severe_dose_that_is_missed_after_a_mild_one_is_taken_for_real(findings, written):
    lapses = findings.metric("lapses_judge")
    assert lapses.taken_for_real() == [("faker", 1.0)]
    assert lapses.cannot_be_fooled
    assert findings.metric("sees_pca").taken_for_real() == []
    card = (written / "cards" / "lapses.md").read_text()
    assert "catches: faker from dose 0.1 (but not 1)" in card
    assert "takes for real, although it detects a milder dose: faker 1" in card
    assert "cannot be fooled by this definition: its best possible value has z = 0" in card
    assert "lapses_judge†" in (written / "README.md").read_text()


def test_the_number_of_images_from_which_on_all_is_detected(findings):
    sees_pca = findings.metric("sees_pca")
    assert sees_pca.detected_by_n == ((25, ()), (50, ("faker",)), (100, ("faker",)), (200, ("faker",)))
    assert sees_pca.min_n == 50
    assert findings.metric("sees_judge").min_n == 25
    assert findings.metric("breaks").min_n is None


def test_sizes_and_costs(findings):
    metric = findings.metric("sees_pca")
    assert [n for n, _, _ in metric.moments_by_n] == [25, 50, 100, 200]
    assert metric.stable_n == 25
    assert (metric.metric_seconds, sum(metric.shared_seconds.values())) == (0.25, 2.0)
    copies = findings.metric("copies")
    assert copies.shared_seconds == {"inputs/samples/judge": 2.0, "inputs/copying/none": 4.0}
