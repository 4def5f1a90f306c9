import unittest

from sections import sections

VALIDATION = {"rows": {"training": 8278, "evaluation": 1722}, "anomalies": [], "skew": []}
SETTINGS = {"trees": 40, "leaves": 4, "learningRate": 0.1, "minimumStrikesPerLeaf": 10}
SEARCH = {"validationRows": 1656, "trials": [{"settings": SETTINGS, "auc": 0.78}, {"settings": {**SETTINGS, "trees": 200}, "auc": 0.8}]}
MODEL = {"rows": 1722, "damaged": 158, "auc": 0.7955, "logLoss": 0.2599, "top20Recall": 0.576}
BASELINE = {"rows": 1722, "damaged": 158, "auc": 0.7393, "logLoss": 0.2719, "top20Recall": 0.519}
SLICE = {"column": "phase", "value": "Taxi", "model": {**MODEL, "auc": None, "damaged": 0}, "baseline": {**BASELINE, "auc": None}}
BLESSED = {"blessed": True, "reasons": [], "overall": MODEL, "baseline": BASELINE, "slices": [SLICE]}


class SectionsTest(unittest.TestCase):
    def test_a_blessed_model_is_named_by_its_version(self):
        self.assertEqual(["Blessed, registered as version 4b9d."], page(BLESSED, version="4b9d")[0].lines)

    def test_a_model_that_is_not_blessed_comes_with_every_reason(self):
        refused = {**BLESSED, "blessed": False, "reasons": ["too low", "worse at night"]}
        self.assertEqual(["Not blessed, so not registered.", "too low", "worse at night"], page(refused)[0].lines)

    def test_the_model_stands_beside_the_baseline(self):
        self.assertIn(["AUC", "0.7955", "0.7393"], page(BLESSED)[1].table.rows)

    def test_a_slice_without_damage_has_a_dash_for_AUC(self):
        self.assertEqual([["phase = Taxi", 1722, 0, "–", "–"]], page(BLESSED)[2].table.rows)

    def test_the_best_trial_comes_first(self):
        self.assertEqual(["0.8000", "0.7800"], [row[1] for row in page(BLESSED)[3].table.rows])

    def test_anomalies_are_told_with_span_and_column(self):
        anomaly = {"span": "evaluation", "feature": "Time of day", "message": "odd"}
        data = sections("t", {**VALIDATION, "anomalies": [anomaly]}, SEARCH, BLESSED, "")[4]
        self.assertEqual(["evaluation, Time of day: odd"], data.lines)

    def test_an_input_of_another_kind_is_refused(self):
        with self.assertRaises(KeyError):
            page({"blessed": True})


def page(judgement, version=""):
    return sections("Damage model", VALIDATION, SEARCH, judgement, version)
