# SPDX-License-Identifier: Apache-2.0
"""Pickles give tensors, plain containers and stand-ins; whatever else they ask for is refused."""

import collections
import contextlib
import functools
import pickle
import struct
import sys
import types
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semg_training.checkpoints.archive import CheckpointArchive
from semg_training.checkpoints.checkpoint import read_checkpoint
from semg_training.checkpoints.refusal import CheckpointRefused
from semg_training.checkpoints.stand_ins import StandIn
from semg_training.checkpoints.stored_tensor import StoredTensor
from semg_training.checkpoints.unpickler import unpickle

FLOATS = np.arange(6, dtype="<f4")
REBUILD = b"ctorch._utils\n_rebuild_tensor_v2\n"


class Calls:
    """Pickles as a call of a function."""

    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("protocol", range(6))
def test_plain_values_are_what_they_were(protocol, read, pickled):
    value = {"a": [1, 2.5, None, True, "text"], "b": (1, {2, 3}, frozenset([4]))}
    assert read(pickled(value, protocol)) == value


def test_python_2_names_of_containers_are_known(read):
    assert read(b"\x80\x02c__builtin__\nset\n](K\x01K\x02e\x85R.") == {1, 2}
    assert read(b"\x80\x02c__builtin__\nslice\nK\x01K\x09K\x02\x87R.") == slice(1, 9, 2)


def test_an_ordered_dict_with_attributes_is_a_mapping(read, pickled):
    value = collections.OrderedDict(b=1, a=2)
    value._metadata = {"version": 1}
    assert list(read(pickled(value)).items()) == [("b", 1), ("a", 2)]


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
@pytest.mark.parametrize("where", ["state_dict", "hyper_parameters"])
def test_a_pickle_that_calls_os_system_is_refused_by_name_and_not_run(
    protocol, where, tmp_path, write_archive, pickled, refusal
):
    import os

    trace = tmp_path / "was-run"
    hostile = {"state_dict": {}, "hyper_parameters": {}}
    hostile[where] = {"network": Calls(os.system, f"touch {trace}")}
    content = pickled(hostile, protocol)
    pickle.loads(content)
    assert trace.exists(), "the pickle is not hostile"
    trace.unlink()
    with CheckpointArchive(write_archive(content)) as archive:
        said = refusal(read_checkpoint, archive)
    assert ".system', which no checkpoint needs; nothing of it was run" in said
    assert not trace.exists()


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("os", "system"), ("posix", "system"), ("nt", "system"), ("subprocess", "Popen"),
        ("builtins", "eval"), ("builtins", "exec"), ("__builtin__", "eval"),
        ("builtins", "getattr"), ("builtins", "__import__"), ("builtins", "open"),
        ("builtins", "type"), ("builtins", "compile"), ("importlib", "import_module"),
        ("runpy", "run_path"), ("sys", "modules"), ("shutil", "rmtree"), ("socket", "socket"),
        ("ctypes", "CDLL"), ("operator", "attrgetter"), ("operator", "methodcaller"),
        ("types", "FunctionType"), ("codecs", "decode"), ("pickle", "loads"),
        ("webbrowser", "open"), ("numpy.testing._private.utils", "runstring"),
        ("torch", "load"), ("torch.hub", "load"), ("torch.serialization", "load"),
        ("torch.os", "system"), ("torch", "os.system"), ("torch.storage", "_load_from_bytes"),
        ("generic_neuromotor_interface.lightning", "subprocess.run"), ("torchh", "Linear"),
    ],
)  # fmt: skip
def test_other_names_are_refused(module, name, read, refusal):
    old = f"c{module}\n{name}\n)R.".encode()
    text = [struct.pack("<BB", 0x8C, len(part)) + part.encode() for part in (module, name)]
    new = b"\x80\x04" + text[0] + text[1] + b"\x93)R."
    shown = f"'{module.replace('__builtin__', 'builtins')}.{name}'"
    for content in (old, new):
        assert f"the pickle asks for {shown}" in refusal(read, content)


@pytest.fixture
def foreign(monkeypatch):
    """Make a class in a module that this machine does not have."""

    def make(module, name, **members):
        parts = module.split(".")
        for count in range(1, len(parts) + 1):
            parent = ".".join(parts[:count])
            monkeypatch.setitem(sys.modules, parent, types.ModuleType(parent))
        made = type(name, (), {"__module__": module, **members})
        setattr(sys.modules[module], name, made)
        return made

    return make


def test_an_object_of_a_foreign_class_is_a_stand_in_that_keeps_its_state(read, pickled, foreign):
    def fail(*arguments, **named):
        raise AssertionError("was called")

    made = foreign(
        "generic_neuromotor_interface.networks", "Network", __init__=fail, __setstate__=fail
    )
    network = made.__new__(made)
    network.stride = 10
    found = read(pickled(network))
    assert isinstance(found, StandIn)
    assert found.state == {"stride": 10}
    assert type(found).__name__ == "Network"
    found = read(pickled(Calls(made, 1, 2)))
    assert isinstance(found, StandIn)
    assert found.arguments == (1, 2)


def test_a_stand_in_takes_items_of_any_kind(read):
    found = read(b"\x80\x02comegaconf\nDictConfig\n)\x81(K\x01K\x02u(K\x03e.")
    assert found.items == {1: 2}


def test_a_stored_partial_calls_nothing(read, pickled, foreign):
    called = foreign("hydra.made_up", "Optimizer")
    found = read(pickled(functools.partial(called, lr=0.1)))
    assert isinstance(found, StandIn)
    assert found.arguments[0].__name__ == "Optimizer"


def test_an_object_of_a_stand_in_cannot_be_called(read, refusal):
    assert "not callable" in refusal(read, b"ctorch.nn\nLinear\n)R)R.")


def test_functions_cannot_be_given_a_state(read, refusal):
    assert "a function is given a state" in refusal(read, REBUILD + b"}b.")


def tensor(pickled, shape, strides, offset=0, storage=None):
    """Pickle of a tensor in the storage '0' of six floats."""
    identity = storage or ("storage", "<kind>", "0", "cuda:3", 6)
    plain = [b"ctorch\nFloatStorage\n" if p == "<kind>" else pickled(p)[2:-1] for p in identity]
    described = b"((" + b"".join(plain) + b"tQ"
    described += b"".join(pickled(part)[2:-1] for part in (offset, shape, strides, False, None))
    return b"\x80\x02" + REBUILD + described + b"tR."


@pytest.fixture
def read_tensor(write_archive, pickled):
    def run(*arguments, **named):
        content = tensor(pickled, *arguments, **named)
        path = write_archive(content, {"archive/data/0": FLOATS.tobytes()})
        with CheckpointArchive(path) as archive:
            found = unpickle(archive)
            assert isinstance(found, StoredTensor)
            return found.read(archive)

    return run


def test_a_tensor_is_a_view_of_its_storage(read_tensor):
    np.testing.assert_array_equal(read_tensor((2, 3), (3, 1)), FLOATS.reshape(2, 3))
    np.testing.assert_array_equal(read_tensor((3, 2), (1, 3)), FLOATS.reshape(2, 3).T)
    np.testing.assert_array_equal(read_tensor((2,), (2,), 1), FLOATS[1:5:2])
    assert read_tensor((), (), 5) == 5.0
    assert read_tensor((0, 7), (7, 1)).shape == (0, 7)


@pytest.mark.parametrize(
    ("shape", "strides", "offset"),
    [
        ((7,), (1,), 0), ((6,), (1,), 1), ((2, 3), (6, 1), 0), ((2**40,), (1,), 0),
        ((2**20, 2**20), (0, 0), 0), ((1,), (1,), 6), ((0,), (1,), 7),
    ],
)  # fmt: skip
def test_a_tensor_that_leaves_or_outgrows_its_storage_is_refused(
    shape, strides, offset, read_tensor, refusal
):
    assert "does not fit into its storage of 6 items" in refusal(
        read_tensor, shape, strides, offset
    )


@pytest.mark.parametrize(
    ("shape", "strides", "offset"),
    [((2,), (1, 1), 0), ((-1,), (1,), 0), ((2,), (-1,), 1), ((2.0,), (1,), 0), ((2,), (1,), -1),
     ((2**70,), (0,), 0), ("ab", (1, 1), 0), ((1,) * 20, (1,) * 20, 0)],
)  # fmt: skip
def test_a_tensor_that_is_described_otherwise_is_refused(
    shape, strides, offset, read_tensor, refusal
):
    assert "a tensor" in refusal(read_tensor, shape, strides, offset)


@pytest.mark.parametrize(
    ("storage", "said"),
    [
        (("storage", "<kind>", "0", "cpu", 7), "storage '0' has 24 bytes, but 7 items of"),
        (("storage", "<kind>", "9", "cpu", 6), "entry 'archive/data/9' is missing"),
        (("storage", "<kind>", "../data.pkl", "cpu", 6), "entry 'archive/data/../data.pkl'"),
        (("module", "<kind>", "0", "cpu", 6), "a persistent object is no storage"),
        (("storage", "Float", "0", "cpu", 6), "a persistent object is no storage"),
        (("storage", "<kind>", "0", "cpu", -6), "a persistent object is no storage"),
    ],
)
def test_a_storage_that_is_not_there_is_refused(storage, said, read_tensor, refusal):
    assert said in refusal(read_tensor, (1,), (1,), storage=storage)


def test_a_tensor_cannot_be_changed_afterwards(write_archive, pickled, refusal):
    content = tensor(pickled, (6,), (1,))[:-1] + pickled({"shape": (9,)})[2:-1] + b"b."
    with CheckpointArchive(write_archive(content, {"archive/data/0": FLOATS.tobytes()})) as archive:
        assert "a tensor is changed after it was made" in refusal(unpickle, archive)


@pytest.mark.parametrize(
    "content",
    [
        b"", b".", b"\x80\x02", b"\xff", b"\x80\x02}", b"(", b"K\x01b.", b"\x80\x09.",
        b"r\xff\xff\xff\x7f.", b"K\x01r\xff\xff\xff\x7f.", b"K\x01p2000000000\n.",
        b"\x80\x05\x96\x00\x00\x00\x00\x00\x00\x00\x40.", b"\x82\x01.",
        b"\x8b\x01\x00\x00\x00\x01.", b"K\x01(\x86.", b"(2.", b"(r\x00\x00\x00\x00.", b"K\x01e.",
        b"\x8d\x00\x00\x00\x00\x00\x00\x00\x40.", b"h\x07.", b"I1e9\n.",
    ],
)  # fmt: skip
def test_a_damaged_pickle_is_refused_in_one_line(content, read, refusal):
    assert "the pickle is damaged or no checkpoint" in refusal(read, content)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_bytes_changed_anywhere_give_a_value_or_a_refusal(tmp_path_factory, data):
    content = bytearray(pickle.dumps({"a": [1, (2, 3)], "b": {"c": "text"}}, 2))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("changed") / "file"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("archive/data.pkl", bytes(content))
    with CheckpointArchive(path) as archive, contextlib.suppress(CheckpointRefused):
        unpickle(archive)


def test_every_type_of_number_is_read_as_torch_saved_it(tmp_path, torch):
    made = {
        str(kind): torch.arange(-3, 9).to(kind).reshape(3, 4).T
        for kind in (
            torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64,
            torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool,
        )
    }  # fmt: skip
    torch.save(made, tmp_path / "tensors")
    with CheckpointArchive(tmp_path / "tensors") as archive:
        found = unpickle(archive)
        for name, expected in made.items():
            values = found[name].read(archive)
            np.testing.assert_array_equal(values, expected.to(torch.float64).numpy(), err_msg=name)


def test_parameters_and_modules_of_torch_need_no_torch(tmp_path, torch):
    network = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ReLU())
    torch.save({"network": network}, tmp_path / "module")
    with CheckpointArchive(tmp_path / "module") as archive:
        linear = unpickle(archive)["network"].state["_modules"]["0"]
        weight = linear.state["_parameters"]["weight"].read(archive)
    np.testing.assert_array_equal(weight, network[0].weight.detach().numpy())
    assert linear.state["in_features"] == 3
