#!/bin/sh
# What must hold across the components. Usage, in the repo's root: sh tests/repo.sh REPORT.xml
. tests/junit.sh
data=components/ingest/data

The_strikes_are_those_that_DATA_md_describes() {
    is=$(sha256sum $data/birdstrikes.csv | cut -d ' ' -f 1)
    grep -q "$is" $data/DATA.md || { echo "the sha256 of birdstrikes.csv is $is, DATA.md names another"; return 1; }
}

The_strikes_have_a_header_and_10000_rows() {
    rows=$(grep -c "" $data/birdstrikes.csv)
    test "$rows" -eq 10001 || { echo "birdstrikes.csv has $rows lines"; return 1; }
}

The_schema_knows_every_column_of_the_strikes() {
    head -n 1 $data/birdstrikes.csv | tr -d '\r' | tr ',' '\n' | while read -r column; do
        grep -qF "\"name\": \"$column\"" components/validate/schema.json || { echo "components/validate/schema.json lacks '$column'"; exit 1; }
    done
}

Every_component_has_tests() {
    for component in components/*/component.yaml; do
        test -n "$(ls "$(dirname "$component")"/tests/*[Tt]est* 2>/dev/null)" || { echo "$(dirname "$component") has none"; return 1; }
    done
}

Settings_name_only_inputs_of_the_pipeline() {
    inputs=$(awk '/^inputs:/ { on = 1; next } /^[^ ]/ { on = 0 } on { sub(":.*", ""); print $1 }' pipelines/training.yaml)
    for file in settings/*.yaml; do
        for key in $(sed -n 's/^\([A-Za-z_0-9]*\):.*/\1/p' "$file"); do
            echo "$inputs" | grep -qx "$key" || { echo "$file: the training pipeline has no input '$key'"; return 1; }
        done
    done
}

Notebooks_are_committed_without_their_output() {
    grep -L '"outputs": \[\]' notebooks/*.ipynb | grep . && { echo 'clear the output before committing'; return 1; }
    ! grep -l '"output_type"' notebooks/*.ipynb
}

check repo The_strikes_are_those_that_DATA_md_describes
check repo The_strikes_have_a_header_and_10000_rows
check repo The_schema_knows_every_column_of_the_strikes
check repo Every_component_has_tests
check repo Settings_name_only_inputs_of_the_pipeline
check repo Notebooks_are_committed_without_their_output
finish repo "$1"
