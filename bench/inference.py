"""The Python half of inference.mjs: a process that predicts when it is told to, so that all can be timed in turn.

A line `WAY ARCHITECTURE THREADS BATCH CALLS` on stdin (WAY: eager or compiled) is answered with the milliseconds of
each call, as JSON; `logits ARCHITECTURE FILE` with the logits of the windows in that file of float32; `export
ARCHITECTURE FILE BATCH` writes the network for onnxruntime. The first line on stdout is torch's version.
"""

import json
import pathlib
import sys
import time

import numpy as np
import torch

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools/reference"))
from networks import make_network  # noqa: E402

MODELS = {"bilstm": ROOT / "models/lstm", "transformer": ROOT / "models/transformer"}
STEPS, FEATURES = 50, 86


def load(architecture):
    folder = MODELS[architecture]
    network = make_network(json.loads((folder / "manifest.json").read_text())["hyperparameters"])
    loaded = torch.load(folder / "weights.pth", weights_only=True)
    network.load_state_dict(loaded.get("model_state_dict", loaded))
    return network.eval()


def timed(network, batch, calls):
    windows = torch.randn(batch, STEPS, FEATURES)
    times = []
    with torch.inference_mode():
        for _ in range(calls):
            started = time.perf_counter()
            network(windows)
            times.append((time.perf_counter() - started) * 1000)
    return times


def logits(network, file):
    windows = torch.from_numpy(np.fromfile(file, dtype="<f4").reshape(-1, STEPS, FEATURES))
    with torch.inference_mode():
        return network(windows).tolist()


def main():
    networks = {("eager", name): load(name) for name in MODELS}
    print(torch.__version__, flush=True)
    for line in sys.stdin:
        way, architecture, *rest = line.split()
        eager = networks[("eager", architecture)]
        if way == "export":
            # Of a fixed batch: with a variable one the LSTM's first states would be of the batch exported with.
            windows = torch.randn(int(rest[1]), STEPS, FEATURES)
            names = {"input_names": ["windows"], "output_names": ["logits"]}
            torch.onnx.export(eager, (windows,), rest[0], dynamo=False, **names)
            answer = "written"
        elif way == "logits":
            answer = logits(eager, rest[0])
        else:
            threads, batch, calls = map(int, rest)
            torch.set_num_threads(threads)
            if (way, architecture) not in networks:
                networks[(way, architecture)] = torch.compile(eager)
            answer = timed(networks[(way, architecture)], batch, calls)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
