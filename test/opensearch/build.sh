#!/bin/sh
# build.sh TARGET: classes and the class path of the test node, into a folder outside of the repository.
set -eu
cd "$(dirname "$0")"
mkdir -p "$1"
mvn -q -B -DbuildDirectory="$1" compile dependency:build-classpath -Dmdep.outputFile="$1/classpath" >&2
# Copies: whoever runs the tests may not read the store of Maven.
mkdir -p "$1/jars"
tr ':' '\n' < "$1/classpath" | while IFS= read -r jar; do [ -z "$jar" ] || cp "$jar" "$1/jars/"; done
# Of the last line without an end, too.
last=$(sed 's/.*://' "$1/classpath")
cp "$last" "$1/jars/"
printf '%s' "$1/jars/*" > "$1/classpath"
touch "$1/ready"
