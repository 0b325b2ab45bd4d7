#!/usr/bin/env bash
# Takes the README's two pictures of the page: the real program in a headless Chromium, then fewer colours to keep it small.
# Needs chromium and pngquant (Debian has both). Another moment: JUMP='1h' SCENARIO=welcome THEME=dark SIZE=1600x900 docs/picture.sh
set -euo pipefail
cd "$(dirname "$0")/.."
PICTURE=$PWD/docs/page.png cargo test --quiet --test page picture -- --ignored
SCENARIO=one-out-all-out FLAGS='--bug B27' JUMP='25h 40m' HASH='#about=group+red' THEME=dark PICTURE=$PWD/docs/why.png \
  cargo test --quiet --test page picture -- --ignored
pngquant --force --speed 1 --ext .png 48 docs/page.png docs/why.png
ls -l docs/page.png docs/why.png
