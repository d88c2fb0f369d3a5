"""Writes tokenizer-files.json: what transformers' CLIPTokenizer makes of texts by the files that lie beside vocab.json.

    pip install transformers==5.24.0
    python make_tokenizer_files.py
"""

import json
import pathlib
import tempfile

from transformers import CLIPTokenizer

PIECES = list("!abcst<>-") + [c + "</w>" for c in "!abcst<>-"]
MERGES = ["a t</w>", "c at</w>", "> !</w>"]
VOCABULARY = PIECES + [m.replace(" ", "") for m in MERGES] + ["<|startoftext|>", "<|endoftext|>"]
BEGIN, END = len(VOCABULARY) - 2, len(VOCABULARY) - 1
TEXTS = ["", "a cat!", "! a !!", "<cat>", "a <CAT> at<cat>!", "<|ENDOFTEXT|> a", "<Sat><sat> a", "<s> cat <s>"]


def token(content, **settings):
    return {"content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": True, **settings}


CLIP = {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>", "unk_token": "<|endoftext|>",
        "model_max_length": 12, "tokenizer_class": "CLIPTokenizer"}
# as Stable Diffusion 2.1 has them
SD2 = CLIP | {key: {"__type": "AddedToken", **token(CLIP[key])} for key in ("bos_token", "eos_token", "unk_token")}
SD2_MAP = {key: token(CLIP[key]) for key in ("bos_token", "eos_token", "unk_token")} | {"pad_token": "!"}
DECODER = {str(BEGIN): token("<|startoftext|>", special=True), str(END): token("<|endoftext|>", normalized=False, special=True)}

CASES = {
    "clip": {"tokenizer_config.json": CLIP},
    "end-twice": {"tokenizer_config.json": SD2, "special_tokens_map.json": SD2_MAP | {"pad_token": "<|endoftext|>"}},
    "config-alone": {"tokenizer_config.json": SD2},
    "map-wins": {"tokenizer_config.json": SD2, "special_tokens_map.json": SD2_MAP},
    "map-alone": {"tokenizer_config.json": {"model_max_length": 12}, "special_tokens_map.json": SD2_MAP},
    "config-lists-added-tokens": {"tokenizer_config.json": SD2 | {"added_tokens_decoder": DECODER}, "special_tokens_map.json": SD2_MAP},
}


def case(name, files):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        files = {"vocab.json": {t: i for i, t in enumerate(VOCABULARY)}, "merges.txt": "\n".join(["#version: 0.2", *MERGES, ""])} | files
        for file, content in files.items():
            (folder / file).write_text(content if isinstance(content, str) else json.dumps(content))
        tokenizer = CLIPTokenizer.from_pretrained(folder)
        rows = {text: tokenizer(text, padding="max_length", truncation=True, max_length=12).input_ids for text in TEXTS}
    return {"name": name, "files": files, "rows": rows}


cases = [json.dumps(case(name, files), ensure_ascii=False) for name, files in CASES.items()]
pathlib.Path(__file__).with_name("tokenizer-files.json").write_text("[" + ",\n".join(cases) + "]\n")
