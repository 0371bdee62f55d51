"""Executes the cells of a notebook and saves its plots: run_notebook.py <notebook> <lake> <folder of plots>."""

import json
import os
import pathlib
import sys

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt

notebook, lake, target = sys.argv[1:4]
os.environ["MARKETLAKE"] = os.path.abspath(lake)
folder = pathlib.Path(target)
folder.mkdir(parents=True, exist_ok=True)
plots = 0


def save(*_args, **_options):
    """Takes the place of plt.show: saves what it would show."""
    global plots
    for number in plt.get_fignums():
        plots += 1
        plt.figure(number).savefig(folder / f"plot-{plots}.png")
    plt.close("all")


plt.show = save
cells = [cell for cell in json.load(open(notebook))["cells"] if cell["cell_type"] == "code"]
scope = {"__name__": "__main__"}
for index, cell in enumerate(cells, 1):
    exec(compile("".join(cell["source"]), f"cell {index}", "exec"), scope)
print(f"{len(cells)} cells, {plots} plots")
