"""Makes lora/: LoRA files for the model of pipeline-ddim, and what diffusers computes with them.

Needs torch 2.7.1, diffusers 0.42.1, peft and transformers. One file in the names of diffusers, written by
save_lora_weights with alpha in its metadata; one in those of kohya's sd-scripts, with feed-forward layers and a
convolution as well; one in those of diffusers before peft. patterns: the first with other alphas, te1: the second with
lora_te1_ for lora_te_; neither is stored. All are read back by load_lora_weights; what is stored is computed by diffusers
with them. convolutions: what peft computes with adapters beside layers of every shape, and their gradients.

    python make_lora.py GOLDEN
"""
import json, pathlib, re, shutil, sys, tempfile
import torch
import transformers.integrations.peft
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from peft import LoraConfig
from peft.utils import get_peft_model_state_dict
from safetensors.torch import load_file, save_file
from transformers import CLIPTextModel

transformers.integrations.peft.check_peft_version = lambda **_: None  # asks for peft 0.22, which is not released; 0.21 does

GOLDEN = pathlib.Path(sys.argv[1])
MODEL, OUT, WEIGHT, RANK, ALPHA = GOLDEN / "pipeline-ddim", GOLDEN / "lora", .7, 2, 3.
OUT.mkdir(exist_ok=True)


def pipeline():
    return StableDiffusionPipeline(
        vae=AutoencoderKL.from_pretrained(MODEL / "vae"), text_encoder=CLIPTextModel.from_pretrained(MODEL / "text_encoder"), tokenizer=None,
        unet=UNet2DConditionModel.from_pretrained(MODEL / "unet"), scheduler=DDIMScheduler.from_pretrained(MODEL / "scheduler"),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False)


torch.manual_seed(11)
trained = pipeline()
for part, targets in ((trained.unet, ["to_q", "to_k", "to_v", "to_out.0"]), (trained.text_encoder, ["q_proj", "k_proj", "v_proj", "out_proj"])):
    part.add_adapter(LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=targets))
    torch.manual_seed(12)
    for name, p in sorted(part.named_parameters()):
        if "lora_" in name:
            p.data = .5 * torch.randn(p.shape)
with tempfile.TemporaryDirectory() as folder:
    config = {k: {"r": RANK, "lora_alpha": ALPHA, "target_modules": sorted(m.peft_config["default"].target_modules)}
              for k, m in (("unet", trained.unet), ("text_encoder", trained.text_encoder))}
    StableDiffusionPipeline.save_lora_weights(
        folder, unet_lora_layers=get_peft_model_state_dict(trained.unet), text_encoder_lora_layers=get_peft_model_state_dict(trained.text_encoder),
        unet_lora_adapter_metadata=config["unet"], text_encoder_lora_adapter_metadata=config["text_encoder"])
    shutil.copy(pathlib.Path(folder) / "pytorch_lora_weights.safetensors", OUT / "diffusers.safetensors")

kohya, plain = {}, pipeline()


def adapt(prefix, name, shape, text=False):
    stem = prefix + ("text_model_" if text and not name.startswith("text_model") else "") + name.replace(".", "_")
    kohya[stem + ".lora_down.weight"] = .3 * torch.randn(RANK, *shape[1:])
    kohya[stem + ".lora_up.weight"] = .3 * torch.randn(shape[0], RANK, *([1] * (len(shape) - 2)))
    kohya[stem + ".alpha"] = torch.tensor(1.)


for name, p in plain.unet.named_parameters():
    if name.endswith((".to_q.weight", ".to_out.0.weight", ".ff.net.0.proj.weight", ".proj_in.weight")) or name == "mid_block.resnets.0.conv1.weight":
        adapt("lora_unet_", name.removesuffix(".weight"), p.shape)
for name, p in plain.text_encoder.named_parameters():  # diffusers 0.42 passes over text attention of which only q_proj is adapted
    if name.endswith((".fc1.weight", ".fc2.weight")):
        adapt("lora_te_", name.removesuffix(".weight"), p.shape, text=True)
save_file(kohya, OUT / "kohya.safetensors")

tensors = {"in.sample": torch.randn(2, 4, 8, 8), "in.timestep": torch.tensor([7., 300.]),
           "in.input_ids": torch.randint(0, plain.text_encoder.config.vocab_size - 3, (2, 9)).float()}
processor = {}  # as diffusers wrote them before peft; only attention
for part, model in (("unet", plain.unet), ("text_encoder", plain.text_encoder)):
    for name, p in model.named_parameters():
        old = re.fullmatch(r"(.*)\.(?:to_(q|k|v|out)(?:\.0)?|(q|k|v|out)_proj)\.weight", name)
        if old:
            root = "text_model." if part == "text_encoder" and not name.startswith("text_model") else ""
            stem = f"{part}.{root}{old[1]}{'.processor' if part == 'unet' else ''}.to_{old[2] or old[3]}_lora"
            processor[stem + ".down.weight"], processor[stem + ".up.weight"] = .3 * torch.randn(RANK, p.shape[1]), .3 * torch.randn(p.shape[0], RANK)
save_file(processor, OUT / "processor.safetensors")

# diffusers.safetensors with alphas by regular expressions, of which the first counts
patterns = {f"{part}.{key}": value for part in config for key, value in config[part].items()}
patterns |= {"unet.alpha_pattern": {r"down_blocks\.\d+\..*to_[qk]": 6., "attn2.to_q": 1., "^up_blocks.*": .5, "q": 9., "to_v|to_k": 4.},
             "text_encoder.alpha_pattern": {r"layers\.[02]\.self_attn.(q|out)_proj": 5.}}
(OUT / "patterns.json").write_text(json.dumps(patterns, indent=1) + "\n")
more = pathlib.Path(tempfile.mkdtemp())
save_file(load_file(OUT / "diffusers.safetensors"), more / "patterns.safetensors", {"format": "pt", "lora_adapter_metadata": json.dumps(patterns)})
save_file({k.replace("lora_te_", "lora_te1_"): v for k, v in kohya.items()}, more / "te1.safetensors")

for file in ("none", "diffusers", "kohya", "processor", "patterns", "te1"):
    pipe = pipeline()
    if file != "none":
        pipe.load_lora_weights((more if file in ("patterns", "te1") else OUT) / f"{file}.safetensors")
        pipe.fuse_lora(lora_scale=WEIGHT)
    with torch.no_grad():
        text = pipe.text_encoder(tensors["in.input_ids"].long())[0]
        tensors[f"out.{file}.text"] = text.contiguous()
        tensors[f"out.{file}.sample"] = pipe.unet(tensors["in.sample"], tensors["in.timestep"], text).sample.contiguous()
for file in ("diffusers", "kohya", "processor", "patterns", "te1"):
    for what in ("text", "sample"):
        print(file, what, "changed by", (tensors[f"out.{file}.{what}"] - tensors[f"out.none.{what}"]).abs().max().item())
save_file(tensors, OUT / "io.safetensors")

# adapters beside linear layers and convolutions, in training: gradients of the sum of what the UNet predicts
beside = pipeline()
targets = ["to_k", "time_emb_proj", "proj_in", "proj_out", "conv1", "conv_shortcut", "conv", "conv_in"]
beside.unet.add_adapter(LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=targets))
torch.manual_seed(14)
adapters = {name: p for name, p in sorted(beside.unet.named_parameters()) if "lora_" in name}
for p in adapters.values():
    p.data = .2 * torch.randn(p.shape)
sample = beside.unet(tensors["in.sample"], tensors["in.timestep"], tensors["out.none.text"]).sample
gradients = torch.autograd.grad(sample.sum(), list(adapters.values()))
print("convolutions sample changed by", (sample - tensors["out.none.sample"]).abs().max().item())
named = {name.replace(".default.", "."): p.detach() for name, p in adapters.items()}
save_file({"out.sample": sample.detach().contiguous()} | named
          | {"gradient." + name: g.contiguous() for name, g in zip(named, gradients)}, OUT / "convolutions.safetensors")
