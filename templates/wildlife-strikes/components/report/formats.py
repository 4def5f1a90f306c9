"""The page's sections as Markdown and as HTML."""

import re
from html import escape

from sections import Section, Table

STYLE = "body{font:15px/1.5 system-ui;margin:2em auto;max-width:50em}td,th{padding:.2em .8em;text-align:right}td:first-child,th:first-child{text-align:left}"


def markdown(page: list[Section]) -> str:
    blocks = []
    for i, section in enumerate(page):
        blocks.append(f"{'#' if i == 0 else '##'} {plain(section.title)}")
        blocks += [plain(line) for line in section.lines]
        if section.table:
            blocks.append(markdown_table(section.table))
    return "\n\n".join(blocks) + "\n"


def markdown_table(table: Table) -> str:
    rule = ["---"] + ["---:"] * (len(table.head) - 1)
    return "\n".join("| " + " | ".join(plain(str(cell)) for cell in row) + " |" for row in [table.head, rule, *table.rows])


def plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    return re.sub(r"([\\`*_|<>\[\]])", r"\\\1", text)


def html(page: list[Section]) -> str:
    body = "".join(html_section(section, 1 if i == 0 else 2) for i, section in enumerate(page))
    return f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{escape(page[0].title)}</title><style>{STYLE}</style>\n{body}</html>\n'


def html_section(section: Section, level: int) -> str:
    lines = "".join(f"<p>{escape(line)}</p>\n" for line in section.lines)
    return f"<h{level}>{escape(section.title)}</h{level}>\n{lines}{html_table(section.table) if section.table else ''}"


def html_table(table: Table) -> str:
    return f"<table>\n{html_row('th', table.head)}{''.join(html_row('td', row) for row in table.rows)}</table>\n"


def html_row(tag: str, cells: list[object]) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(str(cell))}</{tag}>" for cell in cells) + "</tr>\n"
