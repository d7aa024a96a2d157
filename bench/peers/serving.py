"""What peers in Python share: answering every line of JSON as serve.ts says."""

import json
import os
import resource
import sys
import time

LEARNING_RATE = 1e-9  # as in serve.ts: so small that the rule, and with it the work, stays the same
STATUS = "/proc/self/status"


def peak_rss_mb():
    """The highest this process's memory has been: as in serve.ts."""
    if os.path.exists(STATUS):
        for line in open(STATUS):
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def serve(prepare, loss):
    """`prepare(folder, mode)` gives the piece of work: from a number of CA steps to the last state, once it is computed."""
    ready, work = None, None
    for line in sys.stdin:
        request = json.loads(line)
        if ready != (request["folder"], request["mode"]):
            ready = request["folder"], request["mode"]
            work = prepare(*ready)
        if request.get("warm"):
            work(request["steps"])
        start = time.perf_counter()
        state = work(request["steps"])
        seconds = time.perf_counter() - start
        answer = {"seconds": seconds, "peakRssMb": peak_rss_mb(), "loss": loss(state)}
        print(json.dumps(answer, allow_nan=False), flush=True)  # NaN is no JSON
