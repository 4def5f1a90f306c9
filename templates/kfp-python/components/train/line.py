"""A line through points, by least squares with a penalty on its slope."""


def fit(points, penalty=0.0):
    """{'slope': …, 'offset': …} for [(x, y), …]."""
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    across = sum((x - mean_x) * (y - mean_y) for x, y in points)
    slope = across / (sum((x - mean_x) ** 2 for x, _ in points) + penalty)
    return {"slope": slope, "offset": mean_y - slope * mean_x}


def loss(points, line):
    """The mean squared error."""
    return sum((line["slope"] * x + line["offset"] - y) ** 2 for x, y in points) / len(points)
