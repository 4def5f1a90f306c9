"""The figures of one way to slice the evaluation span, out of what evaluate wrote."""

import argparse
import json
import sys
from pathlib import Path


def of(judgement: dict, column: str) -> list[dict]:
    """The slices by a column. Raises LookupError if there are none."""
    found = [part for part in judgement["slices"] if part["column"] == column]
    if not found:
        raise LookupError(f"evaluate made no slices by '{column}', only by {', '.join(sorted({part['column'] for part in judgement['slices']}))}")
    return found


def gain(part: dict) -> float | None:
    """The model's AUC less the baseline's; None where there is nothing to tell apart."""
    model, baseline = part["model"]["auc"], part["baseline"]["auc"]
    return None if model is None or baseline is None else model - baseline


def least_gain(parts: list[dict]) -> float:
    return min((value for part in parts if (value := gain(part)) is not None), default=0.0)


def page(column: str, parts: list[dict]) -> str:
    rows = [f"| {part['value']} | {part['model']['rows']} | {figure(part['model']['auc'])} | {figure(gain(part))} |" for part in parts]
    return "\n".join([f"# By {column}", "", "| slice | strikes | AUC | gain |", "| --- | ---: | ---: | ---: |", *rows, ""])


def figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--column", required=True)
    for name in ("--metrics", "--page", "--least-gain"):
        parser.add_argument(name, required=True, type=Path)
    arguments = parser.parse_args()
    try:
        parts = of(json.loads(arguments.metrics.read_text(encoding="utf-8")), arguments.column)
    except LookupError as missing:
        print(f"slice: {missing}.", file=sys.stderr)
        return 1
    arguments.page.write_text(page(arguments.column, parts), encoding="utf-8")
    arguments.least_gain.write_text(repr(least_gain(parts)), encoding="utf-8")
    print(page(arguments.column, parts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
