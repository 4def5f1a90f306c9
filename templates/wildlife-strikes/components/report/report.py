"""Writes one page about a training run, for people, out of what the components before it wrote."""

import argparse
import json
import sys
from pathlib import Path

import formats
from sections import sections


def main() -> int:
    arguments = parse_arguments()
    try:
        page = sections(
            arguments.title,
            json.loads(arguments.validation.read_text(encoding="utf-8")),
            json.loads(arguments.search.read_text(encoding="utf-8")),
            json.loads(arguments.metrics.read_text(encoding="utf-8")),
            arguments.version,
        )
    except KeyError as missing:
        print(f"report: the inputs have no {missing}; they must be what validate, train and evaluate write.", file=sys.stderr)
        return 1
    write(arguments.summary, formats.markdown(page))
    write(arguments.page, formats.html(page))
    print(formats.markdown(page))
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--title", required=True)
    parser.add_argument("--validation", required=True, type=Path, help="validate's report, JSON")
    parser.add_argument("--search", required=True, type=Path, help="train's metrics, JSON")
    parser.add_argument("--metrics", required=True, type=Path, help="evaluate's metrics, JSON")
    parser.add_argument("--version", default="", help="the registered version; empty if there is none")
    parser.add_argument("--summary", required=True, type=Path, help="Markdown file to write")
    parser.add_argument("--page", required=True, type=Path, help="HTML file to write")
    return parser.parse_args()


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
