#!/bin/sh
# Images together, as the pipeline chains them: what ingest writes passes validate, and damaged strikes stop there.
# mlops gives each component's image as IMAGE_<COMPONENT>. Usage, in the repo's root: sh tests/integration.sh REPORT.xml
. tests/junit.sh
volume=wildlife-strikes-integration-$$

needs() {
    command -v docker > /dev/null || { echo 'there is no docker command'; return 77; }
    test -n "$IMAGE_INGEST" && test -n "$IMAGE_VALIDATE" || { echo 'IMAGE_INGEST and IMAGE_VALIDATE are not given'; return 77; }
}

# A volume, not a bind mount: the engine need not see this file system.
run() { docker run --rm --volume "$volume:/data" "$@"; }

validate() {
    run "$IMAGE_VALIDATE" --training /data/training --evaluation "$1" --schema /app/schema.json --report /data/report --warnings /data/warnings
}

Ingest_splits_the_strikes_of_its_image() {
    needs || return $?
    run "$IMAGE_INGEST" --source /app/data/birdstrikes.csv --split-date 2001-01-01 --training /data/training --evaluation /data/evaluation \
        --training-rows /data/training-rows --evaluation-rows /data/evaluation-rows | grep '^8278 strikes .* 1722 '
}

What_ingest_writes_passes_validate() {
    needs || return $?
    validate /data/evaluation
}

Strikes_in_unknown_phases_of_flight_stop_the_pipeline() {
    needs || return $?
    run --entrypoint sh "$IMAGE_VALIDATE" -c 'sed "s/:\"Approach\"/:\"Hover\"/" /data/evaluation > /data/damaged' || return 1
    validate /data/damaged && { echo 'validate let them pass'; return 1; }
    validate /data/damaged 2>&1 | grep "'Phase of flight'.*'Hover'"
}

check integration Ingest_splits_the_strikes_of_its_image
check integration What_ingest_writes_passes_validate
check integration Strikes_in_unknown_phases_of_flight_stop_the_pipeline
needs > /dev/null && docker volume rm "$volume" > /dev/null
finish integration "$1"
