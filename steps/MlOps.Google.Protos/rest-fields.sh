#!/bin/sh
# usage: rest-fields.sh CLOUDBUILD_PROTO OUT
# Google's REST API of Cloud Build has fields of triggers that its proto lacks (approvalConfig, includeBuildLogs, the older
# connections to Bitbucket and GitLab, Developer Connect). They are added here, under numbers that the proto does not use, so that
# they are read, kept and written as JSON like every other field. They never go to Google over gRPC.
set -eu
proto=$1
out=$2
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$(dirname "$out")"
sed -e "/^message BuildTrigger {/r $here/rest-fields/BuildTrigger.txt" \
    -e "/^message GitHubEventsConfig {/r $here/rest-fields/GitHubEventsConfig.txt" \
    -e "/^message GitRepoSource {/r $here/rest-fields/GitRepoSource.txt" \
    -e "/^message GitFileSource {/r $here/rest-fields/GitFileSource.txt" "$proto" > "$out.part"
cat "$here/rest-fields/messages.txt" >> "$out.part"
mv "$out.part" "$out"
