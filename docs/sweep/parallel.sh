#!/bin/sh
# A sweep over several machines by GNU parallel and ssh.
#
#   docs/sweep/parallel.sh my-plan.json 'here,you@there,you@elsewhere'
#
# Every machine has this project, installed and built (npm start once, or npm run build), in the folder that SWEEP_DIR names,
# by default the one that this runs in; `:` is this machine. A training that is lost with its machine is made again elsewhere.
set -eu
plan=$1
hosts=${2:-:}
folder=${plan%.json}
npm run --silent sweep -- "$plan" --list |
  parallel --sshlogin "$hosts" --jobs "${SWEEP_JOBS:-1}" --retries 5 --workdir "${SWEEP_DIR:-$PWD}" --basefile "$plan" \
    --return "$folder/{}.json" --return "$folder/{}.safetensors" --return "$folder/{}.gif" \
    --return "$folder/{}.curve.json" $(test -t 2 && echo --bar) \
    npm run --silent sweep -- "$plan" --only {} || true
# what is still missing is made here, and the table and the page are written
npm run --silent sweep -- "$plan"
