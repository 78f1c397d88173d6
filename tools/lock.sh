#!/usr/bin/env bash
# Pins the exact versions of everything in requirements/*.in (`make lock`; needs uv).
set -euo pipefail
cd "$(dirname "$0")/../requirements"
compile() { uv pip compile --quiet --universal --python-version 3.10 --no-header --no-annotate "$@"; }
compile run.in ros.in -o run.txt
compile develop.in -o develop.txt
# Which CUDA libraries torch wants depends on the build of torch that is installed, so it brings them itself.
compile train.in | grep -vE '^(nvidia-|cuda-|triton)' > train.txt
