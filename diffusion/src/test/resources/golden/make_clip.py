"""Writes clip/: a tiny random CLIP of transformers, a picture, and what CLIPModel and CLIPProcessor make of them.

    pip install torch transformers pillow
    python make_clip.py
"""

import json
import pathlib
import shutil

import numpy
import torch
from PIL import Image
from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPTokenizer

here = pathlib.Path(__file__).parent
out = here / "clip"
shutil.rmtree(out, ignore_errors=True)
out.mkdir()
torch.manual_seed(3)

tokenizers = here.parents[4] / "base-model" / "tokenizer"
tokenizer = CLIPTokenizer.from_pretrained(tokenizers)
text = dict(
    vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
    max_position_embeddings=77, bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id,
    pad_token_id=tokenizer.pad_token_id, initializer_range=0.5)
vision = dict(
    hidden_size=48, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4, image_size=32, patch_size=8,
    initializer_range=0.5)
model = CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=24)).eval()
model.save_pretrained(out)
tokenizer.save_pretrained(out)
for name in ["vocab.json", "merges.txt"]:  # as published models have them
    shutil.copy(tokenizers / name, out / name)
(out / "tokenizer.json").unlink(missing_ok=True)
processor = CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
processor.save_pretrained(out)

numbers = numpy.random.default_rng(5)
coarse = Image.fromarray(numbers.integers(0, 256, (9, 13, 3), dtype=numpy.uint8))
picture = coarse.resize((91, 67), Image.Resampling.BICUBIC)
picture.save(out / "picture.png")
texts = ["a photo of a mug", "a striped mug on the beach, at night"]
with torch.no_grad():
    planes = processor(picture, return_tensors="pt")["pixel_values"]
    ids = tokenizer(texts, padding="max_length", truncation=True, return_tensors="pt")
    image = model.get_image_features(pixel_values=planes)
    words = model.get_text_features(input_ids=ids["input_ids"], attention_mask=ids["attention_mask"])
image, words = [getattr(x, "pooler_output", x) for x in (image, words)]
unit = lambda x: (x / x.norm(dim=-1, keepdim=True)).tolist()
(out / "expected.json").write_text(json.dumps(
    {"texts": texts, "picture": unit(image)[0], "words": unit(words), "planes_mean": planes.mean().item(),
     "planes_first_row": planes[0, 0, 0].tolist()}, indent=1))
