"""ONNX Runtime, forward only: I1 with its memory as inputs and outputs, I2 from a zero state.

The graph is ONNX's own LSTM operator, built here from PyTorch's weights, and a Gemm or MatMul for the head. Variant
`bound` binds inputs and outputs to buffers once (IOBinding); `plain` calls `run` with numpy arrays.
"""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

from common import arguments, measure, report, ring, stream_values
from workloads import WORKLOADS


def reordered(tensor, hidden):
    """PyTorch's gates i, f, g, o in ONNX's order i, o, f, c."""
    i, f, g, o = (tensor[gate * hidden : (gate + 1) * hidden] for gate in range(4))
    return np.concatenate([i, o, f, g])


def model(w, weights):
    nodes, constants, inputs, outputs = [], [], [], []
    value = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    constant = lambda name, array: constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
    inputs.append(value("x", [w.steps, w.batch, w.inputs]))
    below = "x"
    for layer in range(w.layers):
        part = lambda name: reordered(weights[f"rnn.{name}_l{layer}"], w.hidden)
        constant(f"W{layer}", part("weight_ih")[None])
        constant(f"R{layer}", part("weight_hh")[None])
        constant(f"B{layer}", np.concatenate([part("bias_ih"), part("bias_hh")])[None])
        names = [below, f"W{layer}", f"R{layer}", f"B{layer}"]
        made = [f"Y{layer}"]
        if w.task == "stream":
            names += ["", "h", "c"]
            made += ["h_next", "c_next"]
            inputs += [value("h", [1, w.batch, w.hidden]), value("c", [1, w.batch, w.hidden])]
            outputs += [value("h_next", [1, w.batch, w.hidden]), value("c_next", [1, w.batch, w.hidden])]
        nodes.append(helper.make_node("LSTM", names, made, hidden_size=w.hidden))
        nodes.append(helper.make_node("Squeeze", [f"Y{layer}", "axis"], [f"y{layer}"]))
        below = f"y{layer}"
    constant("axis", np.array([1], dtype=np.int64))
    constant("fc_weight", weights["fc.weight"].T)
    constant("fc_bias", weights["fc.bias"])
    nodes.append(helper.make_node("MatMul", [below, "fc_weight"], ["product"]))
    nodes.append(helper.make_node("Add", ["product", "fc_bias"], ["prediction"]))
    outputs.insert(0, value("prediction", [w.steps, w.batch, 1]))
    graph = helper.make_graph(nodes, "lstm", inputs, outputs, constants)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(made)
    return made.SerializeToString()


def stream(session, w, variant):
    values = stream_values().reshape(40, 1, 1, 1)
    shape = (1, w.batch, w.hidden)
    at = {"number": 0, "h": np.zeros(shape, np.float32), "c": np.zeros(shape, np.float32)}
    if variant == "plain":

        def step():
            feed = {"x": values[at["number"] % 40], "h": at["h"], "c": at["c"]}
            prediction, at["h"], at["c"] = session.run(["prediction", "h_next", "c_next"], feed)
            at["number"] += 1
            return prediction.item()

        return step

    # Two bindings that read each other's memory, so that nothing is copied between calls.
    cpu = lambda array: onnxruntime.OrtValue.ortvalue_from_numpy(array)
    x = np.zeros((1, 1, 1), np.float32)
    out = np.zeros((1, 1, 1), np.float32)
    states = [{name: cpu(np.zeros(shape, np.float32)) for name in "hc"} for _ in range(2)]
    bindings = []
    for turn in range(2):
        binding = session.io_binding()
        binding.bind_input("x", "cpu", 0, np.float32, x.shape, x.ctypes.data)
        binding.bind_output("prediction", "cpu", 0, np.float32, out.shape, out.ctypes.data)
        for name in "hc":
            binding.bind_ortvalue_input(name, states[turn][name])
            binding.bind_ortvalue_output(f"{name}_next", states[1 - turn][name])
        bindings.append(binding)
    flat = values.ravel()

    def step():
        number = at["number"]
        x[0, 0, 0] = flat[number % 40]
        session.run_with_iobinding(bindings[number % 2])
        at["number"] = number + 1
        return out.item()

    return step


def forward(session, w, variant):
    windows = [x for x, _ in ring(w)]
    at = {"number": 0}
    if variant == "plain":

        def step():
            at["number"] += 1
            return session.run(["prediction"], {"x": windows[(at["number"] - 1) % 2]})[0]

        return step
    x, out = np.empty_like(windows[0]), np.zeros((w.steps, w.batch, 1), np.float32)
    binding = session.io_binding()
    binding.bind_input("x", "cpu", 0, np.float32, x.shape, x.ctypes.data)
    binding.bind_output("prediction", "cpu", 0, np.float32, out.shape, out.ctypes.data)

    def step():
        x[:] = windows[at["number"] % 2]
        at["number"] += 1
        session.run_with_iobinding(binding)
        return out

    return step


def main():
    args = arguments(["bound", "plain"])
    w = WORKLOADS[args.workload]
    if w.task == "train":
        raise SystemExit("onnxruntime trains nothing here: I1 and I2 only")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = args.threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model(w, load_file(args.weights)), options, ["CPUExecutionProvider"])
    if w.task == "stream":
        step = stream(session, w, args.variant)
        curve = [step() for _ in range(args.curve)]
    else:
        step = forward(session, w, args.variant)
        curve = step()[-1, : args.curve, 0].tolist()
    us, steps = measure(step, args.seconds)
    report("onnxruntime", onnxruntime.__version__, args, us, steps, curve)


main()
