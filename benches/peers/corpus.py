#!/usr/bin/env python3
"""Makes the photos that compare.py measures: FOLDER/<kind>/0000.jpg and so on.

    pip install pillow numpy pillow-heif                 the last only for HEIC
    python3 corpus.py FOLDER                             every kind, 100 files each: about 8 GB
    python3 corpus.py FOLDER --kinds 12mp-baseline --count 20
    python3 corpus.py FOLDER --kinds 300x400,1mp --count 1000
    python3 corpus.py FOLDER --kinds 12mp-heic --count 20 --pictures 4

What a JPEG costs to decode depends on its pixels: on how many coefficients a block keeps and how long their codes are.
So these pictures have what a camera's have: detail that falls off as 1/frequency, colour that is softer than
brightness, a sharp head and shoulders before a blurred background with hard edges in it, and sensor grain. At quality
90 and 4:2:0 they are as large as a camera's files: 3.6 MB for 12 megapixels. Odd pictures are upright (3000x4000), and
so are all of the small kinds, which are portraits for badges. HEIC has the tiles of 512x512 pixels that iPhones make,
and like WebP a usual quality for its format; no embedded thumbnails.

A picture takes seconds to make, so there are few (--pictures); each file is another crop of one of them, every second
one mirrored. The seeds are fixed: the same numpy and Pillow make the same files again. The files have no EXIF, colour
profile or restart markers: those cost tools differently, and are not what is compared here.
"""

import argparse
import multiprocessing
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

# Pillow's own Huffman tables are those of the standard, like those of most cameras; a progressive file always has its
# own.
KINDS = {
    "12mp-baseline": ((4000, 3000), {"subsampling": "4:2:0"}),
    "12mp-optimized": ((4000, 3000), {"subsampling": "4:2:0", "optimize": True}),
    "12mp-444": ((4000, 3000), {"subsampling": "4:4:4"}),
    "12mp-progressive": ((4000, 3000), {"subsampling": "4:2:0", "progressive": True}),
    "24mp-baseline": ((6000, 4000), {"subsampling": "4:2:0"}),
    "24mp-progressive": ((6000, 4000), {"subsampling": "4:2:0", "progressive": True}),
    "3mp-baseline": ((2048, 1536), {"subsampling": "4:2:0"}),
    "1mp": ((866, 1155), {"subsampling": "4:2:0"}),
    "300x400": ((300, 400), {"subsampling": "4:2:0"}),
    "12mp-heic": ((4000, 3000), {"quality": 45, "tile_size": 512}),
    "12mp-png": ((4000, 3000), {}),
    "3mp-png": ((2048, 1536), {}),
    "12mp-webp": ((4000, 3000), {"quality": 80}),
    "3mp-webp": ((2048, 1536), {"quality": 80}),
}
QUALITY = 90
MARGIN = 48  # the most by which the crops of one picture are shifted, in pixels
GRAIN = 4.1  # standard deviation at mid-grey; chosen so that 12 megapixels make 3.6 MB


def noise(rng, height, width, blur=0.0):
    """Returns noise with the 1/frequency spectrum of natural pictures, with mean 0 and deviation 1.

    blur is the deviation of the Gaussian that blurs it, in pixels: 0 is in focus.
    """
    spectrum = np.fft.rfft2(rng.standard_normal((height, width), dtype=np.float32))
    squared = np.fft.fftfreq(height).astype(np.float32)[:, None] ** 2 + np.fft.rfftfreq(width).astype(np.float32) ** 2
    squared[0, 0] = 1  # any value that avoids a division by zero
    spectrum[0, 0] = 0  # no mean
    spectrum *= np.exp(-2 * np.float32(np.pi * blur) ** 2 * squared) / np.sqrt(squared)
    plane = np.fft.irfft2(spectrum, s=(height, width))
    return plane / plane.std()


def enlarged(plane, height, width):
    return np.asarray(Image.fromarray(plane).resize((width, height), Image.Resampling.BICUBIC))


def ellipse(height, width, x, y, radius_x, radius_y):
    """Returns how deep each pixel lies inside: 1 in the centre, 0 on the edge, negative outside. Places and radii are
    fractions of the height; x is a fraction of the width."""
    across = ((np.arange(width, dtype=np.float32) - width * x) / (height * radius_x)) ** 2
    down = ((np.arange(height, dtype=np.float32) - height * y) / (height * radius_y)) ** 2
    return 1 - down[:, None] - across


def background(rng, height, width):
    """Returns a room out of focus: soft shapes, frames and shelves with edges, lit from one side."""
    room = Image.new("F", (width, height), 0)
    draw = ImageDraw.Draw(room)
    for _ in range(10):
        x, y = rng.integers(0, width), rng.integers(0, height)
        draw.rectangle((x, y, x + rng.integers(20, width // 3), y + rng.integers(20, height // 3)), rng.uniform(-60, 60))
    light = np.linspace(*rng.uniform(70, 170, 2), width, dtype=np.float32)
    return np.asarray(room) + light + 30 * noise(rng, height, width, blur=2.5)


def picture(seed, width, height):
    """Returns a portrait as an array of 8-bit RGB."""
    rng = np.random.default_rng(seed)
    luma = background(rng, height, width)
    # Colour changes more slowly than brightness, so a quarter of the resolution is enough.
    blue, red = (8 * enlarged(noise(rng, height // 4, width // 4, blur=3), height, width) for _ in range(2))

    # A few places of a photo are busy and many are plain, which makes some blocks long and most blocks short.
    busy = enlarged(noise(rng, height // 32, width // 32, blur=2), height, width)
    detail = noise(rng, height, width) * np.exp(0.6 * busy)
    x = rng.uniform(0.4, 0.6)
    shoulders = (1.02, 0.42, 0.36), 60, 26, 8, -4
    head = (0.42, 0.19, 0.27), 165, 14, -18, 22
    for shape, tone, contrast, blue_tint, red_tint in (shoulders, head):
        depth = ellipse(height, width, x, *shape)
        inside = depth > 0
        # Brightness decreases towards the edge, as on a round object; skin is smoother than cloth.
        luma[inside] = tone * (0.6 + 0.4 * np.sqrt(depth[inside])) + contrast * detail[inside]
        blue[inside] = blue[inside] * 0.3 + blue_tint
        red[inside] = red[inside] * 0.3 + red_tint
    del detail

    # The grain of a sensor increases with the light, and the camera's own filters make neighbouring pixels similar.
    grain = rng.standard_normal((height + 1, width + 1), dtype=np.float32)
    grain = grain[:-1, :-1] + 0.35 * (grain[1:, :-1] + grain[:-1, 1:])
    luma += grain * (GRAIN * np.sqrt(np.clip(luma, 16, 255) / 128))
    del grain
    # Cameras smooth the grain of colour the most, so it is coarser.
    for colour in (blue, red):
        colour += GRAIN / 3 * enlarged(rng.standard_normal((height // 3, width // 3), dtype=np.float32), height, width)

    rgb = np.empty((height, width, 3), np.uint8)
    for channel, plane in enumerate((luma + 1.402 * red, luma - 0.344 * blue - 0.714 * red, luma + 1.772 * blue)):
        rgb[..., channel] = np.clip(plane, 0, 255)
    return rgb


def suffix(kind):
    """Returns the end of the names of a kind's files."""
    name = kind.rpartition("-")[2]
    return name if name in ("heic", "png", "webp") else "jpg"


def write(task):
    """Makes one picture and all its files of every kind of that size, so that no picture is made twice."""
    np.seterr(invalid="raise", divide="raise")  # a NaN would be a black picture, and nobody would notice
    folder, kinds, (width, height), number, count, pictures = task
    if number % 2 and width > height:
        width, height = height, width
    if any(suffix(kind) == "heic" for kind in kinds):
        import pillow_heif

        pillow_heif.register_heif_opener()
    pixels = picture([width, height, number], width + MARGIN, height + MARGIN)
    written = 0
    for turn, index in enumerate(range(number, count, pictures)):
        # 37 and MARGIN² have no common factor, so a place is used again only after MARGIN² turns.
        top, left = divmod(turn * 37 % MARGIN**2, MARGIN)
        view = pixels[top : top + height, left : left + width]
        image = Image.fromarray(np.ascontiguousarray(view[:, ::-1] if turn % 2 else view))
        for kind in kinds:
            path = folder / kind / f"{index:04}.{suffix(kind)}"
            image.save(path, **{"quality": QUALITY} | KINDS[kind][1])
            written += path.stat().st_size
    return written


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kinds", default=",".join(KINDS), help="comma-separated: " + ", ".join(KINDS))
    parser.add_argument("--count", type=int, default=100, help="files of each kind (100)")
    parser.add_argument("--pictures", type=int, default=12, help="different pictures of each size (12)")
    parser.add_argument("--jobs", type=int, default=multiprocessing.cpu_count(), help="processes; each takes up to 1 GB")
    arguments = parser.parse_args()
    kinds = arguments.kinds.split(",")
    if unknown := set(kinds) - set(KINDS):
        parser.error(f"no such kind: {', '.join(sorted(unknown))}")

    for kind in kinds:
        (arguments.folder / kind).mkdir(parents=True, exist_ok=True)
        # A larger corpus may have been here before, and its files would be measured as well.
        for old in (arguments.folder / kind).glob(f"*.{suffix(kind)}"):
            old.unlink()
    pictures = min(arguments.pictures, arguments.count)
    tasks = []
    # The largest pictures come first, so that all processes finish at about the same time.
    for size in sorted({KINDS[kind][0] for kind in kinds}, reverse=True):
        of_size = [kind for kind in kinds if KINDS[kind][0] == size]
        tasks += [(arguments.folder, of_size, size, number, arguments.count, pictures) for number in range(pictures)]
    # Each picture is made in a new process, so that its memory is freed.
    with multiprocessing.Pool(arguments.jobs, maxtasksperchild=1) as pool:
        for done, written in enumerate(pool.imap_unordered(write, tasks), 1):
            print(f"picture {done} of {len(tasks)}: {written / 1e6:.0f} MB", flush=True)


if __name__ == "__main__":
    main()
