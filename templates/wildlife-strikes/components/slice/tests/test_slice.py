import unittest

import slice


def part(value, model, baseline, column="size"):
    return {"column": column, "value": value, "model": {"rows": 10, "auc": model}, "baseline": {"auc": baseline}}


JUDGEMENT = {"slices": [part("Small", 0.8, 0.7), part("Large", 0.75, 0.74), part("Medium", None, None), part("Taxi", 0.6, 0.7, "phase")]}


class SliceTest(unittest.TestCase):
    def test_only_the_slices_of_the_column_are_shown(self):
        text = slice.page("size", slice.of(JUDGEMENT, "size"))

        self.assertIn("| Small | 10 | 0.8000 | 0.1000 |", text)
        self.assertIn("| Medium | 10 | – | – |", text)
        self.assertNotIn("Taxi", text)

    def test_the_least_gain_is_of_slices_in_which_there_is_something_to_measure(self):
        self.assertAlmostEqual(0.01, slice.least_gain(slice.of(JUDGEMENT, "size")))

    def test_a_column_without_slices_is_named_with_those_that_have(self):
        with self.assertRaisesRegex(LookupError, "by 'speed', only by phase, size"):
            slice.of(JUDGEMENT, "speed")
