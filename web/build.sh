#!/usr/bin/env bash
# Builds the two files of crates/elman-cli/src/commands/play: playground.html, which is the page with the engine, and
# forecast.wasm.gz, the module that forecasts a file, which the page loads when it is wanted.
# Needs Node, and a Rust with the target wasm32-unknown-unknown: rustup's if installed, else Debian's.
set -euo pipefail
cd "$(dirname "$0")"
target="${CARGO_TARGET_DIR:-../target}/wasm"

# One unit and no unwinding: the engine is a third of the size.
export CARGO_PROFILE_RELEASE_LTO=fat CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1 CARGO_PROFILE_RELEASE_PANIC=abort
export CARGO_PROFILE_RELEASE_STRIP=symbols
# The vectors of WebAssembly; and no path of this machine in the file.
export RUSTFLAGS="-C target-feature=+simd128 --remap-path-prefix=$HOME=home --remap-path-prefix=$(cd .. && pwd)=elman"
# Builds a module: build NAME OPTION...
build() {
    local name="$1"
    shift
    cargo build --release -p elman-wasm --target wasm32-unknown-unknown --target-dir "$target" "${std[@]}" "$@"
    cp "$target/wasm32-unknown-unknown/release/elman_wasm.wasm" "$target/$name.wasm"
}
std=()

if [ -d "$(rustc --print target-libdir --target wasm32-unknown-unknown)" ]; then
    :
elif [ -x /usr/bin/rustc ] && [ -d /usr/lib/rustlib/src/rust/library ]; then
    # Debian's compiler builds the standard library from source; the linker is that of rustup.
    linker="$(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin/rust-lld"
    export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER="$linker" RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1
    std=(-Z build-std=std,panic_abort)
else
    echo "error: no Rust for wasm32-unknown-unknown"
    echo "  help: rustup target add wasm32-unknown-unknown"
    echo "  help: or, on Debian: apt-get install --no-install-recommends rustc-web rust-web-src"
    exit 1
fi >&2

build engine --no-default-features >&2
# Four fifths of the size; kernels stay fast. Short series take as long, the longest ones 1.4 times as long.
export CARGO_PROFILE_RELEASE_OPT_LEVEL=s
fast() { echo "profile.release.package.$1.opt-level=3"; }
build forecast --config "$(fast elman-math)" --config "$(fast elman-nn)" >&2

[ -d node_modules ] || npm ci --no-audit --no-fund >&2
npx tsc --noEmit
node bundle.mjs "$target/engine.wasm" "$target/forecast.wasm"
