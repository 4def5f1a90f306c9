"""Writes one page about a training run, for people, out of what the components before it measured."""

import argparse
from pathlib import Path

from page import render


def main() -> None:
    arguments = parse_arguments()
    page = render(arguments.title, arguments.training_rows, arguments.evaluation_rows)
    arguments.summary.parent.mkdir(parents=True, exist_ok=True)
    arguments.summary.write_text(page, encoding="utf-8")
    print(page)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--title", required=True)
    parser.add_argument("--training-rows", required=True, type=int)
    parser.add_argument("--evaluation-rows", required=True, type=int)
    parser.add_argument("--summary", required=True, type=Path, help="Markdown file to write")
    return parser.parse_args()


if __name__ == "__main__":
    main()
