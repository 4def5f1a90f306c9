import unittest
from html.parser import HTMLParser

import formats
from sections import Section, Table

PAGE = [Section("A & <b>", ["x | y"]), Section("Two", table=Table(["name", "n"], [["a|b", 1], ["<i>", 2]]))]


class FormatsTest(unittest.TestCase):
    def test_markdown_has_a_heading_a_section_and_rows_of_one_width(self):
        text = formats.markdown(PAGE)

        self.assertTrue(text.startswith("# A & \\<b\\>\n\nx \\| y\n\n## Two\n\n| name | n |\n| --- | ---: |\n"), text)
        self.assertIn("| a\\|b | 1 |", text)

    def test_html_is_closed_properly_and_nothing_in_it_comes_from_the_data(self):
        tags = Tags()
        tags.feed(formats.html(PAGE))

        self.assertEqual([], [tag for tag in tags.open if tag not in ("html", "meta")])
        self.assertNotIn("b", tags.seen)
        self.assertNotIn("i", tags.seen)
        self.assertEqual(6, tags.seen.count("th") + tags.seen.count("td"))


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen = [], []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.seen.append(tag)

    def handle_endtag(self, tag):
        self.open.remove(tag)
