"""Makes the cases of files that others write (single_file, nemo, latent_pt) into a folder, from tiny random models.

Needs torch 2.7.1, diffusers 0.42.1, transformers and safetensors. Names of the original files are written here from
diffusers' names, and diffusers' own readers must read them back: otherwise the script stops.

    python make_formats.py OUT
"""
import copy, io, json, pathlib, re, sys, tarfile, types
from collections import OrderedDict
import torch, yaml
from diffusers import AutoencoderKL, UNet2DConditionModel
from diffusers.loaders import single_file_utils as sfu
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel

OUT = pathlib.Path(sys.argv[1])
RESNET = [("norm1", "in_layers.0"), ("conv1", "in_layers.2"), ("norm2", "out_layers.0"), ("conv2", "out_layers.3"),
          ("time_emb_proj", "emb_layers.1"), ("conv_shortcut", "skip_connection")]


def unet_names(state, layers, up_attends):
    out = {}
    for k, v in state.items():
        n = k
        for a, b in [("conv_in.", "input_blocks.0.0."), ("time_embedding.linear_1.", "time_embed.0."), ("time_embedding.linear_2.", "time_embed.2."),
                     ("conv_norm_out.", "out.0."), ("conv_out.", "out.2.")]:
            if n.startswith(a):
                n = b + n[len(a):]
        if ".resnets." in n:
            for a, b in RESNET:
                n = n.replace("." + a + ".", "." + b + ".")
        n = re.sub(r"^down_blocks\.(\d+)\.resnets\.(\d+)", lambda m: f"input_blocks.{1 + int(m[1]) * (layers + 1) + int(m[2])}.0", n)
        n = re.sub(r"^down_blocks\.(\d+)\.attentions\.(\d+)", lambda m: f"input_blocks.{1 + int(m[1]) * (layers + 1) + int(m[2])}.1", n)
        n = re.sub(r"^down_blocks\.(\d+)\.downsamplers\.0\.conv", lambda m: f"input_blocks.{(int(m[1]) + 1) * (layers + 1)}.0.op", n)
        n = re.sub(r"^mid_block\.resnets\.(\d)", lambda m: f"middle_block.{2 * int(m[1])}", n).replace("mid_block.attentions.0", "middle_block.1")
        n = re.sub(r"^up_blocks\.(\d+)\.resnets\.(\d+)", lambda m: f"output_blocks.{int(m[1]) * (layers + 1) + int(m[2])}.0", n)
        n = re.sub(r"^up_blocks\.(\d+)\.attentions\.(\d+)", lambda m: f"output_blocks.{int(m[1]) * (layers + 1) + int(m[2])}.1", n)
        n = re.sub(r"^up_blocks\.(\d+)\.upsamplers\.0", lambda m: f"output_blocks.{int(m[1]) * (layers + 1) + layers}.{2 if up_attends[int(m[1])] else 1}", n)
        out[n] = v
    return out


def vae_names(state, levels):
    out = {}
    for k, v in state.items():
        n = re.sub(r"down_blocks\.(\d+)\.resnets", r"down.\1.block", k)
        n = re.sub(r"up_blocks\.(\d+)\.resnets", lambda m: f"up.{levels - 1 - int(m[1])}.block", n)
        n = re.sub(r"up_blocks\.(\d+)\.upsamplers\.0", lambda m: f"up.{levels - 1 - int(m[1])}.upsample", n)
        n = re.sub(r"down_blocks\.(\d+)\.downsamplers\.0", r"down.\1.downsample", n)
        n = re.sub(r"mid_block\.resnets\.(\d)", lambda m: f"mid.block_{int(m[1]) + 1}", n).replace("mid_block.attentions.0", "mid.attn_1")
        n = n.replace("conv_shortcut", "nin_shortcut").replace("conv_norm_out", "norm_out")
        if ".attn_1." in n:
            n = n.replace("group_norm", "norm").replace("to_q", "q").replace("to_k", "k").replace("to_v", "v").replace("to_out.0", "proj_out")
            v = v[:, :, None, None] if v.ndim == 2 else v
        out[n] = v
    return out


def open_clip_names(state, extra_layer):
    out = {"token_embedding.weight": state["embeddings.token_embedding.weight"], "positional_embedding": state["embeddings.position_embedding.weight"],
           "ln_final.weight": state["final_layer_norm.weight"], "ln_final.bias": state["final_layer_norm.bias"], "logit_scale": torch.tensor(4.6),
           "text_projection": torch.randn(state["final_layer_norm.bias"].shape[0], 8)}
    layers = 1 + max(int(k.split(".")[2]) for k in state if k.startswith("encoder.layers."))
    for i in range(layers + extra_layer):
        a, b = f"encoder.layers.{min(i, layers - 1)}.", f"transformer.resblocks.{i}."
        scale = 1. if i < layers else 3.                                      # the last layer never runs: reading it shows
        for end in ("weight", "bias"):
            out[b + "attn.in_proj_" + end] = scale * torch.cat([state[a + f"self_attn.{x}_proj.{end}"] for x in "qkv"])
            for x, y in [("self_attn.out_proj", "attn.out_proj"), ("layer_norm1", "ln_1"), ("layer_norm2", "ln_2"), ("mlp.fc1", "mlp.c_fc"), ("mlp.fc2", "mlp.c_proj")]:
                out[b + f"{y}.{end}"] = scale * state[a + f"{x}.{end}"]
    return out


def nemo_unet(state):
    """NeMo 2.3 fuses SiLU into the norms and keeps the attentions' norms inside them."""
    out = {}
    for k, v in state.items():
        n = k.replace(".in_layers.2.", ".in_layers.1.").replace(".out_layers.3.", ".out_layers.2.")
        n = re.sub(r"^out\.2\.", "out.1.", re.sub(r"\.norm([12])\.", r".attn\1.norm.", n)) if ".transformer_blocks." in n or n.startswith("out.") else n
        n = n.replace(".ff.net.2.", ".ff.net.3.").replace(".ff.net.0.proj.", ".ff.net.1.proj.").replace(".norm3.", ".ff.net.0.")
        out[n] = v
    return out


def models(name, seed, channels, layers, attends, vae_channels, heads, linear=False, text_layers=2, depth=1, tokens=24, positions=10):
    torch.manual_seed(seed)
    down = ["CrossAttnDownBlock2D" if a else "DownBlock2D" for a in attends]
    up = ["CrossAttnUpBlock2D" if a else "UpBlock2D" for a in reversed(attends)]
    u = UNet2DConditionModel(sample_size=8, in_channels=4, out_channels=4, layers_per_block=layers, block_out_channels=channels, norm_num_groups=4,
                             cross_attention_dim=16, attention_head_dim=heads, down_block_types=down, up_block_types=up,
                             use_linear_projection=linear, transformer_layers_per_block=depth)
    v = AutoencoderKL(in_channels=3, out_channels=3, latent_channels=4, down_block_types=["DownEncoderBlock2D"] * len(vae_channels),
                      up_block_types=["UpDecoderBlock2D"] * len(vae_channels), block_out_channels=vae_channels, layers_per_block=1, norm_num_groups=2, sample_size=16)
    t = CLIPTextModel(CLIPTextConfig(vocab_size=tokens, hidden_size=16, intermediate_size=24, num_hidden_layers=text_layers, num_attention_heads=4,
                                     max_position_embeddings=positions, bos_token_id=tokens - 2, eos_token_id=tokens - 1, hidden_act="gelu" if linear else "quick_gelu"))
    d = OUT / name / "diffusers"
    for m, part in ((u, "unet"), (v, "vae"), (t, "text_encoder")):
        for p in m.parameters():                                              # norms and biases of 1 and 0 would hide a mix-up
            p.data += .1 * torch.randn(p.shape)
            p.data = p.data.half().float()                                    # equal in every precision but bf16
        copy.deepcopy(m).half().save_pretrained(d / part)
    ldm_unet = unet_names(u.state_dict(), layers, list(reversed(attends)))
    ldm_vae = vae_names(v.state_dict(), len(vae_channels))
    check(sfu.convert_ldm_unet_checkpoint({sfu.LDM_UNET_KEY + k: x for k, x in ldm_unet.items()}, dict(u.config)), u.state_dict())
    back = sfu.convert_ldm_vae_checkpoint({"first_stage_model." + k: x.clone() for k, x in ldm_vae.items()}, dict(v.config))
    check({k: x.reshape(v.state_dict()[k].shape) for k, x in back.items()}, v.state_dict())
    return types.SimpleNamespace(unet=ldm_unet, vae=ldm_vae, text=t.state_dict())


def check(back, state):
    assert back.keys() == state.keys(), back.keys() ^ state.keys()
    assert all(torch.equal(back[k], state[k]) for k in state)


def prefixed(prefix, state):
    return {prefix + k: v for k, v in state.items()}


def write_case(name, kind, **settings):
    json.dump(dict(kind=kind, diffusers="diffusers", **settings), open(OUT / name / "case.json", "w"), indent=1)


def channels_last(state):
    return {k: v.to(memory_format=torch.channels_last) if v.ndim == 4 else v for k, v in state.items()}


def lightning(state, **more):
    return dict(state_dict=state, epoch=3, global_step=470000, pytorch_lightning_version="1.4.2", lr_schedulers=[{"base_lrs": [1e-6], "last": None}], **more)


def single_file_sd1():
    m = models("single-file-three-levels", 1, (8, 8, 16), 2, (True, False, True), (4, 8), 2)
    state = prefixed("model.diffusion_model.", m.unet) | prefixed("first_stage_model.", m.vae) | prefixed("cond_stage_model.transformer.text_model.", m.text)
    d = OUT / "single-file-three-levels"
    save_file({k: v.to(torch.bfloat16).contiguous() for k, v in state.items()}, d / "model-bf16.safetensors")
    half = OrderedDict((k, torch.nn.Parameter(v.half()) if i % 2 else v.half()) for i, (k, v) in enumerate(channels_last(state).items()))
    half._metadata = OrderedDict({"": {"version": 1}})                        # what state_dict() of a module carries along
    half |= {"model_ema.decay": torch.tensor(.9999), "model_ema.num_updates": torch.tensor(7, dtype=torch.int32), "betas": torch.rand(10, dtype=torch.float64)}
    half |= {"model_ema." + k.replace("model.diffusion_model", "diffusion_model").replace(".", ""): .5 * v.half() for k, v in list(prefixed("model.diffusion_model.", m.unet).items())[:3]}
    half["cond_stage_model.transformer.text_model.embeddings.position_ids"] = torch.arange(10)[None]
    shared = torch.randn(6, 4)                                                # two views of one storage
    optimizer = [{"state": {0: {"step": 3, "exp_avg": shared[:3], "exp_avg_sq": shared[3:]}}, "param_groups": [{"lr": 1e-4, "betas": (.9, .999), "params": [0]}]}]
    torch.save(lightning(half, optimizer_states=optimizer, device=torch.device("cpu"), shape=torch.Size([1, 2])), d / "model.ckpt")
    write_case("single-file-three-levels", "single_file", safetensors="model-bf16.safetensors", ckpt="model.ckpt")


def single_file_sd2():
    m = models("single-file-sd2", 2, (8, 16), 1, (True, False), (4, 4, 8), [2, 4], linear=True, depth=2)
    state = prefixed("model.diffusion_model.", m.unet) | prefixed("first_stage_model.", m.vae)
    d = OUT / "single-file-sd2"
    whole = state | prefixed("cond_stage_model.model.", open_clip_names(m.text, 1))
    torch.save(dict(whole), d / "model.ckpt", pickle_protocol=4)              # no state_dict around it
    write_case("single-file-sd2", "single_file", ckpt="model.ckpt", note="the last layer of the text encoder never runs")


def nemo(name, seed, files, **shape):
    m = models(name, seed, **shape)
    config = dict(scale_factor=.18215, unet_config=dict(num_heads=2, resblock_gn_groups=4), first_stage_config=dict(ddconfig=dict(norm_num_groups=2)),
                  noise_scheduler=dict(parameterization="eps", linear_start=.00085, linear_end=.012, beta_schedule="linear"), data=dict(resolution=64))
    for file, state, fmt in files(m):
        body = io.BytesIO()
        torch.save(OrderedDict(state), body)
        with tarfile.open(OUT / name / file, "w:", format=fmt) as tar:
            for member, data in (("./model_config.yaml", yaml.safe_dump(config).encode()), ("./model_weights.ckpt", body.getvalue())):
                info = tarfile.TarInfo(member)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
    write_case(name, "nemo", nemo=[f for f, _, _ in files(m)])


def two_generations(m):
    unet = channels_last(nemo_unet(m.unet))
    young = prefixed("model.unet.", unet) | prefixed("model.vae.", m.vae) | prefixed("model.text_encoder.transformer.text_model.", m.text)
    old = prefixed("model.model.diffusion_model._orig_mod.", m.unet) | prefixed("model.first_stage_model.", m.vae) | prefixed("model.cond_stage_model.transformer.text_model.", m.text)
    young = {k: v.half() for k, v in young.items()}
    return [("dreambooth.nemo", young | {"model.noise_scheduler.betas": torch.rand(10)}, tarfile.GNU_FORMAT),
            ("stable-diffusion.nemo", old | {"model.betas": torch.rand(10)}, tarfile.PAX_FORMAT)]


def young_generation(m):
    return two_generations(m)[:1]


def latents():
    d = OUT / "latent-kinds" / "cached"
    d.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(5)
    batch = torch.randn(3, 8, 3, 2)
    kinds = {"a_float": batch[0].clone(), "b_half": batch[1].half().clone(), "c_bfloat16": batch[2].bfloat16().clone(), "d_view_of_a_batch": batch[1],
             "e_channels_last": batch.to(memory_format=torch.channels_last)[2], "f_parameter": torch.nn.Parameter(batch[0].clone())}
    for k, v in kinds.items():
        torch.save(v, d / f"{k}.pt")
    save_file({"out." + k: v.detach().float().contiguous() for k, v in kinds.items()}, OUT / "latent-kinds" / "io.safetensors")
    json.dump(dict(kind="latent_pt", folder="cached"), open(OUT / "latent-kinds" / "case.json", "w"), indent=1)


single_file_sd1()
single_file_sd2()
nemo("nemo-two-generations", 3, two_generations, channels=(8, 16), layers=1, attends=(False, True), vae_channels=(4, 8), heads=2)
# The archive alone is kept, as deploy/src/test/resources/nemo-v1-5.nemo: a service draws and trains with it.
nemo("nemo-with-clips-positions", 4, young_generation, channels=(8, 16), layers=1, attends=(False, True), vae_channels=(4, 8), heads=2, positions=77)
latents()
