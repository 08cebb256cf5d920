"""Trains the question adapter (ingest/conversion.py) on the pairs beside this file; takes minutes.

    python -m benchmarks.fit_adapter [--epochs 1]

A line of question_pairs.jsonl is a plain question, an invented official passage that answers it, and one of the same
subject that does not. The pairs were written for this purpose, by an author who had seen no test set, and are released
under CC0; no statement in them is a fact. The loss is the cross entropy of the right passage among all passages of the
file (InfoNCE, van den Oord et al. 2018), with a pull towards where the question stood before.
"""

from __future__ import annotations

import json
import random
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize
from transformers import BertModel

from assistant.settings import load_settings
from ingest.conversion import QUESTION_ADAPTER, LowRank, add_adapter
from ingest.default_model import E5_PROMPTS, build_default

PAIRS = Path(__file__).with_name("question_pairs.jsonl")
BATCH, LEARNING_RATE, TEMPERATURE, PULL = 48, 1.5e-4, 0.02, 3.0
_HELD_OUT = 8
"""Every eighth pair is not trained on; its rank is told."""
_SEED = 1
_LONGEST = 256


@dataclass(frozen=True, slots=True)
class Pair:
    """A question with the passage that answers it and one that does not."""

    question: str
    passage: str
    negative: str


class Encoder:
    """The default model with its tokenizer: texts to unit vectors that carry gradients."""

    def __init__(self, folder: Path) -> None:
        self.model = BertModel.from_pretrained(folder)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_padding(pad_id=1)
        self._tokenizer.enable_truncation(_LONGEST)

    def embed(self, texts: Sequence[str], prompt: str) -> Tensor:
        """Unit vectors of shape (texts, dimension), by mean pooling."""
        read = self._tokenizer.encode_batch([prompt + text for text in texts])
        ids = torch.tensor([one.ids for one in read])
        mask = torch.tensor([one.attention_mask for one in read])
        tokens = self.model(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).float()
        return normalize((tokens * weights).sum(1) / weights.sum(1), dim=1)

    def embed_all(self, texts: Sequence[str], prompt: str) -> Tensor:
        """The same without gradients, in batches."""
        with torch.no_grad():
            return torch.cat([self.embed(texts[at : at + BATCH], prompt) for at in range(0, len(texts), BATCH)])


def main() -> None:
    """Train, tell the loss and the rank of the held-out pairs, and store the adapter."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--write", type=Path, default=QUESTION_ADAPTER)
    chosen = parser.parse_args()
    torch.manual_seed(_SEED)
    encoder = Encoder(build_default(load_settings().cache_dir, print))
    pairs = [Pair(**json.loads(line)) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    held = pairs[::_HELD_OUT]
    # The second half has each passage pair of the first half the other way round: held out together.
    known = {one.passage for one in held} | {one.negative for one in held}
    trained = [one for one in pairs if one.passage not in known and one.negative not in known]
    texts = list(dict.fromkeys(text for one in pairs for text in (one.passage, one.negative)))
    passages = encoder.embed_all(texts, E5_PROMPTS["document"])
    before = encoder.embed_all([one.question for one in trained], E5_PROMPTS["query"])
    print(f"{len(trained)} pairs to train on, {len(held)} held out: {_rank(encoder, held, texts, passages)}")  # noqa: T201
    added = add_adapter(encoder.model)
    _train(
        encoder,
        [one for one in encoder.model.parameters() if one.requires_grad],
        trained,
        texts,
        passages,
        before,
        chosen.epochs,
    )
    print(f"after training: {_rank(encoder, held, texts, passages)}")  # noqa: T201
    _save(added, chosen.write)


def _save(added: Sequence[LowRank], path: Path) -> None:
    arrays: dict[str, Any] = {}
    for place, one in enumerate(added):
        arrays[f"{place}.down"] = one.down.detach().numpy().astype(np.float16)
        arrays[f"{place}.up"] = one.up.detach().numpy().astype(np.float16)
    np.savez_compressed(path, **arrays)


def _train(
    encoder: Encoder,
    parameters: list[torch.nn.Parameter],
    pairs: Sequence[Pair],
    texts: Sequence[str],
    passages: Tensor,
    before: Tensor,
    epochs: int,
) -> None:
    """Steps with a short warm-up and a linear fall. `passages` are of `texts`, `before` of the pairs' questions."""
    place = {text: number for number, text in enumerate(texts)}
    optimizer = torch.optim.AdamW(parameters, lr=LEARNING_RATE, weight_decay=0.01)
    order, chance = list(range(len(pairs))), random.Random(_SEED)
    steps, done = epochs * -(-len(pairs) // BATCH), 0
    encoder.model.train()
    for _ in range(epochs):
        chance.shuffle(order)
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            vectors = encoder.embed([pairs[one].question for one in chosen], E5_PROMPTS["query"])
            right = torch.tensor([place[pairs[one].passage] for one in chosen])
            pull = (1 - (vectors * before[chosen]).sum(1)).mean()
            loss = cross_entropy(vectors @ passages.T / TEMPERATURE, right) + PULL * pull
            done += 1
            for group in optimizer.param_groups:
                group["lr"] = LEARNING_RATE * min(1.0, done / 10) * max(0.05, 1 - done / steps)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            print(f"step {done} of {steps}: loss {loss.item():.3f}", end="\r", flush=True)  # noqa: T201
    encoder.model.train(False)


def _rank(encoder: Encoder, pairs: Sequence[Pair], texts: Sequence[str], passages: Tensor) -> str:
    """Mean reciprocal rank of the right passage among all, and how often it comes before its own negative."""
    cosines = (encoder.embed_all([one.question for one in pairs], E5_PROMPTS["query"]) @ passages.T).numpy()
    place = {text: number for number, text in enumerate(texts)}
    own = np.array([row[place[one.passage]] for row, one in zip(cosines, pairs, strict=True)])
    other = np.array([row[place[one.negative]] for row, one in zip(cosines, pairs, strict=True)])
    ranks = 1 + (cosines > own[:, None]).sum(axis=1)
    return f"mrr {np.mean(1 / ranks):.3f}, before its negative {np.mean(own > other):.3f}"


if __name__ == "__main__":
    main()
