import unittest

from page import render, table


class PageTest(unittest.TestCase):
    def test_the_page_has_the_title_and_the_rows_of_both_spans(self):
        page = render("Damage model", 8278, 1722)

        self.assertTrue(page.startswith("# Damage model\n"))
        self.assertIn("| training | 8278 |", page)
        self.assertIn("| evaluation | 1722 |", page)

    def test_a_bar_in_a_cell_does_not_end_the_cell(self):
        self.assertEqual("| a\\|b | 1 |", table(["x", "y"], [["a|b", 1]])[2])
