#!/bin/sh
# build.sh TARGET: classes and the class path of the test node, into a folder outside of the repository.
set -eu
cd "$(dirname "$0")"
mkdir -p "$1"
mvn -q -B -DbuildDirectory="$1" compile dependency:build-classpath -Dmdep.outputFile="$1/classpath" >&2
touch "$1/ready"
