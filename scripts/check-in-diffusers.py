"""Draws with diffusers what this project wrote, as cases for ./dreambooth conformance, which draws it with ours.

    python scripts/check-in-diffusers.py OUT full=CHECKPOINT file=MODEL.safetensors,CHECKPOINT lora=BASE,LORA,MERGED ...
    ./dreambooth conformance OUT

full: a checkpoint folder by from_pretrained. file: one file of checkpoint --format ldm by from_single_file; CHECKPOINT is
the folder that ours is drawn from. lora: a base model folder and a LoRA file by load_lora_weights; ours is drawn from
MERGED, the checkpoint of the run that wrote the LoRA. A word before the = may end in a number, to have several.
Everything starts from the same latents. The conformance then holds latents and picture to 1e-4 of their largest number
(pictures lie in -1 to 1), every pixel of them; a mean difference of 1/255 would be 40 times as much.

Needs torch 2.7.1, diffusers 0.42.1, transformers 5, peft 0.21 or later. Nothing is fetched.
"""
import json, os, pathlib, re, sys
os.environ["HF_HUB_OFFLINE"] = "1"
import torch
import transformers.integrations.peft
from diffusers import DDIMScheduler, StableDiffusionPipeline
from safetensors.torch import save_file

transformers.integrations.peft.check_peft_version = lambda **_: None  # asks for peft 0.22, which is not released; 0.21 does
PARTS = ("unet", "text_encoder", "vae", "scheduler")
PROMPT, STEPS, GUIDANCE = "a photo of a sks teapot", 10, 5.0


def base(folder):
    """One of half precision may name it in its text encoder's configuration; checkpoints need not be told what they are."""
    return StableDiffusionPipeline.from_pretrained(folder, torch_dtype=torch.float32)


def single(file, folder):
    return StableDiffusionPipeline.from_single_file(file, config=folder, local_files_only=True, torch_dtype=torch.float32)


def draw(pipe):
    """Like StableDiffusionPipeline.__call__ with output_type="latent", but from latents and down to unclamped pixels."""
    scheduler = DDIMScheduler.from_config(pipe.scheduler.config)
    pipe.scheduler = scheduler
    side = pipe.unet.config.sample_size
    latents = torch.randn(1, pipe.unet.config.in_channels, side, side, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        drawn = pipe(PROMPT, latents=latents.clone(), num_inference_steps=STEPS, guidance_scale=GUIDANCE, output_type="latent",
                     height=side * pipe.vae_scale_factor, width=side * pipe.vae_scale_factor).images
        image = pipe.vae.decode(drawn / pipe.vae.config.scaling_factor).sample
    ids = [pipe.tokenizer(text, padding="max_length", truncation=True, max_length=pipe.tokenizer.model_max_length, return_tensors="pt").input_ids for text in (PROMPT, "")]
    return {"in.latents": latents, "in.input_ids": ids[0], "in.negative_input_ids": ids[1], "out.latents": drawn, "out.image": image}


def case(out, pipe, ours):
    out.mkdir(parents=True)
    io = draw(pipe)
    save_file({k: v.contiguous() for k, v in io.items()}, out / "io.safetensors")
    for part in PARTS:
        (out / part).symlink_to(pathlib.Path(ours).resolve() / part)
    (out / "case.json").write_text(json.dumps({"kind": "pipeline", **{part: part for part in PARTS}, "scheduler_kind": "ddim",
                                               "steps": STEPS, "guidance_scale": GUIDANCE}))
    return io["out.image"]


out, pictures = pathlib.Path(sys.argv[1]), {}
for argument in sys.argv[2:]:
    name, value = argument.split("=", 1)
    paths = value.split(",")
    kind = re.sub(r"\d+$", "", name)
    if kind == "full":
        pipe = StableDiffusionPipeline.from_pretrained(paths[0])
    elif kind == "file":
        pipe = single(paths[0], paths[1])
    elif kind == "lora":
        pipe = base(paths[0])
        pipe.load_lora_weights(paths[1])
    else:
        sys.exit(f"{argument}: expected full, file or lora")
    pictures[name] = case(out / name, pipe, paths[-1])
    if kind == "lora":
        plain = draw(base(paths[0]))["out.image"]
        print(f"{name}: changes the picture by {(pictures[name] - plain).abs().mean().item() / 2 * 255:.2f} of 255 on average")
    print(f"{name}: drawn by diffusers, numbers from {pictures[name].min().item():.3f} to {pictures[name].max().item():.3f}")
