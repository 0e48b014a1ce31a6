#!/bin/sh
# build.sh TARGET: the HTML validator and what it needs, into a folder outside of the repository.
set -eu
cd "$(dirname "$0")"
mkdir -p "$1"
mvn -q -B dependency:copy-dependencies -DoutputDirectory="$1" >&2
