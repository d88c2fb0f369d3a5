# TorchScript as torch.jit serialises it: operators are spelled torch.*, every method names its class.
# Tensors: x (B, C, H, W) or (B, N, C); p holds a block's parameters by the end of their checkpoint names;
# sizes and rates arrive as 0-dimensional tensors, because that is all that can be passed from outside.
class Kernels(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # ---- layers ----

  def group_norm(self: __torch__.Kernels, x: Tensor, name: str, p: Dict[str, Tensor], groups: int, eps: float) -> Tensor:
    return torch.group_norm(x, groups, p[name + ".weight"], p[name + ".bias"], eps, True)

  def layer_norm(self: __torch__.Kernels, x: Tensor, name: str, p: Dict[str, Tensor], eps: float) -> Tensor:
    w = p[name + ".weight"]
    return torch.layer_norm(x, [torch.size(w, 0)], w, p[name + ".bias"], eps, False)

  def is_bf16_on_cpu(self: __torch__.Kernels, x: Tensor) -> bool:
    return torch.__and__(torch.eq(ops.prim.dtype(x), 15), torch.__not__(ops.prim.is_cuda(x)))

  def is_fp32_on_cpu(self: __torch__.Kernels, x: Tensor) -> bool:
    return torch.__and__(torch.eq(ops.prim.dtype(x), 6), torch.__not__(ops.prim.is_cuda(x)))

  def conv(self: __torch__.Kernels, x: Tensor, name: str, p: Dict[str, Tensor], stride: int, padding: int) -> Tensor:
    w = p[name + ".weight"]
    if ops.prim.is_mkldnn(w):
      y = self.packed_conv(x, w, p[name + ".bias"], stride, padding)
    else:
      y = self.plain_conv(x, w, p[name + ".bias"], stride, padding)
    if torch.__contains__(p, name + ".lora_A.weight"):
      low = torch.conv2d(x, p[name + ".lora_A.weight"], None, [stride, stride], [padding, padding], [1, 1], 1)
      wide = torch.conv2d(low, p[name + ".lora_B.weight"], None, [1, 1], [0, 0], [1, 1], 1)
      z = torch.add(y, torch.mul(wide, p[name + ".lora_scale"]))
    else:
      z = y
    return z

  # a few pixels with many channels are faster as one product, where they are bf16, or fp32 with weights of 64 MiB and more,
  # which oneDNN would put in another order first
  def plain_conv(self: __torch__.Kernels, x: Tensor, w: Tensor, bias: Tensor, stride: int, padding: int) -> Tensor:
    usual = torch.__and__(torch.eq(torch.size(w, 2), 3), torch.eq(stride, 1))
    few = torch.__and__(usual, torch.le(torch.mul(torch.size(x, 2), torch.size(x, 3)), 64))
    tile = self.winograd_tile(x, w)
    if torch.__and__(few, torch.__or__(self.is_bf16_on_cpu(x), self.is_better_for_mkl(w))):
      y = self.conv_as_product(x, w, bias)
    elif torch.__and__(usual, torch.gt(tile, 0)):
      y = self.winograd(x, w, bias, tile)
    else:
      y = torch.conv2d(x, w, bias, [stride, stride], [padding, padding], [1, 1], 1)
    return y

  # pixels of a side that a tile gives, 4 or 2; 0 where a convolution as it is written is as fast: of few pixels or channels,
  # on processors whose own convolutions are faster, and of so many pixels that the patches would not fit beside the rest
  def winograd_tile(self: __torch__.Kernels, x: Tensor, w: Tensor) -> int:
    pixels = torch.mul(torch.size(x, 2), torch.size(x, 3))
    wide = torch.ge(ops.prim.min(torch.size(w, 0), torch.size(w, 1)), 256)
    likes = torch.__and__(torch.__and__(self.has_slow_convolutions(), wide), self.is_fp32_on_cpu(x))
    fits = torch.__and__(torch.ge(pixels, 1024), torch.le(pixels, 16384))
    odd = torch.add(torch.remainder(torch.size(x, 2), 4), torch.remainder(torch.size(x, 3), 4))
    if torch.__not__(torch.__and__(torch.__and__(likes, fits), torch.__and__(torch.eq(odd, 0), torch.is_contiguous(x)))):
      tile = 0
    elif torch.ge(pixels, 4096):
      tile = 4
    else:
      tile = 2
    return tile

  # Lavin and Gray 2016, with the points 0, 1, -1 (2, -2) and infinity: what patches (n x n), filters (3 x 3) and products
  # are multiplied by, both axes at once
  def winograd_matrices(self: __torch__.Kernels, tile: int) -> List[Tensor]:
    if torch.eq(tile, 4):
      b = torch.reshape(torch.tensor([4., 0., -5., 0., 1., 0., 0., -4., -4., 1., 1., 0., 0., 4., -4., -1., 1., 0., 0., -2., -1., 2., 1., 0., 0., 2., -1., -2., 1., 0., 0., 4., 0., -5., 0., 1.], dtype=6), [6, 6])
      g = torch.reshape(torch.div(torch.tensor([6., 0., 0., -4., -4., -4., -4., 4., -4., 1., 2., 4., 1., -2., 4., 0., 0., 24.], dtype=6), 24.), [6, 3])
      a = torch.reshape(torch.tensor([1., 1., 1., 1., 1., 0., 0., 1., -1., 2., -2., 0., 0., 1., 1., 4., 4., 0., 0., 1., -1., 8., -8., 1.], dtype=6), [4, 6])
    else:
      b = torch.reshape(torch.tensor([1., 0., -1., 0., 0., 1., 1., 0., 0., -1., 1., 0., 0., 1., 0., -1.], dtype=6), [4, 4])
      g = torch.reshape(torch.tensor([1., 0., 0., 0.5, 0.5, 0.5, 0.5, -0.5, 0.5, 0., 0., 1.], dtype=6), [4, 3])
      a = torch.reshape(torch.tensor([1., 1., 1., 0., 0., 1., -1., -1.], dtype=6), [2, 4])
    return [torch.kron(b, b), torch.kron(g, g), torch.kron(a, a)]

  # x (B, C, H, W), w (D, C, 3, 3) to (B, D, H, W): a fourth (tiles of 4) or four ninths (of 2) of the multiplications. A picture
  # at a time, whose patches glibc's heap holds
  def winograd(self: __torch__.Kernels, x: Tensor, w: Tensor, bias: Tensor, tile: int) -> Tensor:
    n = torch.add(tile, 2)
    b, c, h, wide, d = torch.size(x, 0), torch.size(x, 1), torch.size(x, 2), torch.size(x, 3), torch.size(w, 0)
    down, across = torch.floordiv(h, tile), torch.floordiv(wide, tile)
    matrices = self.winograd_matrices(tile)
    filters = torch.reshape(torch.matmul(matrices[1], torch.t(torch.reshape(w, [d * c, 9]))), [n * n, d, c])
    pictures = annotate(List[Tensor], [])
    for i in range(b):
      patches = torch.im2col(torch.narrow(x, 0, i, 1), [n, n], [1, 1], [1, 1], [tile, tile])
      seen = torch.matmul(matrices[0], torch.reshape(patches, [c, n * n, -1]))  # (C, n * n, tiles)
      products = torch.bmm(filters, torch.transpose(seen, 0, 1))  # (n * n, D, tiles)
      tiles = torch.matmul(matrices[2], torch.reshape(products, [n * n, -1]))
      rows = torch.permute(torch.reshape(tiles, [tile, tile, d, down, across]), [2, 3, 0, 4, 1])
      _0 = torch.append(pictures, torch.reshape(rows, [1, d, h, wide]))
    return torch.add(torch.cat(pictures, 0), torch.reshape(bias, [1, -1, 1, 1]))

  def is_better_for_mkl(self: __torch__.Kernels, w: Tensor) -> bool:
    large = torch.__and__(self.is_fp32_on_cpu(w), torch.ge(torch.numel(w), 16777216))
    return torch.__and__(large, torch.__not__(self.mkl_is_slow()))

  # x (B, C, H, W), w (D, C, 3, 3) to (B, D, H, W)
  def conv_as_product(self: __torch__.Kernels, x: Tensor, w: Tensor, bias: Tensor) -> Tensor:
    b, h, d = torch.size(x, 0), torch.size(x, 2), torch.size(w, 0)
    patches = torch.transpose(torch.im2col(x, [3, 3], [1, 1], [1, 1], [1, 1]), 1, 2)  # (B, H * W, C * 9)
    rows = torch.reshape(patches, [-1, torch.size(patches, 2)])
    y = torch.addmm(bias, rows, torch.t(torch.reshape(w, [d, -1])))  # (B * H * W, D)
    return torch.contiguous(torch.permute(torch.reshape(y, [b, h, -1, d]), [0, 3, 1, 2]))

  # on a CPU
  def is_large_fp32_product(self: __torch__.Kernels, x: Tensor, w: Tensor) -> bool:
    large = torch.ge(torch.mul(torch.numel(x), torch.size(w, 0)), 16777216)
    return torch.__and__(large, self.is_fp32_on_cpu(x))

  # x (..., K), w (N, K) to (..., N). Where MKL is slow, a large fp32 product is a 1x1 convolution over (B, K, 1, M) with the
  # channels last, which is how x lies in memory: oneDNN does those twice as fast as MKL does products on AMD's processors
  def product(self: __torch__.Kernels, x: Tensor, w: Tensor, bias: Optional[Tensor]) -> Tensor:
    if torch.__and__(torch.__and__(self.mkl_is_slow(), self.is_large_fp32_product(x, w)), torch.eq(torch.dim(x), 3)):
      pixels = torch.unsqueeze(torch.permute(x, [0, 2, 1]), 2)
      kernel = torch.reshape(w, [torch.size(w, 0), -1, 1, 1])
      y = torch.conv2d(pixels, kernel, bias, [1, 1], [0, 0], [1, 1], 1)
      z = torch.permute(torch.squeeze(y, 2), [0, 2, 1])
    else:
      z = torch.linear(x, w, bias)
    return z

  def linear(self: __torch__.Kernels, x: Tensor, name: str, p: Dict[str, Tensor]) -> Tensor:
    if ops.prim.is_mkldnn(p[name + ".weight"]):
      y = self.packed_linear(x, name, p, "none")
    else:
      y = self.plain_linear(x, name, p)
    if torch.__contains__(p, name + ".lora_A.weight"):  # Hu et al. 2021; those of a 1x1 convolution have its axes
      low = torch.linear(x, torch.flatten(p[name + ".lora_A.weight"], 1))
      wide = torch.linear(low, torch.flatten(p[name + ".lora_B.weight"], 1))
      z = torch.add(y, torch.mul(wide, p[name + ".lora_scale"]))
    else:
      z = y
    return z

  # the weight may be that of a 1x1 convolution
  def plain_linear(self: __torch__.Kernels, x: Tensor, name: str, p: Dict[str, Tensor]) -> Tensor:
    w = torch.flatten(p[name + ".weight"], 1)
    if torch.__contains__(p, name + ".bias"):
      y = self.product(x, w, p[name + ".bias"])
    else:
      y = self.product(x, w, None)
    return y

  # ---- layers whose weights are packed: in the order in which oneDNN computes, so that they go forward only ----

  # weights (N, K), or 1x1 convolutions, one below the other to one of bf16
  def packed_product(self: __torch__.Kernels, weights: List[Tensor]) -> Tensor:
    return ops.mkldnn._reorder_linear_weight(torch.to(torch.flatten(torch.cat(weights, 0), 1), 15), None)

  # of the first axis
  def halves(self: __torch__.Kernels, x: Tensor) -> List[Tensor]:
    return torch.chunk(x, 2, 0)

  # w (D, C, k, k)
  def packed_convolution(self: __torch__.Kernels, w: Tensor, stride: Tensor) -> Tensor:
    s, p = int(stride), torch.floordiv(torch.size(w, 2), 2)
    return torch.mkldnn_reorder_conv2d_weight(torch.to_mkldnn(w, 15), [p, p], [s, s], [1, 1], 1, None)

  # x in any order of memory to one with the channels last
  def packed_conv(self: __torch__.Kernels, x: Tensor, w: Tensor, bias: Tensor, stride: int, padding: int) -> Tensor:
    none = annotate(List[Optional[number]], [])
    return ops.mkldnn._convolution_pointwise(x, w, bias, [padding, padding], [stride, stride], [1, 1], 1, "none", none, "")

  # activation: none or gelu, on sums that are fp32 still
  def packed_linear(self: __torch__.Kernels, x: Tensor, name: str, p: Dict[str, Tensor], activation: str) -> Tensor:
    none = annotate(List[Optional[number]], [])
    if torch.__contains__(p, name + ".bias"):
      y = ops.mkldnn._linear_pointwise(x, p[name + ".weight"], p[name + ".bias"], activation, none, "none")
    else:
      y = ops.mkldnn._linear_pointwise(x, p[name + ".weight"], None, activation, none, "none")
    return y

  # Shazeer 2020: the value is multiplied by the gate before it is rounded
  def packed_geglu(self: __torch__.Kernels, x: Tensor, p: Dict[str, Tensor]) -> Tensor:
    gate = self.packed_linear(x, "ff.net.0.gate", p, "gelu")
    return ops.mkldnn._linear_pointwise(x, gate, p["ff.net.0.proj.weight"], p["ff.net.0.proj.bias"], "mul")

  # ---- attention ----

  # x (B, N, heads * d), context (B, M, heads * d) already projected
  def attend(self: __torch__.Kernels, q: Tensor, k: Tensor, v: Tensor, heads: int, causal: bool) -> Tensor:
    b = torch.size(q, 0)
    d = torch.floordiv(torch.size(q, 2), heads)
    qh = torch.transpose(torch.reshape(q, [b, -1, heads, d]), 1, 2)  # (B, heads, N, d)
    kh = torch.transpose(torch.reshape(k, [b, -1, heads, d]), 1, 2)  # (B, heads, M, d)
    vh = torch.transpose(torch.reshape(v, [b, -1, heads, d]), 1, 2)
    y = torch.scaled_dot_product_attention(qh, kh, vh, None, 0., causal)
    return torch.reshape(torch.transpose(y, 1, 2), [b, -1, heads * d])

  # the same as written, with all scores in memory; softmax is fp32 inside
  def attend_plainly(self: __torch__.Kernels, q: Tensor, k: Tensor, v: Tensor, heads: int) -> Tensor:
    b = torch.size(q, 0)
    d = torch.floordiv(torch.size(q, 2), heads)
    qh = torch.transpose(torch.reshape(torch.mul(q, torch.pow(float(d), -0.5)), [b, -1, heads, d]), 1, 2)
    kh = torch.transpose(torch.reshape(k, [b, -1, heads, d]), 1, 2)
    vh = torch.transpose(torch.reshape(v, [b, -1, heads, d]), 1, 2)
    scores = torch.matmul(qh, torch.transpose(kh, 2, 3))  # (B, heads, N, M)
    if torch.le(torch.size(k, 1), 256):
      shares = torch.type_as(torch.softmax(scores, -1, 6), vh)  # short rows are faster so
    else:
      shares = torch.softmax(scores, -1)
    y = torch.matmul(shares, vh)
    return torch.reshape(torch.transpose(y, 1, 2), [b, -1, heads * d])

  # on a CPU libtorch's bf16 attention is slow where there are few keys, all of whose scores are small; with tiles on the way back alone
  def attend_as_asked(self: __torch__.Kernels, q: Tensor, k: Tensor, v: Tensor, heads: int, flash: bool, forward: bool) -> Tensor:
    few = torch.__and__(self.is_bf16_on_cpu(q), torch.le(torch.size(k, 1), 256))
    slow = torch.__and__(few, torch.__not__(torch.__and__(forward, self.has_tiles())))
    if torch.__and__(flash, torch.__not__(slow)):
      y = self.attend(q, k, v, heads, False)
    else:
      y = self.attend_plainly(q, k, v, heads)
    return y

  # qkv (B, N, 3 C), heads that are side by side in C, to (B, N, C)
  def self_attention(self: __torch__.Kernels, qkv: Tensor, heads: Tensor, flash: Tensor) -> Tensor:
    parts = torch.chunk(qkv, 3, -1)
    return self.attend_as_asked(parts[0], parts[1], parts[2], int(heads), bool(flash), False)

  # (B, N, heads * d) to (B * heads, N, D), where D is d and some zeros: products are faster with a multiple of 16
  def by_head(self: __torch__.Kernels, x: Tensor, heads: int) -> Tensor:
    b, n, d = torch.size(x, 0), torch.size(x, 1), torch.floordiv(torch.size(x, 2), heads)
    y = torch.transpose(torch.reshape(x, [b, n, heads, d]), 1, 2)
    more = torch.remainder(torch.neg(d), 16)
    return torch.reshape(torch.constant_pad_nd(y, [0, more], 0), [b * heads, n, d + more])

  # qkv (B, N, 3 C) to three of these
  def all_by_head(self: __torch__.Kernels, qkv: Tensor, heads: int) -> List[Tensor]:
    parts = torch.chunk(qkv, 3, -1)
    return [self.by_head(parts[0], heads), self.by_head(parts[1], heads), self.by_head(parts[2], heads)]

  # some heads from the first on, and of them count rows from row on: a view
  def window(self: __torch__.Kernels, x: Tensor, first: int, some: int, row: int, count: int) -> Tensor:
    return torch.narrow(torch.narrow(x, 0, first, some), 1, row, count)

  # the way back
  def side_by_side(self: __torch__.Kernels, x: Tensor, heads: int, d: int) -> Tensor:
    n = torch.size(x, 1)
    y = torch.transpose(torch.reshape(x, [-1, heads, n, torch.size(x, 2)]), 1, 2)
    return torch.reshape(torch.narrow(y, 3, 0, d), [-1, n, heads * d])

  # softmax of scaled scores: q (P, R, d), k (P, N, d) to (P, R, N)
  def shares(self: __torch__.Kernels, q: Tensor, k: Tensor, scale: float) -> Tensor:
    return torch.softmax(torch.baddbmm(torch.empty([1, 1, 1], dtype=15), q, torch.transpose(k, 1, 2), beta=0, alpha=scale), -1)

  # how many rows of scores, and of how many heads, are about 2^21 numbers: they stay in the caches of a core
  def rows_and_heads(self: __torch__.Kernels, n: int, all_heads: int) -> Tuple[int, int]:
    rows = ops.prim.min(n, ops.prim.max(1, torch.floordiv(2097152, n)))
    return (rows, ops.prim.min(all_heads, ops.prim.max(1, torch.floordiv(2097152, rows * n))))

  # self_attention for bf16, a few rows and heads at a time (Rabe and Staats 2021): scores are bf16, softmax is fp32 inside
  def self_attention_in_parts(self: __torch__.Kernels, qkv: Tensor, heads: Tensor) -> Tensor:
    h = int(heads)
    all = self.all_by_head(qkv, h)
    q, k, v = all[0], all[1], all[2]
    pairs, n, d = torch.size(q, 0), torch.size(q, 1), torch.floordiv(torch.size(qkv, 2), 3 * h)
    scale = torch.pow(float(d), -0.5)
    rows, group, = self.rows_and_heads(n, pairs)
    out = torch.empty_like(q)
    for i in range(torch.floordiv(pairs + group - 1, group)):
      first = i * group
      some = ops.prim.min(group, pairs - first)
      ks, vs = torch.narrow(k, 0, first, some), torch.narrow(v, 0, first, some)
      for j in range(torch.floordiv(n + rows - 1, rows)):
        row = j * rows
        count = ops.prim.min(rows, n - row)
        qs = self.window(q, first, some, row, count)
        y = torch.bmm(self.shares(qs, ks, scale), vs)
        _0 = torch.copy_(self.window(out, first, some, row, count), y)
    return self.side_by_side(out, h, d)

  # its gradient with respect to qkv: shares are computed again, so that none have to be kept (Dao et al. 2022, section 3.1)
  def self_attention_in_parts_back(self: __torch__.Kernels, qkv: Tensor, heads: Tensor, upstream: Tensor) -> List[Tensor]:
    h = int(heads)
    all = self.all_by_head(qkv, h)
    q, k, v = all[0], all[1], all[2]
    g = self.by_head(upstream, h)
    pairs, n, d = torch.size(q, 0), torch.size(q, 1), torch.floordiv(torch.size(qkv, 2), 3 * h)
    scale = torch.pow(float(d), -0.5)
    rows, group, = self.rows_and_heads(n, pairs)
    dq = torch.empty_like(q)
    dk = torch.zeros_like(q, dtype=6)
    dv = torch.zeros_like(q, dtype=6)
    for i in range(torch.floordiv(pairs + group - 1, group)):
      first = i * group
      some = ops.prim.min(group, pairs - first)
      ks, vs = torch.narrow(k, 0, first, some), torch.narrow(v, 0, first, some)
      for j in range(torch.floordiv(n + rows - 1, rows)):
        row = j * rows
        count = ops.prim.min(rows, n - row)
        qs = self.window(q, first, some, row, count)
        gs = self.window(g, first, some, row, count)
        a = self.shares(qs, ks, scale)  # (some, count, N)
        da = torch.bmm(gs, torch.transpose(vs, 1, 2))
        ds = torch._softmax_backward_data(da, a, -1, 15)
        _0 = torch.add_(torch.narrow(dv, 0, first, some), torch.bmm(torch.transpose(a, 1, 2), gs))
        _1 = torch.add_(torch.narrow(dk, 0, first, some), torch.bmm(torch.transpose(ds, 1, 2), qs), alpha=scale)
        y = torch.mul(torch.bmm(ds, ks), scale)
        _2 = torch.copy_(self.window(dq, first, some, row, count), y)
    rest = [self.side_by_side(torch.to(dk, 15), h, d), self.side_by_side(torch.to(dv, 15), h, d)]
    return [torch.cat([self.side_by_side(dq, h, d), rest[0], rest[1]], -1)]

  # ---- UNet2DConditionModel ----

  # timesteps (B) to (B, T); Vaswani et al. 2017 with sine and cosine in the order of flip
  def time_embedding(self: __torch__.Kernels, timesteps: Tensor, flip: Tensor, shift: Tensor, p: Dict[str, Tensor]) -> Tensor:
    half = torch.floordiv(torch.size(p["linear_1.weight"], 1), 2)
    exponent = torch.div(torch.mul(torch.arange(half, dtype=6, device=ops.prim.device(timesteps)), -9.210340371976184), half - float(shift))
    angles = torch.mul(torch.unsqueeze(torch.to(timesteps, 6), 1), torch.unsqueeze(torch.exp(exponent), 0))
    if bool(flip):
      e = torch.cat([torch.cos(angles), torch.sin(angles)], 1)
    else:
      e = torch.cat([torch.sin(angles), torch.cos(angles)], 1)
    return self.linear(torch.silu(self.linear(torch.type_as(e, p["linear_1.bias"]), "linear_1", p)), "linear_2", p)

  def conv_in(self: __torch__.Kernels, x: Tensor, p: Dict[str, Tensor]) -> Tensor:
    return self.conv(torch.type_as(x, p["conv_in.bias"]), "conv_in", p, 1, 1)

  def shortcut(self: __torch__.Kernels, x: Tensor, p: Dict[str, Tensor]) -> Tensor:
    if torch.__contains__(p, "conv_shortcut.weight"):
      y = self.conv(x, "conv_shortcut", p, 1, 0)
    else:
      y = x
    return y

  # ResnetBlock2D: x (B, Cin, H, W), temb (B, T) to (B, Cout, H, W)
  def resnet(self: __torch__.Kernels, x: Tensor, temb: Tensor, groups: Tensor, eps: Tensor, p: Dict[str, Tensor]) -> Tensor:
    g = int(groups)
    e = float(eps)
    h = self.conv(torch.silu(self.group_norm(x, "norm1", p, g, e)), "conv1", p, 1, 1)
    t = self.linear(torch.silu(temb), "time_emb_proj", p)  # (B, Cout)
    h = torch.add(h, torch.unsqueeze(torch.unsqueeze(t, -1), -1))
    h = self.conv(torch.silu(self.group_norm(h, "norm2", p, g, e)), "conv2", p, 1, 1)
    return torch.add(self.shortcut(x, p), h)

  # the same on the way up: skip (B, Cskip, H, W) comes from the way down
  def resnet_up(self: __torch__.Kernels, x: Tensor, skip: Tensor, temb: Tensor, groups: Tensor, eps: Tensor, p: Dict[str, Tensor]) -> Tensor:
    return self.resnet(torch.cat([x, skip], 1), temb, groups, eps, p)

  # whether a projection is a product of tokens: a 1x1 convolution is slower, where they are bf16
  def is_product(self: __torch__.Kernels, w: Tensor) -> bool:
    return torch.__or__(torch.eq(torch.dim(w), 2), self.is_bf16_on_cpu(w))

  # Transformer2DModel begins: x (B, C, H, W) to (B, N, C)
  def pixels_to_tokens(self: __torch__.Kernels, x: Tensor, groups: Tensor, p: Dict[str, Tensor]) -> Tensor:
    b, c, h, w = torch.size(x, 0), torch.size(x, 1), torch.size(x, 2), torch.size(x, 3)
    y = self.group_norm(x, "norm", p, int(groups), 9.9999999999999995e-07)
    if self.is_product(p["proj_in.weight"]):
      t = self.linear(torch.reshape(torch.permute(y, [0, 2, 3, 1]), [b, h * w, c]), "proj_in", p)
    else:
      t = torch.reshape(torch.permute(self.conv(y, "proj_in", p, 1, 0), [0, 2, 3, 1]), [b, h * w, -1])
    return t

  # beside queries, keys or values
  def has_adapters(self: __torch__.Kernels, p: Dict[str, Tensor]) -> bool:
    q = torch.__contains__(p, "attn1.to_q.lora_A.weight")
    k = torch.__contains__(p, "attn1.to_k.lora_A.weight")
    return torch.__or__(torch.__or__(q, k), torch.__contains__(p, "attn1.to_v.lora_A.weight"))

  # BasicTransformerBlock begins: t (B, N, C) to (B, N, 3 C)
  def queries_keys_values(self: __torch__.Kernels, t: Tensor, p: Dict[str, Tensor]) -> Tensor:
    a = self.layer_norm(t, "norm1", p, 1.0000000000000001e-05)
    if torch.__contains__(p, "attn1.to_qkv.weight"):
      y = self.packed_linear(a, "attn1.to_qkv", p, "none")
    else:
      y = self.plain_queries_keys_values(a, p)
    return y

  # one bf16 product is faster than three
  def plain_queries_keys_values(self: __torch__.Kernels, a: Tensor, p: Dict[str, Tensor]) -> Tensor:
    if torch.__and__(self.is_bf16_on_cpu(a), torch.__not__(self.has_adapters(p))):
      y = torch.linear(a, torch.cat([p["attn1.to_q.weight"], p["attn1.to_k.weight"], p["attn1.to_v.weight"]], 0))
    else:
      y = torch.cat([self.linear(a, "attn1.to_q", p), self.linear(a, "attn1.to_k", p), self.linear(a, "attn1.to_v", p)], -1)
    return y

  # the rest of it: attended (B, N, C) of self_attention, context (B, M, D)
  def after_self_attention(self: __torch__.Kernels, t: Tensor, attended: Tensor, context: Tensor, heads: Tensor, flash: Tensor, p: Dict[str, Tensor]) -> Tensor:
    told = torch.type_as(context, t)
    x1 = torch.add(t, self.linear(attended, "attn1.to_out.0", p))
    a1 = self.layer_norm(x1, "norm2", p, 1.0000000000000001e-05)
    q1 = self.linear(a1, "attn2.to_q", p)
    k1 = self.linear(told, "attn2.to_k", p)
    v1 = self.linear(told, "attn2.to_v", p)
    y = self.attend_as_asked(q1, k1, v1, int(heads), bool(flash), ops.prim.is_mkldnn(p["attn2.to_q.weight"]))
    x2 = torch.add(x1, self.linear(y, "attn2.to_out.0", p))
    a2 = self.layer_norm(x2, "norm3", p, 1.0000000000000001e-05)
    return torch.add(x2, self.linear(self.geglu(a2, p), "ff.net.2", p))

  def geglu(self: __torch__.Kernels, x: Tensor, p: Dict[str, Tensor]) -> Tensor:
    if torch.__contains__(p, "ff.net.0.gate.weight"):
      y = self.packed_geglu(x, p)
    else:
      y = self.plain_geglu(x, p)
    return y

  # large fp32 halves are faster as products of their own: both together are more than 64 MiB, which glibc maps anew each time
  def plain_geglu(self: __torch__.Kernels, x: Tensor, p: Dict[str, Tensor]) -> Tensor:
    w = p["ff.net.0.proj.weight"]
    adapted = torch.__contains__(p, "ff.net.0.proj.lora_A.weight")
    if torch.__and__(self.is_large_fp32_product(x, w), torch.__not__(adapted)):
      ws = torch.chunk(w, 2, 0)
      bs = torch.chunk(p["ff.net.0.proj.bias"], 2, 0)
      y = torch.mul(self.product(x, ws[0], bs[0]), torch.gelu(self.product(x, ws[1], bs[1])))
    else:
      halves = torch.chunk(self.linear(x, "ff.net.0.proj", p), 2, -1)
      y = torch.mul(halves[0], torch.gelu(halves[1]))
    return y

  # Transformer2DModel ends: t (B, N, C), x (B, C, H, W) that it began with, to (B, C, H, W)
  def tokens_to_pixels(self: __torch__.Kernels, t: Tensor, x: Tensor, p: Dict[str, Tensor]) -> Tensor:
    b, c, h, w = torch.size(x, 0), torch.size(x, 1), torch.size(x, 2), torch.size(x, 3)
    if self.is_product(p["proj_out.weight"]):
      z = torch.permute(torch.reshape(self.linear(t, "proj_out", p), [b, h, w, c]), [0, 3, 1, 2])
    else:
      z = self.conv(torch.contiguous(torch.permute(torch.reshape(t, [b, h, w, -1]), [0, 3, 1, 2])), "proj_out", p, 1, 0)
    if ops.prim.is_mkldnn(p["proj_out.weight"]):
      y = z
    else:
      y = torch.contiguous(z)
    return torch.add(y, x)

  def downsample(self: __torch__.Kernels, x: Tensor, p: Dict[str, Tensor]) -> Tensor:
    return self.conv(x, "conv", p, 2, 1)

  # to the height and width of like, which is not always twice our own
  def upsample(self: __torch__.Kernels, x: Tensor, like: Tensor, p: Dict[str, Tensor]) -> Tensor:
    y = torch.upsample_nearest2d(x, [torch.size(like, 2), torch.size(like, 3)], None)
    return self.conv(y, "conv", p, 1, 1)

  def conv_out(self: __torch__.Kernels, x: Tensor, groups: Tensor, eps: Tensor, p: Dict[str, Tensor]) -> Tensor:
    h = torch.silu(self.group_norm(x, "conv_norm_out", p, int(groups), float(eps)))
    return torch.to(torch.contiguous(self.conv(h, "conv_out", p, 1, 1)), 6)

  # the parameters of a whole model by block and by the rest of their names, which stand apart in p as block|rest
  def parts(self: __torch__.Kernels, p: Dict[str, Tensor]) -> Dict[str, Dict[str, Tensor]]:
    out = annotate(Dict[str, Dict[str, Tensor]], {})
    names = torch.keys(p)
    for i in range(torch.len(names)):
      pieces = torch.split(names[i], "|", -1)
      if torch.__not__(torch.__contains__(out, pieces[0])):
        _0 = torch._set_item(out, pieces[0], annotate(Dict[str, Tensor], {}))
      _1 = torch._set_item(out[pieces[0]], pieces[1], p[names[i]])
    return out

  # ---- CLIPTextModel ----

  # ids (B, N) to (B, N, C)
  def text_embeddings(self: __torch__.Kernels, ids: Tensor, p: Dict[str, Tensor]) -> Tensor:
    positions = torch.narrow(p["position_embedding.weight"], 0, 0, torch.size(ids, 1))
    return torch.add(torch.embedding(p["token_embedding.weight"], ids), positions)

  # CLIPEncoderLayer: self-attention and a two-layer perceptron, each after a norm
  def clip_layer(self: __torch__.Kernels, x: Tensor, heads: Tensor, quick: Tensor, eps: Tensor, p: Dict[str, Tensor], causal: bool) -> Tensor:
    e = float(eps)
    a = self.layer_norm(x, "layer_norm1", p, e)
    q = self.linear(a, "self_attn.q_proj", p)
    k = self.linear(a, "self_attn.k_proj", p)
    v = self.linear(a, "self_attn.v_proj", p)
    x1 = torch.add(x, self.linear(self.attend(q, k, v, int(heads), causal), "self_attn.out_proj", p))
    h = self.linear(self.layer_norm(x1, "layer_norm2", p, e), "mlp.fc1", p)
    if bool(quick):
      g = torch.mul(h, torch.sigmoid(torch.mul(h, 1.702)))
    else:
      g = torch.gelu(h)
    return torch.add(x1, self.linear(g, "mlp.fc2", p))

  def text_layer(self: __torch__.Kernels, x: Tensor, heads: Tensor, quick: Tensor, eps: Tensor, p: Dict[str, Tensor]) -> Tensor:
    return self.clip_layer(x, heads, quick, eps, p, True)

  def text_norm(self: __torch__.Kernels, x: Tensor, eps: Tensor, p: Dict[str, Tensor]) -> Tensor:
    return torch.to(self.layer_norm(x, "final_layer_norm", p, float(eps)), 6)

  # CLIPVisionEmbeddings: pictures (B, 3, S, S) to (B, 1 + patches, C), the learned state first
  def image_embeddings(self: __torch__.Kernels, x: Tensor, p: Dict[str, Tensor]) -> Tensor:
    w = p["patch_embedding.weight"]
    side = torch.size(w, 2)
    patches = torch.conv2d(x, w, None, [side, side], [0, 0], [1, 1], 1)
    t = torch.transpose(torch.flatten(patches, 2, -1), 1, 2)
    first = torch.expand(p["class_embedding"], [torch.size(x, 0), 1, torch.size(w, 0)])
    return torch.add(torch.cat([first, t], 1), p["position_embedding.weight"])

  def image_norm(self: __torch__.Kernels, x: Tensor, eps: Tensor, p: Dict[str, Tensor]) -> Tensor:
    return self.layer_norm(x, "pre_layrnorm", p, float(eps))

  def image_layer(self: __torch__.Kernels, x: Tensor, heads: Tensor, quick: Tensor, eps: Tensor, p: Dict[str, Tensor]) -> Tensor:
    return self.clip_layer(x, heads, quick, eps, p, False)

  # the first state of (B, N, C) to unit rows (B, E)
  def image_head(self: __torch__.Kernels, x: Tensor, eps: Tensor, p: Dict[str, Tensor]) -> Tensor:
    first = self.layer_norm(torch.select(x, 1, 0), "vision_model.post_layernorm", p, float(eps))
    return self.unit(self.linear(first, "visual_projection", p))

  # states (B, N, C), ends (B) counted over all states, to unit rows (B, E)
  def clip_text_head(self: __torch__.Kernels, states: Tensor, ends: Tensor, p: Dict[str, Tensor]) -> Tensor:
    return self.pooled(states, ends, "text_projection", p)

  # ---- AutoencoderKL ----

  def vae_resnet(self: __torch__.Kernels, x: Tensor, groups: Tensor, p: Dict[str, Tensor]) -> Tensor:
    g = int(groups)
    h = self.conv(torch.silu(self.group_norm(x, "norm1", p, g, 9.9999999999999995e-07)), "conv1", p, 1, 1)
    h = self.conv(torch.silu(self.group_norm(h, "norm2", p, g, 9.9999999999999995e-07)), "conv2", p, 1, 1)
    return torch.add(self.shortcut(x, p), h)

  def vae_attention(self: __torch__.Kernels, x: Tensor, groups: Tensor, p: Dict[str, Tensor]) -> Tensor:
    b, c, h, w = torch.size(x, 0), torch.size(x, 1), torch.size(x, 2), torch.size(x, 3)
    y = self.group_norm(x, "group_norm", p, int(groups), 9.9999999999999995e-07)
    t = torch.transpose(torch.reshape(y, [b, c, h * w]), 1, 2)  # (B, H * W, C)
    a = self.attend(self.linear(t, "to_q", p), self.linear(t, "to_k", p), self.linear(t, "to_v", p), 1, False)
    o = torch.transpose(self.linear(a, "to_out.0", p), 1, 2)
    return torch.add(torch.reshape(o, [b, c, h, w]), x)

  # stride 2 with the padding at the right and the bottom only
  def vae_downsample(self: __torch__.Kernels, x: Tensor, p: Dict[str, Tensor]) -> Tensor:
    return self.conv(torch.constant_pad_nd(x, [0, 1, 0, 1], 0), "conv", p, 2, 0)

  def vae_upsample(self: __torch__.Kernels, x: Tensor, p: Dict[str, Tensor]) -> Tensor:
    y = torch.upsample_nearest2d(x, [torch.size(x, 2) * 2, torch.size(x, 3) * 2], None)
    return self.conv(y, "conv", p, 1, 1)

  def vae_conv_out(self: __torch__.Kernels, x: Tensor, groups: Tensor, p: Dict[str, Tensor]) -> Tensor:
    h = torch.silu(self.group_norm(x, "conv_norm_out", p, int(groups), 9.9999999999999995e-07))
    return torch.to(torch.contiguous(self.conv(h, "conv_out", p, 1, 1)), 6)

  def quant_conv(self: __torch__.Kernels, x: Tensor, p: Dict[str, Tensor]) -> Tensor:
    return self.conv(x, "quant_conv", p, 1, 0)

  def post_quant_conv(self: __torch__.Kernels, x: Tensor, p: Dict[str, Tensor]) -> Tensor:
    return self.conv(torch.type_as(x, p["post_quant_conv.bias"]), "post_quant_conv", p, 1, 0)

  # ---- judge ----

  # half the side: x (B, C, H, W) to (B, D, H/2, W/2)
  def judge_stage(self: __torch__.Kernels, x: Tensor, groups: Tensor, p: Dict[str, Tensor]) -> Tensor:
    return torch.silu(self.group_norm(self.conv(x, "conv", p, 2, 1), "norm", p, int(groups), 1.0000000000000001e-05))

  # rows of length 1
  def unit(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.div(x, torch.sqrt(torch.add(torch.sum(torch.mul(x, x), [-1], True), 9.9999999999999998e-13)))

  # x (B, D, h, w) to unit rows (B, E)
  def judge_head(self: __torch__.Kernels, x: Tensor, p: Dict[str, Tensor]) -> Tensor:
    return self.unit(self.linear(torch.reshape(torch.silu(x), [torch.size(x, 0), -1]), "head", p))

  # states (B, N, C), ends (B) counted over all states, to unit rows (B, E)
  def text_head(self: __torch__.Kernels, states: Tensor, ends: Tensor, p: Dict[str, Tensor]) -> Tensor:
    return self.pooled(states, ends, "text_head", p)

  def pooled(self: __torch__.Kernels, states: Tensor, ends: Tensor, name: str, p: Dict[str, Tensor]) -> Tensor:
    flat = torch.reshape(states, [-1, torch.size(states, 2)])
    return self.unit(self.linear(torch.index_select(flat, 0, ends), name, p))

  # rows (A, E) and others (B, E), signs (A, B): 1 belong together, -1 do not, 0 do not count; each sign's pairs count alike
  def pair_loss(self: __torch__.Kernels, rows: Tensor, others: Tensor, signs: Tensor, p: Dict[str, Tensor]) -> Tensor:
    scale = torch.exp(torch.mul(p["logit.weight"], 2.302585092994046))
    logits = torch.add(torch.mul(torch.linear(rows, others), scale), p["logit.bias"])
    each = torch.neg(torch.log_sigmoid(torch.mul(logits, signs)))
    alike = torch.clamp(signs, 0., 1.)
    apart = torch.clamp(torch.neg(signs), 0., 1.)
    one = torch.div(torch.sum(torch.mul(each, alike)), torch.add(torch.sum(alike), 9.9999999999999995e-07))
    other = torch.div(torch.sum(torch.mul(each, apart)), torch.add(torch.sum(apart), 9.9999999999999995e-07))
    return torch.add(one, other)

  # the same for rows among themselves
  def own_pair_loss(self: __torch__.Kernels, rows: Tensor, signs: Tensor, p: Dict[str, Tensor]) -> Tensor:
    return self.pair_loss(rows, rows, signs, p)

  def sum_of(self: __torch__.Kernels, a: Tensor, b: Tensor) -> Tensor:
    return torch.add(a, b)

  # ---- pretraining ----

  # moments (B, 2 C, H, W) and unit noise (B, C, H, W) to latents (B, C, H, W); Kingma and Welling 2014, section 2.4
  def vae_sample(self: __torch__.Kernels, moments: Tensor, noise: Tensor) -> Tensor:
    halves = torch.chunk(moments, 2, 1)
    deviation = torch.exp(torch.mul(torch.clamp(halves[1], -30., 20.), 0.5))
    return torch.add(halves[0], torch.mul(deviation, noise))

  # differences of neighbours along an axis
  def slope(self: __torch__.Kernels, x: Tensor, axis: int) -> Tensor:
    n = torch.size(x, axis) - 1
    return torch.sub(torch.narrow(x, axis, 1, n), torch.narrow(x, axis, 0, n))

  # (4): loss, mean absolute error, mean squared error, Kullback-Leibler divergence of a picture's latents in nats
  def vae_loss(self: __torch__.Kernels, decoded: Tensor, image: Tensor, moments: Tensor, edges: Tensor, divergence: Tensor) -> Tensor:
    error = torch.sub(decoded, image)
    absolute = torch.mean(torch.abs(error))
    across = torch.mean(torch.abs(self.slope(error, 3)))
    down = torch.mean(torch.abs(self.slope(error, 2)))
    halves = torch.chunk(moments, 2, 1)
    v = torch.clamp(halves[1], -30., 20.)
    nats = torch.sub(torch.sub(torch.add(torch.mul(halves[0], halves[0]), torch.exp(v)), v), 1.)
    kl = torch.div(torch.mul(torch.sum(nats), 0.5), float(torch.size(moments, 0)))
    loss = torch.add(torch.add(absolute, torch.mul(torch.add(across, down), float(edges))), torch.mul(kl, float(divergence)))
    return torch.stack([loss, absolute, torch.mean(torch.mul(error, error)), kl])

  # ---- arithmetic ----

  # xs in the type and the order of memory that blocks compute with; single numbers stay
  def prepared(self: __torch__.Kernels, xs: List[Tensor], bf16: Tensor, channels_last: Tensor) -> List[Tensor]:
    out = annotate(List[Tensor], [])
    for i in range(torch.len(xs)):
      x = torch.detach(xs[i])
      if torch.__and__(bool(bf16), torch.gt(torch.dim(x), 0)):
        y = torch.to(x, 15)
      else:
        y = x
      if torch.__and__(bool(channels_last), torch.eq(torch.dim(x), 4)):
        z = torch.contiguous(y, memory_format=2)
      else:
        z = y
      _0 = torch.append(out, z)
    return out

  # ---- training ----

  # row i of the result is row index[i] of x
  def rows(self: __torch__.Kernels, x: Tensor, index: Tensor) -> Tensor:
    return torch.index_select(x, 0, index)

  # gradients of output with respect to xs, where upstream is the gradient of the loss with respect to output
  def gradients(self: __torch__.Kernels, output: Tensor, upstream: Tensor, xs: List[Tensor]) -> List[Tensor]:
    found = torch.autograd.grad([output], xs, annotate(List[Optional[Tensor]], [upstream]))
    out = annotate(List[Tensor], [])
    for i in range(torch.len(found)):
      _0 = torch.append(out, unchecked_cast(Tensor, found[i]))
    return out

  # of a bf16 tensor, in fp32: 2^19 numbers at a time, whose wide copies stay in a processor's cache
  def norm_in_pieces(self: __torch__.Kernels, x: Tensor) -> Tensor:
    all = torch.reshape(x, [-1])
    n = torch.size(all, 0)
    squares = annotate(List[Tensor], [])
    for i in range(torch.floordiv(n + 524287, 524288)):
      first = i * 524288
      wide = torch.to(torch.narrow(all, 0, first, ops.prim.min(524288, n - first)), 6)
      _0 = torch.append(squares, torch.dot(wide, wide))
    return torch.sqrt(torch.sum(torch.stack(squares)))

  # (2): norm of all gradients together, and what brings it down to most where it is above
  def clipping(self: __torch__.Kernels, gradients: List[Tensor], most: Tensor) -> Tensor:
    norms = annotate(List[Tensor], [])
    for i in range(torch.len(gradients)):
      g = gradients[i]
      if self.is_bf16_on_cpu(g):
        _0 = torch.append(norms, self.norm_in_pieces(g))
      else:
        _1 = torch.append(norms, torch.linalg_vector_norm(g, 2, None, False, dtype=6))
    norm = torch.norm(torch.stack(norms), 2)
    scale = torch.clamp(torch.reciprocal(torch.div(torch.add(norm, 9.9999999999999995e-07), float(most))), None, 1.)
    return torch.stack([norm, scale])

  # (N) to N numbers
  def floats(self: __torch__.Kernels, x: Tensor) -> List[float]:
    n = annotate(List[float], [])
    for i in range(torch.size(x, 0)):
      _0 = torch.append(n, float(torch.select(x, 0, i)))
    return n

  # AdamW (Loshchilov and Hutter 2019) in place; numbers: learning rate, beta 1, beta 2, weight decay, epsilon, step, and what
  # gradients are multiplied by
  def adamw(self: __torch__.Kernels, weights: List[Tensor], gradients: List[Tensor], means: List[Tensor], squares: List[Tensor], numbers: Tensor) -> Tensor:
    n = self.floats(numbers)
    steps = annotate(List[Tensor], [])
    exact = annotate(List[Tensor], [])
    for j in range(torch.len(weights)):
      _1 = torch.append(steps, torch.tensor(n[5], dtype=6, device=ops.prim.device(weights[j])))
      wide = torch.contiguous(torch.to(gradients[j], 6))
      if torch.eq(ops.prim.dtype(gradients[j]), 6):
        scaled = torch.mul(wide, n[6])
      else:
        scaled = torch.mul_(wide, n[6])  # a copy already
      _2 = torch.append(exact, scaled)
    torch._fused_adamw_(weights, exact, means, squares, annotate(List[Tensor], []), steps, lr=n[0], beta1=n[1], beta2=n[2], weight_decay=n[3], eps=n[4], amsgrad=False, maximize=False)
    return numbers

  # a moment from its 8 bits; moment: codes (n), scales (blocks), map (256), boundaries (256), starts (65536)
  def decoded(self: __torch__.Kernels, codes: Tensor, scales: Tensor, moment: List[Tensor]) -> Tensor:
    n = torch.size(codes, 0)
    values = torch.index_select(moment[2], 0, torch.to(codes, 3))
    blocks = torch.reshape(torch.constant_pad_nd(values, [0, torch.size(scales, 0) * 256 - n], 0), [-1, 256])
    return torch.slice(torch.reshape(torch.mul_(blocks, torch.unsqueeze(scales, 1)), [-1]), 0, 0, n)

  # the way back, into codes and scales. A number's root, cut to 16 bits, says from which code on to look: at most one
  # boundary lies between two numbers that share it
  def encode(self: __torch__.Kernels, values: Tensor, codes: Tensor, scales: Tensor, moment: List[Tensor]) -> Tensor:
    n = torch.size(values, 0)
    blocks = torch.reshape(torch.constant_pad_nd(values, [0, torch.size(scales, 0) * 256 - n], 0), [-1, 256])
    most = torch.amax(torch.abs(blocks), [1])
    largest = torch.masked_fill(most, torch.eq(most, 0), 1)
    shares = torch.reshape(torch.div(blocks, torch.unsqueeze(largest, 1)), [-1])
    roots = torch.copysign(torch.mul_(torch.sqrt(torch.abs(shares)), 32767.), shares)
    start = torch.index_select(moment[4], 0, torch.add_(torch.to(roots, 3), 32768))
    above = torch.gt(shares, torch.index_select(moment[3], 0, start))
    _0 = torch.copy_(scales, largest)
    return torch.copy_(codes, torch.slice(torch.add_(start, above), 0, 0, n))

  # AdamW in place with moments in 8 bits (Dettmers et al. 2022), as many numbers at a time as stay in a processor's cache;
  # numbers as for adamw
  def adamw_8bit(self: __torch__.Kernels, weight: Tensor, gradient: Tensor, means: List[Tensor], squares: List[Tensor], numbers: Tensor) -> Tensor:
    n = self.floats(numbers)
    w = torch.view(weight, [-1])
    g = torch.reshape(gradient, [-1])
    all = torch.size(w, 0)
    for j in range(torch.floordiv(all + 1048575, 1048576)):
      first = j * 1048576
      count = ops.prim.min(1048576, all - first)
      block = torch.floordiv(first, 256)
      blocks = torch.floordiv(count + 255, 256)
      mean_codes, mean_scales = torch.narrow(means[0], 0, first, count), torch.narrow(means[1], 0, block, blocks)
      square_codes, square_scales = torch.narrow(squares[0], 0, first, count), torch.narrow(squares[1], 0, block, blocks)
      some = torch.mul(torch.to(torch.narrow(g, 0, first, count), 6), n[6])
      mean = torch.add_(torch.mul_(self.decoded(mean_codes, mean_scales, means), n[1]), some, alpha=1. - n[1])
      square = torch.addcmul_(torch.mul_(self.decoded(square_codes, square_scales, squares), n[2]), some, some, value=1. - n[2])
      root = torch.add_(torch.div_(torch.sqrt(square), torch.sqrt(1. - torch.pow(n[2], n[5]))), n[4])
      part = torch.mul_(torch.narrow(w, 0, first, count), 1. - n[0] * n[3])
      _1 = torch.addcdiv_(part, mean, root, value=torch.div(torch.neg(n[0]), 1. - torch.pow(n[1], n[5])))
      _2 = self.encode(mean, mean_codes, mean_scales, means)
      _3 = self.encode(square, square_codes, square_scales, squares)
    return numbers

  def assign(self: __torch__.Kernels, target: Tensor, source: Tensor) -> Tensor:
    return torch.copy_(target, source)

  # a share of the way from each target to its goal, in place
  def approach(self: __torch__.Kernels, targets: List[Tensor], goals: List[Tensor], share: Tensor) -> Tensor:
    torch._foreach_lerp_(targets, goals, float(share))
    return share
