"""The component `train`. In its image, kfp_config.ini says where it is; the pipeline imports it to wire it."""
import os

from kfp import dsl
from kfp.dsl import Dataset, Input, Model, Output


@dsl.component(base_image="python:3.11-slim", target_image=os.environ.get("IMAGE_TRAIN", "train"))
def train(data: Input[Dataset], penalty: float, model: Output[Model]) -> float:
    """Fits a line; returns the mean squared error."""
    import json

    from line import fit, loss    # beside this file: in the image, not in the pipeline

    with open(data.path) as file:
        points = [tuple(map(float, row.split(","))) for row in file]
    line = fit(points, penalty)
    with open(model.path, "w") as file:
        json.dump(line, file)
    model.metadata["penalty"] = penalty
    return loss(points, line)
