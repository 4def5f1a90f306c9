"""Judges a line by the points: metrics as a JSON map, and a page for people."""
import argparse
import json


def judge(points, line):
    """{'mean_error': …, 'largest_error': …} for [(x, y), …] and {'slope': …, 'offset': …}."""
    errors = [abs(line["slope"] * x + line["offset"] - y) for x, y in points]
    return {"mean_error": sum(errors) / len(errors), "largest_error": max(errors)}


def main():
    parser = argparse.ArgumentParser()
    for name in ("data", "model", "metrics", "report"):
        parser.add_argument(f"--{name}", required=True)
    paths = parser.parse_args()
    with open(paths.data) as file:
        points = [tuple(map(float, row.split(","))) for row in file]
    with open(paths.model) as file:
        metrics = judge(points, json.load(file))
    with open(paths.metrics, "w") as file:
        json.dump(metrics, file)
    with open(paths.report, "w") as file:
        file.writelines(["# Evaluation\n\n", *(f"- {name}: {value:.4f}\n" for name, value in metrics.items())])


if __name__ == "__main__":
    main()
