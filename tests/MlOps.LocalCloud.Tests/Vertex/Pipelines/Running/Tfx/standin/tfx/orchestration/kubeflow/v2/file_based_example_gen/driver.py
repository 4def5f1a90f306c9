"""Stands in for the driver of TFX's file based ExampleGen: looks at the input and leaves what it found for the executor."""
import argparse, json, os

parser = argparse.ArgumentParser()
parser.add_argument('--json_serialized_invocation_args', required=True)
told = json.loads(parser.parse_known_args()[0].json_serialized_invocation_args)
files = sorted(os.listdir(told['inputs']['parameterValues']['input_base']))
artifact = told['outputs']['artifacts']['examples']['artifacts'][0]
json.dump({'parameterValues': {'span': 0.0, 'input_fingerprint': f'num_files:{len(files)}'}, 'artifacts': {'examples': {'artifacts': [{'name': artifact['name'], 'uri': artifact['uri'], 'metadata': {'custom:span': 0.0}}]}}}, open(told['outputs']['outputFile'], 'w'))
print('driver done')
