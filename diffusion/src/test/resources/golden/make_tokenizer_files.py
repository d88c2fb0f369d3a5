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
    "inversion": {"tokenizer_config.json": CLIP, "added_tokens.json": {"<sat>": END + 2, "<cat>": END + 1}},
    "inversion-with-map": {"tokenizer_config.json": SD2, "special_tokens_map.json": SD2_MAP | {"additional_special_tokens": ["<s>"]},
                           "added_tokens.json": {"<s>": END + 2, "<cat>": END + 1}},
    "extra-special": {"tokenizer_config.json": CLIP, "special_tokens_map.json": {"additional_special_tokens": ["<s>"]}},
    "inversion-in-config": {"tokenizer_config.json": CLIP | {"added_tokens_decoder": DECODER | {
        str(END + 1): token("<cat>", special=False), str(END + 2): token("<s>", normalized=False, lstrip=True, special=False)}},
        "added_tokens.json": {"<sat>": END + 1}},
    "one-that-is-there": {"tokenizer_config.json": CLIP, "added_tokens.json": {"<|endoftext|>": END, "cat</w>": 19, "<sat>": END + 1}},
}


def write(folder, files):
    for file, content in files.items():
        (folder / file).write_text(content if isinstance(content, str) else json.dumps(content))
    return folder


def case(name, files, resaved=False):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        files = {"vocab.json": {t: i for i, t in enumerate(VOCABULARY)}, "merges.txt": "\n".join(["#version: 0.2", *MERGES, ""])} | files
        tokenizer = CLIPTokenizer.from_pretrained(write(folder, files))
        if resaved:  # by transformers 5: the vocabulary and added tokens lie in tokenizer.json
            tokenizer.save_pretrained(folder / "again")
            files = {file.name: json.loads(file.read_text()) for file in (folder / "again").iterdir()}
            tokenizer = CLIPTokenizer.from_pretrained(folder / "again")
        rows = {text: tokenizer(text, padding="max_length", truncation=True, max_length=12).input_ids for text in TEXTS}
    return {"name": name, "files": files, "rows": rows}


cases = [case(name, files) for name, files in CASES.items()]
cases += [case("saved-again", CASES["inversion-with-map"], True)]
text = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
pathlib.Path(__file__).with_name("tokenizer-files.json").write_text(f"[{text}]\n")
