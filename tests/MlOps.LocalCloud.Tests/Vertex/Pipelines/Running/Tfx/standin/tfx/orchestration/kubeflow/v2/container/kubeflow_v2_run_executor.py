"""Stands in for TFX's entry point: takes the same arguments and writes executor_output.json in the same form."""
import argparse, json, os

parser = argparse.ArgumentParser()
parser.add_argument('--executor_class_path', required=True)
parser.add_argument('--json_serialized_invocation_args', required=True)
parser.add_argument('--json_serialized_inputs_spec_args')
args, _ = parser.parse_known_args()
told = json.loads(args.json_serialized_invocation_args)
inputs, outputs = told['inputs'], told['outputs']
# With an inputs spec the values are plain (schema 2.1), without one they are typed (2.0).
if args.json_serialized_inputs_spec_args:
    declared = json.loads(args.json_serialized_inputs_spec_args).get('parameters', {})
    values = {k: int(v) if declared[k]['parameterType'] == 'NUMBER_INTEGER' else v for k, v in inputs.get('parameterValues', {}).items()}
else:
    read = {'stringValue': str, 'intValue': int, 'doubleValue': float}
    values = {k: read[kind](v) for k, typed in inputs['parameters'].items() for kind, v in typed.items()}
driven = {}
if os.path.exists(outputs['outputFile']):
    driven = json.load(open(outputs['outputFile']))
    values.update(driven.get('parameterValues', {}))
given = {k: v['artifacts'] for k, v in inputs.get('artifacts', {}).items()}
made = {k: v['artifacts'][0] for k, v in outputs.get('artifacts', {}).items()}
kind = args.executor_class_path.split('.')[2]
metadata = {'tfx_version': 'stand-in'}
if kind == 'evaluator':
    current, baseline = given['model'][0]['name'], [one['name'] for one in given['baseline_model']]
    assert current not in baseline
    metadata.update(blessed=1.0 if json.loads(values['eval_config'])['blessed'] else 0.0, current_model_id=current)
    if baseline:
        metadata['baseline_model_id'] = baseline[0]
for key, artifact in made.items():
    folder = '/gcs/' + artifact['uri'][len('gs://'):]
    os.makedirs(folder, exist_ok=True)
    json.dump({'kind': kind, 'values': values, 'given': {k: [[one['uri'], one['metadata'], one['type']['schemaTitle']] for one in v] for k, v in given.items()}}, open(folder + '/saved.json', 'w'), sort_keys=True)
os.makedirs(os.path.dirname(outputs['outputFile']), exist_ok=True)
json.dump({'artifacts': {k: {'artifacts': [{'name': v['name'], 'uri': v['uri'], 'metadata': {**v.get('metadata', {}), **metadata}}]} for k, v in made.items()}}, open(outputs['outputFile'], 'w'))
