"""Executes one notebook: execute.py IN OUT FOLDER TIMEOUT_SECONDS.

Cells run in FOLDER. Says what happens as one JSON object a line on standard output; writes OUT only when every cell
passed. The same outputs give the same bytes: no times, no random ids, one output for a run of prints.
"""

import json
import subprocess
import sys
import time

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

# What Jupyter itself writes for tslab's kernel, so that saving in the browser changes nothing here.
METADATA = {
    "kernelspec": {"display_name": "TypeScript", "language": "typescript", "name": "tslab"},
    "language_info": {
        "codemirror_mode": {"mode": "typescript", "name": "javascript", "typescript": True},
        "file_extension": ".ts",
        "mimetype": "text/typescript",
        "name": "typescript",
        "version": "3.7.2",
    },
}
RECOVERY_SECONDS = 0.3  # tslab refuses what it is asked within 0.2 s of an error


def say(**event):
    print(json.dumps(event), flush=True)


def read(path):
    """The notebook without its old outputs; cells of a format with ids that lack one are named by their place."""
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    if (content["nbformat"], content["nbformat_minor"]) >= (4, 5):
        for place, cell in enumerate(content["cells"]):
            cell.setdefault("id", f"cell-{place}")
    notebook = nbformat.reads(json.dumps(content), as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    return notebook


def merge_prints(outputs):
    """One output for each run of prints to one stream: how a run is cut up depends on timing."""
    merged = []
    for output in outputs:
        last = merged[-1] if merged else {}
        if output.output_type == "stream" and last.get("name") == output.name:
            last.text += output.text
        else:
            merged.append(output)
    return merged


def normalise(notebook):
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = merge_prints(cell.outputs)


def printed(cell):
    return "".join(output.text for output in cell.outputs if output.output_type == "stream")


def problem(error, cell, timeout):
    """What went wrong, in the kernel's words. tslab prints errors and reports them no other way."""
    if isinstance(error, CellTimeoutError):
        return f"The cell did not end within {timeout} s."
    if isinstance(error, DeadKernelError):
        return "The kernel died."
    return printed(cell).strip() or str(error)


def execute(notebook, folder, timeout):
    """Runs the cells in order; true when all passed."""
    client = NotebookClient(
        notebook, timeout=timeout, kernel_name="tslab", record_timing=False, resources={"metadata": {"path": folder}}
    )
    code = [place for place, cell in enumerate(notebook.cells) if cell.cell_type == "code" and cell.source.strip()]
    # The kernel's own standard output would mix with ours.
    with client.setup_kernel(stdout=subprocess.DEVNULL):
        for number, place in enumerate(code, 1):
            cell = notebook.cells[place]
            about = {"number": number, "of": len(code), "source": cell.source}
            say(event="start", **about)
            started = time.monotonic()
            try:
                client.execute_cell(cell, place, execution_count=number)
            except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
                seconds = time.monotonic() - started
                say(event="failed", seconds=seconds, problem=problem(error, cell, timeout), **about)
                return False
            say(event="passed", seconds=time.monotonic() - started, **about)
            if "raises-exception" in cell.metadata.get("tags", []):
                time.sleep(RECOVERY_SECONDS)
    return True


def main(source, target, folder, timeout):
    notebook = read(source)
    if not execute(notebook, folder, int(timeout)):
        return 1
    normalise(notebook)
    nbformat.write(notebook, target)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
