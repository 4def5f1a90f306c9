"""The page's text, as Markdown."""


def render(title: str, training_rows: int, evaluation_rows: int) -> str:
    return "\n".join([f"# {title}", "", *table(["span", "strikes"], [["training", training_rows], ["evaluation", evaluation_rows]]), ""])


def table(head: list[str], rows: list[list[object]]) -> list[str]:
    """A Markdown table; the first column is text, the others are numbers."""
    rule = ["---"] + ["---:"] * (len(head) - 1)
    return [line(head), line(rule), *(line(row) for row in rows)]


def line(cells: list[object]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"
