"""make_data ─┬─► train, once for each penalty ─► choose ─► if it is good enough: train again ─► evaluate
             └────────────────────────────────────────────►
Whatever happens, notify runs last.
"""
import os
from typing import List, NamedTuple

from kfp import dsl
from kfp.dsl import Dataset, Input, Markdown, Metrics, Model, Output

from components.train.train import train    # a containerised Python component: its code is in the image

# mlops gives the images that it has just pushed, by digest. Compiled by hand, the names stand for themselves.
TRAIN_IMAGE = os.environ.get("IMAGE_TRAIN", "train")
EVALUATE_IMAGE = os.environ.get("IMAGE_EVALUATE", "evaluate")


# Lightweight Python components: the code is in the pipeline. The image has the KFP SDK already, so that nothing is
# installed when they start.
@dsl.component(base_image=TRAIN_IMAGE, install_kfp_package=False)
def make_data(rows: int, data: Output[Dataset]):
    """Makes points beside the line y = 3x + 1."""
    import random

    random.seed(7)
    with open(data.path, "w") as file:
        for row in range(rows):
            x = row / rows
            file.write(f"{x:.4f},{3 * x + 1 + random.uniform(-0.1, 0.1):.4f}\n")


@dsl.component(base_image=TRAIN_IMAGE, install_kfp_package=False)
def choose(penalties: List[float], losses: List[float]) -> NamedTuple("Choice", [("penalty", float), ("loss", float)]):
    """The penalty with the least loss."""
    loss, penalty = min(zip(losses, penalties))
    return (penalty, loss)


@dsl.component(base_image=TRAIN_IMAGE, install_kfp_package=False)
def notify(message: str, status: dsl.PipelineTaskFinalStatus):
    """The place to call a chat's web hook."""
    print(f"{message}: {status.state} {status.error_message or ''}")


# A container component: any image and command.
@dsl.container_component
def evaluate(data: Input[Dataset], model: Input[Model], metrics: Output[Metrics], report: Output[Markdown]):
    return dsl.ContainerSpec(
        image=EVALUATE_IMAGE,
        command=["python3", "/app/evaluate.py"],
        args=["--data", data.path, "--model", model.path, "--metrics", metrics.path, "--report", report.path],
    )


@dsl.pipeline(name="training", description="Fits a line with the best of several penalties.")
def training(rows: int = 200, max_loss: float = 0.01):
    done = notify(message=f"trained on {rows} rows")
    with dsl.ExitHandler(done, name="guarded"):
        made = make_data(rows=rows).set_retry(1)

        penalties = [0.0, 0.01, 1.0]
        with dsl.ParallelFor(penalties, name="each-penalty", parallelism=2) as penalty:
            trial = train(data=made.outputs["data"], penalty=penalty)

        choice = choose(penalties=penalties, losses=dsl.Collected(trial.outputs["Output"]))

        with dsl.If(choice.outputs["loss"] <= max_loss, name="good-enough"):
            final = train(data=made.outputs["data"], penalty=choice.outputs["penalty"])
            final.set_cpu_limit("1").set_memory_limit("1G").set_caching_options(False)
            evaluate(data=made.outputs["data"], model=final.outputs["model"])
