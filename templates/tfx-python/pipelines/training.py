"""TFX's own components, compiled for Vertex AI: examples ─► statistics ─► schema ─► trainer, and a check of the examples.

`mlops compile` runs this file with python3; it writes the pipeline to $MLOPS_OUTPUT.
"""
import os

from tfx import v1 as tfx

# mlops gives the image that it has just pushed, by digest. Data and model code are in it.
IMAGE = os.environ.get("IMAGE_TFX", "tfx")


def create_pipeline() -> tfx.dsl.Pipeline:
    examples = tfx.components.CsvExampleGen(input_base="/app/data")
    statistics = tfx.components.StatisticsGen(examples=examples.outputs["examples"])
    schema = tfx.components.SchemaGen(statistics=statistics.outputs["statistics"], infer_feature_shape=True)
    validator = tfx.components.ExampleValidator(
        statistics=statistics.outputs["statistics"], schema=schema.outputs["schema"])
    trainer = tfx.components.Trainer(
        run_fn="model.run_fn",    # /app/model.py
        examples=examples.outputs["examples"],
        schema=schema.outputs["schema"],
        train_args=tfx.proto.TrainArgs(num_steps=100),
        eval_args=tfx.proto.EvalArgs(num_steps=5))
    return tfx.dsl.Pipeline(
        pipeline_name="training",
        pipeline_root="gs://unused",    # the run says where: pipelineRoot in mlops.yaml
        components=[examples, statistics, schema, validator, trainer],
        enable_cache=True)


if __name__ == "__main__":
    folder, name = os.path.split(os.path.abspath(os.environ.get("MLOPS_OUTPUT", "training.json")))
    tfx.orchestration.experimental.KubeflowV2DagRunner(
        config=tfx.orchestration.experimental.KubeflowV2DagRunnerConfig(default_image=IMAGE),
        output_dir=folder,
        output_filename=name).run(create_pipeline())
