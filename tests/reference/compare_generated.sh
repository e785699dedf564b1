#!/bin/sh
# compare_generated.sh BINARY GENERATOR QUERIES OPTION...: compare.py on transcripts made for it.
set -eu
binary=$1 generator=$2 queries=$3
shift 3
here=$(dirname "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT INT TERM
"$generator" --out "$folder" "$@"
python3 -B "$here/compare.py" "$binary" "$folder/projects" --queries "$queries" --stats
