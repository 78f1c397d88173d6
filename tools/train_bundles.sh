#!/usr/bin/env bash
# Trains the default bundles anew: each from nothing, and then on, on more people, from where that ended.
set -euo pipefail
cd "$(dirname "$0")/.."
semg=.venv/bin/semg
bundles=semg_decoders/bundles
first=$(mktemp -d)
trap 'rm -rf "$first"' EXIT

# train TASK, options of the first training, "--", options of the second
train() {
  local task=$1 options=()
  shift
  while [ "$1" != -- ]; do options+=("$1"); shift; done
  shift
  "$semg" train --task "$task" "${options[@]}" --output "$first/$task"
  "$semg" train --task "$task" --from "$first/$task" "$@" --output "$bundles/$task" --force
}

train gestures --people 300 --minutes 2 -- \
  --people 300 --minutes 2 --steps 500 --set batch.size=32 --set optimiser.learning_rate=5.0e-4
train wrist --people 200 --minutes 1.5 -- \
  --people 300 --minutes 1.5 --steps 1500 --set optimiser.learning_rate=1.5e-3
train handwriting --people 160 --choice-people 12 --minutes 4 -- \
  --people 300 --choice-people 16 --minutes 4 --steps 5000 --set optimiser.learning_rate=1.5e-3
