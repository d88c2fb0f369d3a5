"""Four steps of bitsandbytes' block-wise 8-bit AdamW, in its PyTorch form: adamw-8bit.safetensors beside this file.
Needs bitsandbytes 0.50, torch, safetensors. usage: TORCHDYNAMO_DISABLE=1 python make_adamw_8bit.py"""
from pathlib import Path
import torch
from bitsandbytes.backends.triton.kernels_optim import optimizer_update_8bit_blockwise_pytorch
from bitsandbytes.functional import create_dynamic_map
from safetensors.torch import save_file

torch.manual_seed(0)
rows, columns, steps = 41, 101, 4                        # 4141 numbers: the last of 17 blocks is not full
n = rows * columns
signed, unsigned = create_dynamic_map(signed=True), create_dynamic_map(signed=False)
weight = torch.randn(rows, columns)
out = {"map.signed": signed, "map.unsigned": unsigned, "weight": weight.clone()}
state1, state2 = torch.zeros(n, dtype=torch.uint8), torch.zeros(n, dtype=torch.uint8)
absmax1, absmax2 = torch.zeros(-(-n // 256)), torch.zeros(-(-n // 256))
flat = weight.flatten()
for step in range(1, steps + 1):
    gradient = torch.randn(n) * 10 ** torch.empty(n).uniform_(-6, 0)
    gradient[512:768] = 0                                # a block that has nothing to learn
    out[f"gradient.{step}"] = gradient.reshape(rows, columns).clone()
    optimizer_update_8bit_blockwise_pytorch(flat, gradient, state1, state2, .9, .999, 0., 0., 1e-8, step, 1e-2,
                                            signed, unsigned, absmax1, absmax2, .01, 1., False, optimizer_name="adam")
    out[f"weight.{step}"] = flat.reshape(rows, columns).clone()
out |= {"state1": state1, "state2": state2, "absmax1": absmax1, "absmax2": absmax2}
save_file(out, Path(__file__).parent / "adamw-8bit.safetensors")
