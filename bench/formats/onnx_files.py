"""ONNX by PyTorch's exporters and ONNX Runtime's tools: names, external data, half precision, every quantisation."""
import logging

import warnings

import numpy as np
import onnx
import torch
import transformers
from onnx import TensorProto, helper, numpy_helper
from onnxruntime import quantization as ort

from case import case, refused

logging.disable(logging.WARNING)


class Wrapped(torch.nn.Module):
    """Exporters pass inputs by position, which today's models do not take."""

    def __init__(self, model):
        super().__init__()
        self.bert = model

    def forward(self, ids, mask):
        return self.bert(input_ids=ids, attention_mask=mask).last_hidden_state


def bert():
    torch.manual_seed(5)
    config = transformers.BertConfig(vocab_size=12, hidden_size=8, num_hidden_layers=1, num_attention_heads=2,
                                     intermediate_size=12, max_position_embeddings=4, attn_implementation="eager")
    model = Wrapped(transformers.BertModel(config, add_pooling_layer=False)).eval()
    for parameter in model.parameters():
        if parameter.ndim == 1:  # equal ones would be stored once
            torch.nn.init.normal_(parameter)
    return model


class Block(torch.nn.Module):
    """Linear layers as decoders have them: with bias (Gemm or Add) and without (MatMul)."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(6)
        self.embed = torch.nn.Embedding(20, 16)
        self.up = torch.nn.Linear(16, 24, bias=False)
        self.down = torch.nn.Linear(24, 16)
        self.square = torch.nn.Linear(16, 16, bias=False)
        self.norm = torch.nn.LayerNorm(16)

    def forward(self, ids):
        x = self.embed(ids)
        return self.norm(self.square(self.down(torch.relu(self.up(x)))))


def export(folder, model, inputs, dynamo=False, file="model.onnx"):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(model, inputs, str(folder / file), dynamo=dynamo, opset_version=17 if not dynamo else 18)
    return folder / file


def state(model):
    return {k: v for k, v in model.state_dict().items() if v.is_floating_point()}


def has(values):
    """These must be among what is read; constants may stand beside them."""
    import case as c
    return {"error": False, "subset": True, "tensors": {k: c.entry(v) for k, v in values.items()}}


IDS = torch.tensor([[1, 2, 3, 4]])


def bert_export(folder, dynamo=False):
    model = bert()
    return model, export(folder, model, (IDS, torch.ones_like(IDS)), dynamo)


@case
def bert_by_trace(folder):
    return has(state(bert_export(folder)[0]))


@case
def bert_by_dynamo(folder):
    # Positions and segments are folded into one constant of the example's length.
    return has({k: v for k, v in state(bert_export(folder, dynamo=True)[0]).items() if "position" not in k and "token_type" not in k})


@case
def block_by_trace(folder):
    model = Block().eval()
    export(folder, model, (IDS,))
    return has(state(model))


@case
def block_by_dynamo(folder):
    model = Block().eval()
    export(folder, model, (IDS,), dynamo=True)
    return has(state(model))


@case
def gemm(folder):
    torch.manual_seed(6)
    model = torch.nn.Sequential(torch.nn.Linear(6, 4), torch.nn.ReLU(), torch.nn.Linear(4, 3, bias=False)).eval()
    export(folder, model, (torch.ones(2, 6),))
    return has(state(model))


@case
def external_data(folder):
    model, path = bert_export(folder)
    proto = onnx.load(path)
    onnx.save_model(proto, path, save_as_external_data=True, all_tensors_to_one_file=True, location="model.onnx_data", size_threshold=0)
    return has(state(model))


@case
def external_data_in_many_files(folder):
    model, path = bert_export(folder)
    proto = onnx.load(path)
    onnx.save_model(proto, path, save_as_external_data=True, all_tensors_to_one_file=False, size_threshold=512)
    return has(state(model))


@case
def external_data_missing(folder):
    external_data(folder)
    (folder / "model.onnx_data").unlink()
    return refused("NOT_FOUND", "model.onnx_data")


@case
def external_data_elsewhere(folder):
    model, path = bert_export(folder)
    proto = onnx.load(path)
    onnx.save_model(proto, path, save_as_external_data=True, all_tensors_to_one_file=True, location="x.data", size_threshold=0)
    proto = onnx.load(path, load_external_data=False)
    for initializer in proto.graph.initializer:
        for entry in initializer.external_data:
            if entry.key == "location":
                entry.value = "../../../../etc/passwd"
    path.write_bytes(proto.SerializeToString())
    return refused("PATH_TRAVERSAL", "passwd")


@case
def half_precision(folder):
    model, path = bert_export(folder)
    from onnxruntime.transformers import float16
    half = float16.convert_float_to_float16(onnx.load(path), min_positive_val=5.97e-8)
    onnx.save(half, path)
    back = {i.name: numpy_helper.to_array(i) for i in half.graph.initializer}
    return has({k: v.half() for k, v in state(model).items() if "embeddings.word" in k or k in back})


def dequantised(path, weight):
    """The values of a quantised initializer by onnx's own reading of it and its scale."""
    tensors = {i.name: i for i in onnx.load(path).graph.initializer}
    name = weight.removesuffix("_quantized")
    array = lambda key: numpy_helper.to_array(tensors[key])
    q, scale = array(weight).astype(np.float64), array(name + "_scale").astype(np.float64)
    zero = array(name + "_zero_point").astype(np.float64) if name + "_zero_point" in tensors else np.float64(0)
    if scale.ndim == 1 and scale.size > 1 and scale.size == q.shape[0] != q.shape[-1]:
        scale, zero = scale[:, None], zero[:, None]
    return ((q - zero) * scale).astype(np.float32)


def of_modules(path, model, pairs):
    """Quantised weights by the module they were of: the initializer whose values are nearest to the module's."""
    proto = onnx.load(path)
    found = {}
    for i in proto.graph.initializer:
        if not i.name.endswith("_quantized") or len(i.dims) != 2:
            continue
        values = dequantised(path, i.name)
        for name, wanted in state(model).items():
            for turned in (False, True):
                mine = values.T if turned else values
                if mine.shape == tuple(wanted.shape) and np.abs(mine - wanted.numpy()).max() < 0.02:
                    found.setdefault(name, mine)
    assert len(found) >= pairs, (len(found), pairs)
    return has(found)


def block_export(folder):
    model = Block().eval()
    return model, export(folder, model, (IDS,))


def dynamic(name, made=bert_export, least=6, **options):
    def maker(folder):
        model, path = made(folder)
        ort.quantize_dynamic(path, folder / "model_quantized.onnx", **options)
        path.unlink()
        return of_modules(folder / "model_quantized.onnx", model, least)
    maker.__module__, maker.__name__ = __name__, "dynamic_" + name
    case(maker)


dynamic("int8", weight_type=ort.QuantType.QInt8)
dynamic("uint8", weight_type=ort.QuantType.QUInt8)
dynamic("int8_per_channel", weight_type=ort.QuantType.QInt8, per_channel=True)
dynamic("uint8_per_channel", weight_type=ort.QuantType.QUInt8, per_channel=True)
dynamic("int8_reduced", weight_type=ort.QuantType.QInt8, reduce_range=True)


dynamic("block_uint8_per_channel", block_export, 3, weight_type=ort.QuantType.QUInt8, per_channel=True)


class Once(ort.CalibrationDataReader):
    def __init__(self, feeds):
        self.feeds = iter(feeds)

    def get_next(self):
        return next(self.feeds, None)


def static(name, made=bert_export, least=6, **options):
    def maker(folder):
        model, path = made(folder)
        names = [i.name for i in onnx.load(path).graph.input]
        feed = dict(zip(names, (IDS.numpy(), np.ones_like(IDS.numpy()))))
        ort.quantize_static(str(path), str(folder / "model_quantized.onnx"), Once([feed]), **options)
        path.unlink()
        return of_modules(folder / "model_quantized.onnx", model, least)
    maker.__module__, maker.__name__ = __name__, "static_" + name
    case(maker)


static("qdq_int8", quant_format=ort.QuantFormat.QDQ, weight_type=ort.QuantType.QInt8)
static("qdq_uint8", quant_format=ort.QuantFormat.QDQ, weight_type=ort.QuantType.QUInt8, activation_type=ort.QuantType.QUInt8)
static("qdq_int8_per_channel", quant_format=ort.QuantFormat.QDQ, weight_type=ort.QuantType.QInt8, per_channel=True)
static("operators_int8", quant_format=ort.QuantFormat.QOperator, weight_type=ort.QuantType.QInt8)
static("operators_uint8_per_channel", quant_format=ort.QuantFormat.QOperator, weight_type=ort.QuantType.QUInt8, activation_type=ort.QuantType.QUInt8, per_channel=True)


static("block_qdq_int8", block_export, 3, quant_format=ort.QuantFormat.QDQ, weight_type=ort.QuantType.QInt8)
static("block_operators_int8_per_channel", block_export, 3, quant_format=ort.QuantFormat.QOperator,
       weight_type=ort.QuantType.QInt8, per_channel=True)


@case
def every_type(folder):
    arrays = {"f32": np.float32, "f64": np.float64, "f16": np.float16, "i8": np.int8, "u8": np.uint8, "i16": np.int16,
              "u16": np.uint16, "i32": np.int32, "u32": np.uint32, "i64": np.int64, "u64": np.uint64, "bool": np.bool_}
    rng = np.random.default_rng(0)
    made, expected = [], {}
    for name, kind in arrays.items():
        array = (rng.standard_normal((3, 5)) * 50).astype(np.int64).astype(kind) if name[0] != "f" else rng.standard_normal((3, 5)).astype(kind)
        made.append(numpy_helper.from_array(array, name + ".weight"))
        expected[name + ".weight"] = array.astype(np.float32)
    for name, code in (("bf16", TensorProto.BFLOAT16), ("e4m3", TensorProto.FLOAT8E4M3FN), ("e5m2", TensorProto.FLOAT8E5M2),
                       ("u4", TensorProto.UINT4), ("i4", TensorProto.INT4)):
        values = np.array([0, 1, 2, 3, 1.5, 7][:5], dtype=np.float32) if "4" != name[-1] else np.array([0, 1, 7, 3, 5], dtype=np.float32)
        tensor = helper.make_tensor(name + ".weight", code, [5], values)
        made.append(tensor)
        expected[name + ".weight"] = numpy_helper.to_array(tensor).astype(np.float32)
    half = helper.make_tensor("half_listed.weight", TensorProto.FLOAT16, [3], [0.5, -1.25, 3.0])
    made += [half, helper.make_tensor("float_listed.weight", TensorProto.FLOAT, [3], [0.5, -1.25, 3.0])]
    expected["half_listed.weight"] = expected["float_listed.weight"] = np.array([0.5, -1.25, 3.0])
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "g", [x],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])], initializer=made)
    onnx.save(helper.make_model(graph), folder / "model.onnx")
    return has(expected)


@case
def four_bit_blocks(folder):
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
    model, path = bert_export(folder)
    quantiser = MatMulNBitsQuantizer(onnx.load(path), bits=4, block_size=16, is_symmetric=True)
    quantiser.process()
    quantiser.model.save_model_to_file(str(path), False)
    return has({k: v for k, v in state(model).items() if "embeddings" in k or "LayerNorm" in k or k.endswith("bias")})
