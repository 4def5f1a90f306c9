"""What TFX's Trainer runs: a small network that tells the class of a point."""
import tensorflow as tf
from tensorflow_metadata.proto.v0 import schema_pb2
from tfx import v1 as tfx
from tfx_bsl.public import tfxio

FEATURES = ["x", "y"]
LABEL = "inside"
BATCH = 20


def _dataset(files, fn_args, schema):
    options = tfxio.TensorFlowDatasetOptions(batch_size=BATCH, label_key=LABEL)
    return fn_args.data_accessor.tf_dataset_factory(files, options, schema).repeat()


def _network():
    inputs = [tf.keras.layers.Input(shape=(1,), name=feature) for feature in FEATURES]
    hidden = tf.keras.layers.Dense(8, activation="relu")(tf.keras.layers.concatenate(inputs))
    network = tf.keras.Model(inputs=inputs, outputs=tf.keras.layers.Dense(1, activation="sigmoid")(hidden))
    network.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return network


def run_fn(fn_args: tfx.components.FnArgs):
    schema = tfx.utils.parse_pbtxt_file(fn_args.schema_path, schema_pb2.Schema())
    network = _network()
    network.fit(
        _dataset(fn_args.train_files, fn_args, schema),
        steps_per_epoch=fn_args.train_steps,
        validation_data=_dataset(fn_args.eval_files, fn_args, schema),
        validation_steps=fn_args.eval_steps)
    network.export(fn_args.serving_model_dir)
