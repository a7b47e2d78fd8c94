#!/usr/bin/env python3
"""The script that most people have: as expert.py, but Pillow decodes every pixel. Same arguments."""

from PIL import Image

from expert import jpeg, run


def thumbnail(path):
    with Image.open(path) as image:
        return jpeg(image)


if __name__ == "__main__":
    run(thumbnail)
