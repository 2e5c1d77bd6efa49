"""What LibTorch's GEMMs reach on the products of roofline.mjs, which gives them as JSON on stdin; one thread."""

import json
import sys
import time

import torch


def median_seconds(work):
    for _ in range(20):
        work()
    times = []
    for _ in range(301):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return sorted(times)[len(times) // 2]


def measured(rows, depth, columns):
    inputs, weights, bias = torch.randn(rows, depth), torch.randn(columns, depth), torch.randn(columns)
    ways = {"linear": lambda: torch.nn.functional.linear(inputs, weights, bias)}
    if torch.backends.mkldnn.is_available():
        packed = torch.ops.mkldnn._reorder_linear_weight(weights, rows)
        ways["onednn"] = lambda: torch.ops.mkldnn._linear_pointwise(inputs, packed, bias, "none", [], "")
    operations = 2 * rows * depth * columns
    return {way: round(operations / median_seconds(work) / 1e9, 1) for way, work in ways.items()}


def main():
    torch.set_num_threads(1)
    with torch.inference_mode():
        answers = [measured(each["rows"], each["depth"], each["columns"]) for each in json.load(sys.stdin)]
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
