"""Times DreamBooth steps as diffusers' train_dreambooth.py does them: a UNet of Stable Diffusion 1.5's shape with random
weights, AdamW, one photo and one class image, on the processor. The other side of `scripts/benchmark train-step`.

pip install torch==2.7.1 diffusers==0.42.1
usage: python scripts/step-in-diffusers.py fp32|bf16 STEPS [--resolution 512] [--checkpointing]
"""

import argparse
import resource
import time

import torch
import torch.nn.functional as F
from diffusers import DDPMScheduler, UNet2DConditionModel

options = argparse.ArgumentParser()
options.add_argument("precision", choices=["fp32", "bf16"])
options.add_argument("steps", type=int)
options.add_argument("--resolution", type=int, default=512)
options.add_argument("--checkpointing", action="store_true")
options = options.parse_args()

torch.manual_seed(0)
unet = UNet2DConditionModel(
    sample_size=64,
    in_channels=4,
    out_channels=4,
    block_out_channels=(320, 640, 1280, 1280),
    layers_per_block=2,
    cross_attention_dim=768,
    attention_head_dim=8,
    down_block_types=("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
    up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3,
)
unet.train()
if options.checkpointing:
    unet.enable_gradient_checkpointing()
optimizer = torch.optim.AdamW(unet.parameters(), lr=5e-6)
scheduler = DDPMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
side = options.resolution // 8
latents = torch.randn(2, 4, side, side)  # the photo's, then the class image's
text = torch.randn(2, 77, 768)
print("torch", torch.__version__, "threads", torch.get_num_threads(), options, flush=True)

for step in range(options.steps):
    begun = time.time()
    noise = torch.randn_like(latents)
    timesteps = torch.randint(0, 1000, (2,))
    noisy = scheduler.add_noise(latents, noise, timesteps)
    with torch.autocast("cpu", torch.bfloat16, enabled=options.precision == "bf16"):
        predicted = unet(noisy, timesteps, text, return_dict=False)[0]
    loss = sum(F.mse_loss(mine.float(), its) for mine, its in zip(predicted.chunk(2), noise.chunk(2)))
    loss.backward()
    torch.nn.utils.clip_grad_norm_(unet.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"step {step} total {time.time() - begun:.2f} loss {loss.item():.4f} rss {peak:.1f} GiB", flush=True)
