"""Makes the photos beside it with Pillow, so that the product's decoders are tested on another encoder's files.

Every picture is 96 x 64 with four quadrants: red, green, blue and yellow, or their grey. Usage: python make.py
"""

import io
import math
from pathlib import Path

from PIL import Image

HERE = Path(__file__).parent
SIZE = (96, 64)
RED, GREEN, BLUE, YELLOW = (220, 30, 40), (30, 180, 60), (40, 60, 200), (240, 220, 50)


def quadrants(mode, red, green, blue, yellow):
    picture = Image.new(mode, SIZE)
    half = (SIZE[0] // 2, SIZE[1] // 2)
    for colour, at in ((red, (0, 0)), (green, (half[0], 0)), (blue, (0, half[1])), (yellow, half)):
        picture.paste(colour, (*at, at[0] + half[0], at[1] + half[1]))
    return picture


def rgb():
    return quadrants("RGB", RED, GREEN, BLUE, YELLOW)


def cmyk(colour):
    """Without black generation, so that the plain formula gives the colour back."""
    return (*(255 - c for c in colour), 0)


def ycck_of(jpeg):
    """Rewrites a CMYK JPEG whose channels were prepared as YCC: only the Adobe marker tells the difference."""
    at = jpeg.index(b"Adobe") + 11
    return jpeg[:at] + b"\x02" + jpeg[at + 1 :]


def ycck():
    # Pillow inverts all four channels while saving, as Adobe does; black is 0, stored as 255.
    inks = (ycc(cmyk(c)) for c in (RED, GREEN, BLUE, YELLOW))
    picture = quadrants("CMYK", *((*(255 - v for v in ink), 0) for ink in inks))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=95)
    return ycck_of(out.getvalue())


def ycc(colour):
    r, g, b = colour[:3]
    luma = 0.299 * r + 0.587 * g + 0.114 * b
    return tuple(round(v) for v in (luma, 128 + (b - luma) * 0.564, 128 + (r - luma) * 0.713))


def gray16():
    upper, lower = (
        (left.to_bytes(2, "little") * (SIZE[0] // 2) + right.to_bytes(2, "little") * (SIZE[0] // 2)) * (SIZE[1] // 2)
        for left, right in ((0x4000, 0x8080), (0xC000, 0xFFFF))
    )
    return Image.frombytes("I;16", SIZE, upper + lower)


def lossy():
    """Like a photo: colours that change, and grain. The PNG holds what libwebp decodes."""
    x, y = Image.linear_gradient("L").resize((128, 96)), Image.radial_gradient("L").resize((128, 96))
    grain = [Image.effect_noise((128, 96), 30) for _ in range(3)]
    bands = [Image.blend(a, b, 0.4) for a, b in zip((x, y, x.rotate(180)), grain)]
    Image.merge("RGB", bands).save(HERE / "lossy.webp", quality=50)
    Image.open(HERE / "lossy.webp").convert("RGB").save(HERE / "lossy-webp.png")


def main():
    rgb().save(HERE / "plain.jpg", quality=95)
    rgb().save(HERE / "progressive.jpg", quality=95, progressive=True)
    quadrants("CMYK", *map(cmyk, (RED, GREEN, BLUE, YELLOW))).save(HERE / "cmyk.jpg", quality=95)
    (HERE / "ycck.jpg").write_bytes(ycck())
    quadrants("L", 64, 128, 192, 255).save(HERE / "gray.jpg", quality=95)
    gray16().save(HERE / "gray16.png")
    quadrants("LA", (64, 255), (128, 255), (192, 255), (0, 0)).save(HERE / "gray-alpha.png")
    quadrants("RGBA", (*RED, 255), (*GREEN, 255), (*BLUE, 255), (0, 0, 0, 0)).save(HERE / "rgba.png")
    palette = quadrants("P", 0, 1, 2, 3)
    palette.putpalette([v for c in (RED, GREEN, BLUE, YELLOW) for v in c])
    palette.save(HERE / "palette.png", transparency=bytes([255, 255, 255, 0]))
    palette.save(HERE / "still.gif")
    rgb().save(HERE / "plain.bmp")
    rgb().save(HERE / "still.webp", quality=95)
    lossy()
    frames = [rgb(), quadrants("RGB", YELLOW, RED, GREEN, BLUE), quadrants("RGB", BLUE, YELLOW, RED, GREEN)]
    for name in ("animated.gif", "animated.png", "animated.webp"):
        frames[0].save(HERE / name, save_all=True, append_images=frames[1:], duration=100, loop=0)
    noise = Image.effect_noise((160, 120), 60).convert("RGB")
    whole = io.BytesIO()
    noise.save(whole, "JPEG", quality=90)
    (HERE / "truncated.jpg").write_bytes(whole.getvalue()[: math.floor(len(whole.getvalue()) * 0.6)])


if __name__ == "__main__":
    main()
