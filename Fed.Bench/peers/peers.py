"""The aggregation kernels of the peers, in numpy, from their published formulas.

    python3 peers.py FILE UPDATES SECONDS FOLDER KERNEL...

FILE holds UPDATES vectors of float32, one after the other. Prints a JSON object: for each kernel its processor
seconds and its seconds by the clock (the least of many calls), and the most bytes that it had allocated beyond its
input, result included. The result goes to FOLDER/KERNEL, float32. What the peers do around their
kernels (unpacking messages, checking, copying) is left out: the figures favour them.
"""
import json
import os
import sys
import time
import tracemalloc

try:
    import numpy as np
except ImportError:
    sys.exit("numpy is missing: apt-get install python3-numpy")

TENSOR = 1_000_000  # values a tensor: models come in layers
EXAMPLES = 100  # of the first update; each further one has one more


def weights(updates):
    return [EXAMPLES + i for i in range(updates)]


def mean_flower(models):
    """sum of (n_k / n) w_k, tensor by tensor, added in place (Flower's message API)."""
    counts = weights(len(models))
    total = sum(counts)
    mean = {}
    for model, count in zip(models, counts):
        share = count / total
        for name, tensor in enumerate(model):
            if name in mean:
                mean[name] += tensor * share
            else:
                mean[name] = tensor * share
    return list(mean.values())


def mean_nvflare(models):
    """(sum of n_k w_k) (1 / n), tensor by tensor (NVFlare's weighted aggregation)."""
    total, count = {}, 0
    for model, n in zip(models, weights(len(models))):
        count += n
        for name, tensor in enumerate(model):
            weighted = tensor * n
            total[name] = total[name] + weighted if name in total else weighted
    return [tensor * (1.0 / count) for tensor in total.values()]


def median(models):
    """The median of each coordinate (Yin 2018)."""
    return [np.median(np.stack(tensors), axis=0) for tensors in zip(*models)]


def trimmed_mean(models):
    """The mean of each coordinate without the largest and smallest fifth (Yin 2018)."""
    cut = len(models) // 5
    means = []
    for tensors in zip(*models):
        parted = np.partition(np.stack(tensors), (cut, len(models) - cut - 1), axis=0)
        means.append(parted[cut:len(models) - cut].mean(axis=0))
    return means


def krum(models):
    """The update whose n - f - 2 nearest others are nearest (Blanchard 2017), f a fifth; |x|^2 + |y|^2 - 2xy."""
    flat = np.stack([np.concatenate(model) for model in models])
    squares = np.einsum("ij,ij->i", flat, flat)
    distances = squares[:, None] + squares[None, :] - 2 * (flat @ flat.T)
    np.fill_diagonal(distances, np.inf)
    near = len(models) - len(models) // 5 - 2
    return models[np.argmin(np.sort(distances, axis=1)[:, :near].sum(axis=1))]


KERNELS = {
    "mean-flower": mean_flower,
    "mean-nvflare": mean_nvflare,
    "median": median,
    "trimmed-mean": trimmed_mean,
    "krum": krum,
}


def measure(kernel, models, seconds, result):
    best = clock = float("inf")
    end = time.monotonic() + seconds
    rounds = 0
    while rounds < 2 or time.monotonic() < end:
        start, began = time.process_time(), time.perf_counter()
        kernel(models)
        best = min(best, time.process_time() - start)
        clock = min(clock, time.perf_counter() - began)
        rounds += 1
    tracemalloc.start()
    tensors = kernel(models)
    extra = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    np.concatenate(tensors).astype("<f4").tofile(result)
    return {"seconds": best, "clockSeconds": clock, "extraMemory": extra}


def main():
    if len(sys.argv) < 6 or any(name not in KERNELS for name in sys.argv[5:]):
        sys.exit(f"usage: peers.py FILE UPDATES SECONDS FOLDER KERNEL..., of {', '.join(KERNELS)}")
    path, updates, seconds, folder = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
    vectors = np.fromfile(path, dtype="<f4").reshape(updates, -1)
    models = [np.split(vector, range(TENSOR, len(vector), TENSOR)) for vector in vectors]
    figures = {}
    for name in sys.argv[5:]:
        figures[name] = measure(KERNELS[name], models, seconds, os.path.join(folder, name))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
