"""Times class images drawn by diffusers, as scripts/benchmark class-images times ours; for scripts/benchmark in-turns.

    python scripts/class-images-in-diffusers.py MODEL bf16|fp32 ROUNDS STEPS

One picture of 512 pixels a round, guidance 7.5, DPM-Solver++ 2M. Needs torch 2.7.1, diffusers 0.42.1, transformers 5.
"""
import sys, time
import torch
from diffusers import DPMSolverMultistepScheduler, StableDiffusionPipeline

model, rounds, steps = sys.argv[1], int(sys.argv[3]), int(sys.argv[4])
dtype = {"bf16": torch.bfloat16, "fp32": torch.float32}[sys.argv[2]]
pipe = StableDiffusionPipeline.from_pretrained(model, torch_dtype=dtype, safety_checker=None)
pipe.scheduler = DPMSolverMultistepScheduler.from_config(pipe.scheduler.config)
pipe.set_progress_bar_config(disable=True)
for number in range(rounds):
    start = time.time()
    pipe("a photo of a teapot", num_inference_steps=steps, guidance_scale=7.5, height=512, width=512,
         generator=torch.Generator().manual_seed(number))
    print("round", number, "total", round(time.time() - start, 3), flush=True)
