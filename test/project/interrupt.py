"""Runs cells in the project's kernel and interrupts one of them, as the stop button of a notebook does.

Standard input: {"folder": where the cells run, "cells": [source, ...], "interrupt": place of the cell, which prints
something when it is at work, "afterSeconds": how long after that, "watchSeconds": how long to look for late outputs at
the end}.
Standard output: [{"status", "seconds", "stdout", "stderr", "displays", "late"}, ...]; `late` counts the outputs that
came when the cell had already been reported as ended: a loop that was not really stopped keeps making them.
"""

import json
import subprocess
import sys
import time
from queue import Empty

from jupyter_client.manager import start_new_kernel

CELL_TIMEOUT_SECONDS = 120
RECOVERY_SECONDS = 0.5  # tslab refuses what it is asked within 0.2 s of an error
DISPLAYS = ("display_data", "update_display_data", "execute_result")


class Session:
    def __init__(self, folder):
        self.manager, self.client = start_new_kernel(
            kernel_name="tslab", cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.results = {}

    def stop(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def take(self, message):
        """Files one message under the cell that it belongs to."""
        result = self.results.get(message["parent_header"].get("msg_id"))
        if result is None:
            return
        kind, content = message["msg_type"], message["content"]
        if kind == "stream":
            result[content["name"]] += content["text"]
        elif kind in DISPLAYS:
            result["displays"] += 1
        elif kind == "status" and content["execution_state"] == "idle":
            result["ended"] = True
            return
        if result["ended"] and kind in ("stream", *DISPLAYS):
            result["late"] += 1

    def drain(self, seconds):
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                self.take(self.client.get_iopub_msg(timeout=left))
            except Empty:
                return

    def reply(self, request):
        while (message := self.client.get_shell_msg(timeout=CELL_TIMEOUT_SECONDS)):
            if message["parent_header"].get("msg_id") == request:
                return message

    def run(self, source, interrupt_after=None):
        started = time.monotonic()
        at_work = None
        request = self.client.execute(source)
        result = {"status": None, "stdout": "", "stderr": "", "displays": 0, "late": 0, "ended": False}
        self.results[request] = result
        while not result["ended"]:
            now = time.monotonic()
            if at_work is None and result["stdout"]:
                at_work = now
            if now - started > CELL_TIMEOUT_SECONDS:
                raise TimeoutError(f"This cell did not end within {CELL_TIMEOUT_SECONDS} s:\n{source}")
            if interrupt_after is not None and at_work is not None and now - at_work >= interrupt_after:
                self.manager.interrupt_kernel()
                interrupt_after = None
            self.drain(0.05)
        result["seconds"] = time.monotonic() - started
        result["status"] = self.reply(request)["content"]["status"]
        if result["status"] != "ok":
            self.drain(RECOVERY_SECONDS)


def main():
    order = json.load(sys.stdin)
    session = Session(order["folder"])
    try:
        for place, source in enumerate(order["cells"]):
            session.run(source, order["afterSeconds"] if place == order["interrupt"] else None)
        session.drain(order["watchSeconds"])
    finally:
        session.stop()
    json.dump([{k: v for k, v in result.items() if k != "ended"} for result in session.results.values()], sys.stdout)


main()
