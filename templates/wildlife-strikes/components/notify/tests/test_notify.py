import unittest

from notify import sentence


class SentenceTest(unittest.TestCase):
    def test_success_is_said(self):
        self.assertEqual("Run 7 succeeded.", sentence("Run 7", {"state": "SUCCEEDED"}))

    def test_a_failure_is_said_with_its_reason(self):
        self.assertEqual("Run 7 failed: train ended with 1.", sentence("Run 7", {"state": "FAILED", "error": {"message": "train ended with 1"}}))

    def test_any_other_state_is_named(self):
        self.assertEqual("Run 7 ended as UNSCHEDULABLE.", sentence("Run 7", {"state": "UNSCHEDULABLE"}))
