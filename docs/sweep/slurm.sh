#!/bin/bash
# A sweep as a SLURM array, on a folder that all nodes share:
#
#   sbatch docs/sweep/slurm.sh my-plan.json
#   npm run sweep -- my-plan.json   # afterwards: merges the rows, and makes what is missing
#
# Another array says how many shards there are: sbatch --array=3,5 docs/sweep/slurm.sh my-plan.json 8
#
# A task that is cancelled, requeued or lost goes on from its last checkpoint.
#SBATCH --job-name=nca-sweep
#SBATCH --array=1-8
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=2
#SBATCH --requeue
#SBATCH --open-mode=append
export NCA_THREADS=${SLURM_CPUS_PER_TASK:-1}
exec srun --ntasks=1 npm run --silent sweep -- "$1" --shard "$SLURM_ARRAY_TASK_ID/${2:-$SLURM_ARRAY_TASK_COUNT}"
