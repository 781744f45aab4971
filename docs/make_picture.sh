#!/bin/sh
# Makes docs/digest.png, the picture in the README: the top of the demo's digest as a phone shows it.
#
#   make demo && sh docs/make_picture.sh [digest.html [picture.png]]
#
# Needs chromium and the Noto fonts. With a Python that has Pillow (PICTURE_PYTHON, else python3) the picture is reduced to
# 256 colours, a third of the size; without one it is left as it is.
set -eu
page=$(realpath "${1:-demo-output/digest.html}")
picture=$(realpath "${2:-docs/digest.png}")
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT

# 390 pixels wide, as most phones are, drawn twice as fine.
"${CHROMIUM:-chromium}" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
  --disable-component-update --disable-sync --user-data-dir="$profile" --window-size=390,1100 --hide-scrollbars \
  --force-device-scale-factor=2 --screenshot="$picture" "file://$page" 2>"$profile/said" || { cat "$profile/said" >&2; exit 1; }

"${PICTURE_PYTHON:-python3}" - "$picture" <<'PYTHON' || echo "make_picture: no Pillow; $picture keeps all its colours" >&2
import sys
from PIL import Image

with Image.open(sys.argv[1]) as picture:
    small = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
small.save(sys.argv[1], optimize=True)
PYTHON
ls -l "$picture"
