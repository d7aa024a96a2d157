#!/bin/sh
# A sweep over several machines by GNU parallel and ssh.
#
#   docs/sweep/parallel.sh my-plan.json ':,you@there,you@elsewhere'
#
# Every machine has this project, installed and built (npm start once, or npm run build), in the folder that SWEEP_DIR names,
# by default the one that this runs in; `:` is this machine. A training that is lost with its machine is made again elsewhere.
# Pictures and rules of your own, which the plan names, are brought along if SWEEP_FILES names them: SWEEP_FILES="a.png b.png".
set -eu
command -v parallel > /dev/null || { echo "There is no GNU parallel here; install it (apt install parallel)." >&2; exit 1; }
plan=$1
hosts=${2:-:}
folder=${plan%.json}
npm run --silent sweep -- "$plan" --list |
  parallel --sshlogin "$hosts" --jobs "${SWEEP_JOBS:-1}" --retries 5 --workdir "${SWEEP_DIR:-$PWD}" --basefile "$plan" \
    $(for file in ${SWEEP_FILES:-}; do echo "--basefile $file"; done) $(test -t 2 && echo --bar) \
    --return "$folder/{}.safetensors" --return "$folder/{}.gif" --return "$folder/{}.curve.json" --return "$folder/{}.json" \
    npm run --silent sweep -- "$plan" --only {} || true
# what is still missing is made here, and the table and the page are written
npm run --silent sweep -- "$plan"
