#!/usr/bin/env python3
"""Makes the files in right/ and refused/: one scene, red, green, blue and yellow in the four corners, as every kind of image.

    apt-get install libjpeg-turbo-progs imagemagick libheif-examples; pip install pillow
    python3 make.py

The name of a file in refused/ begins with the reason code that the file must get. Add a file for each bug that is found.
"""

import io
import subprocess
import tempfile
from pathlib import Path

from PIL import Image

HERE = Path(__file__).parent
CORNERS = [(200, 60, 50), (60, 160, 70), (60, 80, 190), (220, 200, 70)]
# How the scene is turned in a file with each EXIF orientation, beginning with 1.
TURNS = [None, Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_180, Image.Transpose.FLIP_TOP_BOTTOM,
         Image.Transpose.TRANSPOSE, Image.Transpose.ROTATE_90, Image.Transpose.TRANSVERSE, Image.Transpose.ROTATE_270]
BY_COMPONENT = "0;\n1;\n2;\n"


def scene():
    image = Image.new("RGB", (240, 160))
    for y in range(160):
        for x in range(240):
            shade = (x % 120 + y % 80) // 16
            image.putpixel((x, y), tuple(value + shade for value in CORNERS[(y >= 80) * 2 + (x >= 120)]))
    return image


def right(name, content):
    (HERE / "right" / name).write_bytes(content)


def refused(name, content):
    (HERE / "refused" / name).write_bytes(content)


def run(*command, stdin=None):
    return subprocess.run(command, input=stdin, check=True, capture_output=True).stdout


def cjpeg(image, *options, scans=None):
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "scene.ppm"
        image.save(source)
        if scans:
            (Path(folder) / "scans").write_text(scans)
            options = (*options, "-scans", f"{folder}/scans")
        return run("cjpeg", "-quality", "90", *options, str(source))


def saved(image, format, **options):
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def magick(image, format, *options):
    return run("/usr/bin/convert", "png:-", *options, f"{format}:-", stdin=saved(image, "PNG"))


def jpegs(image):
    for sampling in ["1x1", "2x1", "1x2", "2x2", "4x1", "4x2"]:
        right(f"baseline-{sampling}.jpg", cjpeg(image, "-sample", sampling))
        right(f"progressive-{sampling}.jpg", cjpeg(image, "-progressive", "-sample", sampling))
        right(f"by-component-{sampling}.jpg", cjpeg(image, "-sample", sampling, scans=BY_COMPONENT))
    for sampling in ["3x1", "2x2,1x2,2x1", "1x1,2x2,1x1"]:
        for kind in ["baseline", "progressive"]:
            right(f"{kind}-{sampling.replace(',', '-')}.jpg", cjpeg(image, f"-{kind}", "-sample", sampling))
    right("optimized.jpg", cjpeg(image, "-optimize"))
    right("restart-1.jpg", cjpeg(image, "-restart", "1B"))
    right("restart-row.jpg", cjpeg(image, "-restart", "1"))
    right("restart-progressive.jpg", cjpeg(image, "-progressive", "-restart", "3B"))
    right("rgb-adobe.jpg", cjpeg(image, "-rgb"))
    right("rgb-large-adobe.jpg", cjpeg(image.resize((2400, 1600), Image.Resampling.NEAREST), "-rgb", "-quality", "30"))
    right("cmyk.jpg", magick(image, "jpeg", "-colorspace", "CMYK", "-quality", "90"))
    plain = cjpeg(image)
    progressive = cjpeg(image, "-progressive")
    right("without-end-marker.jpg", plain[:-2])
    right("progressive-without-end-marker.jpg", progressive[:-2])
    right("bytes-behind-the-end.jpg", plain + b"something behind it")
    right("zeros-before-the-end.jpg", plain[:-2] + bytes(40) + plain[-2:])
    refused("unsupported arithmetic.jpg", cjpeg(image, "-arithmetic"))
    # For each of these, the decoder of `image` returns gray areas without an error.
    for name, jpeg in [("baseline", plain), ("progressive", progressive)]:
        refused(f"damaged {name} cut.jpg", jpeg[:len(jpeg) // 2])
        refused(f"damaged {name} last byte lost.jpg", jpeg[:-3])
    refused("damaged cut and ended.jpg", plain[:len(plain) // 2] + b"\xff\xd9")
    middle = len(plain) // 2
    refused("damaged 60 bytes lost.jpg", plain[:middle] + plain[middle + 60:])
    refused("damaged header alone.jpg", plain[:plain.index(b"\xff\xda")])
    # In this portrait, the lost bytes belong above the lower edge of the crop, and can be noticed only below it.
    tall = cjpeg(image.transpose(Image.Transpose.ROTATE_90).resize((160, 480)))
    middle = len(tall) // 2
    refused("damaged portrait 60 bytes lost.jpg", tall[:middle] + tall[middle + 60:])
    size = plain.index(b"\xff\xc0") + 5
    refused("too-large header.jpg", plain[:size] + b"\xff\xdc\xff\xdc" + plain[size + 4:])


def oriented(image):
    for orientation, turn in enumerate(TURNS, start=1):
        held = image.transpose(turn) if turn is not None else image
        exif = Image.Exif()
        exif[0x0112] = orientation
        for format, ending, options in [("JPEG", "jpg", {"quality": 90}), ("PNG", "png", {}),
                                        ("WEBP", "webp", {"quality": 90}), ("TIFF", "tiff", {"compression": "tiff_lzw"})]:
            if format == "TIFF":
                options = {**options, "tiffinfo": {0x0112: orientation}}
            else:
                options = {**options, "exif": exif}
            right(f"orientation-{orientation}.{ending}", saved(held, format, **options))


def others(image):
    for name, options in [("16-bit", ["-depth", "16", "-strip"]), ("interlaced", ["-interlace", "PNG", "-strip"])]:
        right(f"{name}.png", magick(image, "png", *options))
    right("palette.png", saved(image.quantize(64), "PNG"))
    right("16-bit.tiff", magick(image, "tiff", "-depth", "16", "-compress", "zip"))
    right("cmyk.tiff", magick(image, "tiff", "-colorspace", "CMYK", "-compress", "lzw"))
    right("packbits.tiff", saved(image, "TIFF", compression="packbits"))
    right("plain.gif", saved(image.quantize(128), "GIF"))
    right("plain.bmp", saved(image, "BMP"))
    right("palette.bmp", saved(image.quantize(64), "BMP"))
    blank = Image.new("RGB", image.size)
    right("animated.gif", saved(image.quantize(128), "GIF", save_all=True, append_images=[blank]))
    right("animated.webp", saved(image, "WEBP", save_all=True, append_images=[blank], lossless=True))
    right("lossless.webp", saved(image, "WEBP", lossless=True))
    with tempfile.TemporaryDirectory() as folder:
        image.save(f"{folder}/scene.png")
        for name, options in [("plain", []), ("10-bit", ["-b", "10"]), ("4-4-4", ["-p", "chroma=444"])]:
            run("heif-enc", "-q", "90", *options, "-o", f"{folder}/scene.heic", f"{folder}/scene.png")
            right(f"{name}.heic", Path(folder, "scene.heic").read_bytes())
    heic = (HERE / "right" / "plain.heic").read_bytes()
    refused("damaged cut.heic", heic[:len(heic) * 3 // 4])
    png = saved(image, "PNG")
    refused("damaged cut.png", png[:len(png) // 2])
    refused("damaged checksum.png", png[:len(png) // 2] + b"\x55\xaa" + png[len(png) // 2 + 2:])
    webp = saved(image, "WEBP")
    refused("damaged cut.webp", webp[:len(webp) // 2])
    extra = magick(image, "tiff", "-alpha", "set", "-compress", "lzw", "-define", "tiff:predictor=2",
                   "-define", "tiff:alpha=unspecified")
    refused("unsupported unknown channel.tiff", extra)
    tiff = saved(image, "TIFF", compression="tiff_lzw")
    refused("damaged cut.tiff", tiff[:len(tiff) // 2])
    gif = saved(image.quantize(128), "GIF")
    refused("damaged cut.gif", gif[:len(gif) // 2])
    bmp = saved(image, "BMP")
    refused("damaged cut.bmp", bmp[:len(bmp) // 2])
    refused("not-an-image text.jpg", b"This is no photo at all.\n")


for folder in ["right", "refused"]:
    (HERE / folder).mkdir(exist_ok=True)
picture = scene()
jpegs(picture)
oriented(picture)
others(picture)
