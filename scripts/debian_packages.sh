#!/usr/bin/env bash
# Install what is missing of the Debian packages that the list files name, one a line; further words are packages themselves.
#   scripts/debian_packages.sh apt-packages.txt [LIST…] [PACKAGE…]
set -euo pipefail
command -v dpkg-query >/dev/null || exit 0 # another system than Debian: its user knows
missing=""
for word in "$@"; do
  if [ -f "$word" ]; then names="$(sed '/^#/d;/^$/d' "$word")"; else names="$word"; fi
  for package in $names; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
  done
done
[ -n "$missing" ] || exit 0
as_root=""
if [ "$(id -u)" != 0 ]; then
  if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root=sudo; else
    echo "Missing Debian packages, and no right to install them. As root, run: apt-get install -y$missing" >&2
    exit 0
  fi
fi
echo "Installing from Debian:$missing"
$as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
# shellcheck disable=SC2086 # a list of words
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
