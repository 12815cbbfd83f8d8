#!/bin/sh
# Checks csn on a machine with a GPU, which may have no network: python3 with torch, a C++ compiler and xz are enough.
#
#   scripts/gpu_check.sh pack [FILE]    makes the archive that goes there (default: csn-gpu.tar.xz); needs the network
#   scripts/gpu_check.sh run [...]      there, in the unpacked folder; `run --help` lists its options
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
mode=${1-}
[ $# -gt 0 ] && shift
export DENO_NO_PROMPT=1 DENO_NO_UPDATE_CHECK=1 INIT_CWD="${INIT_CWD-$PWD}"

# What the archive brings is used before what the machine has.
if [ -x "$home/.gpu/deno" ]; then
  export PATH="$home/.gpu:$PATH" DENO_DIR="$home/.gpu/deno_dir" CSN_CACHE="${CSN_CACHE-$home/.gpu/cache}"
fi

# csn starts the compiler by the name c++; some machines have it as g++ alone.
if ! command -v c++ >/dev/null && command -v g++ >/dev/null; then
  mkdir -p "$home/.gpu/bin"
  ln -sf "$(command -v g++)" "$home/.gpu/bin/c++"
  export PATH="$home/.gpu/bin:$PATH"
fi

case $mode in
pack)
  exec deno run --quiet --allow-read --allow-write --allow-env --allow-run "$home/scripts/gpu/pack.ts" "$@"
  ;;
run)
  exec deno run --quiet --allow-read --allow-write --allow-env --allow-run --allow-sys "$home/scripts/gpu/main.ts" "$@"
  ;;
*)
  sed -n '2,5s/^# \{0,1\}//p' "$0" >&2
  exit 2
  ;;
esac
