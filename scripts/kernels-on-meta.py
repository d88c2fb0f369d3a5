"""Runs the kernels of a training step and of drawing, forward and back, over tensors of another device than the processor,
on a machine without a GPU.

    python scripts/kernels-on-meta.py

The device is PyTorch's meta, whose tensors have no memory: it checks shapes, types and devices and computes nothing. So this
finds what a kernel left on the host; it says nothing about numbers, speed, or what is CUDA's own. Ends with 1 when a kernel
fails. Needs torch 2.7.1.
"""
import pathlib, sys, tempfile, zipfile
import torch

SOURCE = "diffusion/src/main/resources/org/dreamboothactors/diffusion/kernels/kernels.py"
HERE = pathlib.Path(__file__).resolve().parent.parent
# What Kernels.java adds: the host's processor must not matter, so the answers are those that change most.
ABOUT = """
  def mkl_is_slow(self: __torch__.Kernels) -> bool:
    return True

  def has_tiles(self: __torch__.Kernels) -> bool:
    return False

  def has_slow_convolutions(self: __torch__.Kernels) -> bool:
    return True
"""
OBJECT = b"\x80\x02c__torch__\nKernels\n)\x81}(X\x08\0\0\0training\x88ub."  # as ScriptArchive.java writes it
DEVICE = "meta"
IS_CUDA = "ops.prim.is_cuda(x)"  # how kernels tell a processor from other devices
ONE_WAY = ("adamw", "adamw_8bit", "approach", "assign", "clipping", "prepared")  # nobody derives anything from these
B, C, T, D, M, H, W = 2, 64, 128, 48, 77, 16, 16  # batch, channels, time embedding, text, its length, pixels


def kernels():
    with tempfile.TemporaryDirectory() as folder:
        archive = pathlib.Path(folder, "kernels.pt")
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as out:
            out.writestr("kernels/data.pkl", OBJECT)
            out.writestr("kernels/code/__torch__.py", (HERE / SOURCE).read_text().replace(IS_CUDA, "True") + ABOUT)
            out.writestr("kernels/constants.pkl", b"\x80\x02).")
            out.writestr("kernels/version", "3\n")
        return torch.jit.load(archive)


def cases(dtype):
    """Name and arguments; sizes and rates lie on the host, as Kernels.java puts them there."""
    def on(*shape, dt=dtype):
        return torch.empty(shape, dtype=dt, device=DEVICE)

    def host(value):
        return torch.tensor(value)

    def whole(*shape):
        return torch.empty(shape, dtype=torch.int64, device=DEVICE)

    def linear(name, out, to, bias=True):
        return {f"{name}.weight": on(out, to), **({f"{name}.bias": on(out)} if bias else {})}

    def conv(name, out, to, k=3):
        return {f"{name}.weight": on(out, to, k, k), f"{name}.bias": on(out)}

    def norm(name, n=C):
        return {f"{name}.weight": on(n), f"{name}.bias": on(n)}

    def lora(name, out, to):
        return {f"{name}.lora_A.weight": on(4, to), f"{name}.lora_B.weight": on(out, 4),
                f"{name}.lora_scale": on(dt=torch.float32)}

    groups, eps, heads, one, none = host(32), host(1e-5), host(4), host(1), host(0)
    x, t, qkv, context = on(B, C, H, W), on(B, H * W, C), on(B, H * W, 3 * C), on(B, M, D)
    resnet = {**norm("norm1"), **conv("conv1", C, C), **linear("time_emb_proj", C, T), **norm("norm2"), **conv("conv2", C, C)}
    vae_resnet = {k: v for k, v in resnet.items() if not k.startswith("time")}
    projections = {k: v for part in ("to_q", "to_k", "to_v") for k, v in linear(f"attn1.{part}", C, C, False).items()}
    rest = {**linear("attn1.to_out.0", C, C), **norm("norm2"), **linear("attn2.to_q", C, C, False),
            **linear("attn2.to_k", C, D, False), **linear("attn2.to_v", C, D, False), **linear("attn2.to_out.0", C, C),
            **norm("norm3"), **linear("ff.net.0.proj", 8 * C, C), **linear("ff.net.2", C, 4 * C)}
    clip = {**norm("layer_norm1"), **norm("layer_norm2"), **linear("mlp.fc1", 4 * C, C), **linear("mlp.fc2", C, 4 * C),
            **{k: v for part in "qkv" for k, v in linear(f"self_attn.{part}_proj", C, C).items()},
            **linear("self_attn.out_proj", C, C)}
    time = {**linear("linear_1", T, C), **linear("linear_2", T, T)}
    attention = {**norm("group_norm"), **{k: v for part in ("to_q", "to_k", "to_v", "to_out.0") for k, v in linear(part, C, C).items()}}
    fp32 = on(B, 4, H, W, dt=torch.float32)
    yield "time_embedding", [whole(B), one, host(0.0), time]
    yield "conv_in", [fp32, conv("conv_in", C, 4)]
    yield "resnet", [x, on(B, T), groups, eps, resnet]
    yield "resnet_up", [x, x, on(B, T), groups, eps, {**resnet, **norm("norm1", 2 * C), **conv("conv1", C, 2 * C), **conv("conv_shortcut", C, 2 * C, 1)}]
    yield "pixels_to_tokens", [x, groups, {**norm("norm"), **linear("proj_in", C, C)}]
    yield "pixels_to_tokens", [x, groups, {**norm("norm"), **conv("proj_in", C, C, 1)}]
    yield "queries_keys_values", [t, {**norm("norm1"), **projections}]
    yield "queries_keys_values", [t, {**norm("norm1"), **projections, **lora("attn1.to_q", C, C)}]
    yield "self_attention", [qkv, heads, one]
    yield "self_attention", [qkv, heads, none]
    yield "after_self_attention", [t, t, context, heads, one, rest]
    yield "after_self_attention", [t, t, context, heads, none, {**rest, **lora("attn2.to_k", C, D), **lora("ff.net.0.proj", 8 * C, C)}]
    yield "tokens_to_pixels", [t, x, conv("proj_out", C, C, 1)]
    yield "tokens_to_pixels", [t, x, linear("proj_out", C, C)]
    yield "downsample", [x, conv("conv", C, C)]
    yield "upsample", [x, on(B, C, 2 * H, 2 * W), conv("conv", C, C)]
    yield "conv_out", [x, groups, eps, {**norm("conv_norm_out"), **conv("conv_out", 4, C)}]
    yield "text_embeddings", [whole(B, M), {"token_embedding.weight": on(100, C), "position_embedding.weight": on(M, C)}]
    yield "text_layer", [on(B, M, C), heads, one, eps, clip]
    yield "text_layer", [on(B, M, C), heads, none, eps, clip]
    yield "text_norm", [on(B, M, C), eps, norm("final_layer_norm")]
    yield "vae_resnet", [x, groups, vae_resnet]
    yield "vae_attention", [x, groups, attention]
    yield "vae_downsample", [x, conv("conv", C, C)]
    yield "vae_upsample", [x, conv("conv", C, C)]
    yield "vae_conv_out", [x, groups, {**norm("conv_norm_out"), **conv("conv_out", 8, C)}]
    yield "quant_conv", [x, conv("quant_conv", C, C, 1)]
    yield "post_quant_conv", [fp32, conv("post_quant_conv", 4, 4, 1)]
    yield "prepared", [[fp32, on(dt=torch.float32)], one, one]
    yield "rows", [t, whole(B)]
    yield "clipping", [[x, t], host(1.0)]
    wide = [on(3000, dt=torch.float32) for _ in range(4)]
    rates = host([1e-4, 0.9, 0.999, 0.01, 1e-8, 1.0, 1.0])
    codes = [on(256, dt=torch.float32), on(256, dt=torch.float32), torch.empty(65536, dtype=torch.int32, device=DEVICE)]
    moment = [torch.empty(3000, dtype=torch.uint8, device=DEVICE), on(12, dt=torch.float32), *codes]
    yield "adamw", [[wide[0]], [on(3000)], [wide[1]], [wide[2]], rates]
    yield "adamw_8bit", [wide[0], on(3000), moment, moment, rates]
    yield "assign", [wide[0], on(3000)]
    yield "approach", [[wide[0]], [wide[1]], host(0.1)]


def run(script, name, arguments):
    floats = [x for x in arguments if torch.is_tensor(x) and x.dim() and x.is_floating_point()]
    inputs = [] if name in ONE_WAY else floats[:1] if name == "upsample" else floats  # which takes the size of its second only
    for x in inputs:
        x.requires_grad_()
    out = getattr(script, name)(*arguments)
    first = out[0] if isinstance(out, list) else out
    assert first.device.type == DEVICE or name in ONE_WAY, f"the result is on {first.device}"
    if inputs:
        back = script.gradients(first, torch.empty_like(first), inputs)
        assert all(g.device.type == DEVICE and g.shape == x.shape for g, x in zip(back, inputs, strict=True)), back


def main():
    script, failed, ran = kernels(), [], 0
    for dtype in (torch.float32, torch.bfloat16):
        for name, arguments in cases(dtype):
            ran += 1
            try:
                run(script, name, arguments)
            except Exception as e:
                failed.append(f"{name} in {dtype}: {str(e).strip().splitlines()[-1]}")
    print(f"{ran - len(failed)} of {ran} kernels run, all they make is on the device that they are given")
    print(*failed, sep="\n", end="")
    sys.exit(1 if failed else 0)


main()
