#!/usr/bin/env bash
# Finds the .NET SDK, builds the small program that reads the command line when it changed (build/CommandLine), and becomes it.
#   ./build.sh [TARGET] [--parameter value ...]        ./build.sh --help
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
# Collect garbage every 16 MiB: left alone, the collector waits until it fills the processor's last cache, hundreds of MiB on a server.
export DOTNET_GCgen0size=0x1000000

command -v dotnet >/dev/null || { echo "build.sh: got no 'dotnet' on the PATH, expected the .NET SDK 10. Install it from https://dot.net and run this again." >&2; exit 2; }
sdk=$(cd "$root" && dotnet --version 2>/dev/null || echo none)
[ "${sdk%%.*}" -ge 10 ] 2>/dev/null || { echo "build.sh: got .NET SDK $sdk, expected 10 or later. Install it from https://dot.net and run this again." >&2; exit 2; }
export EMPIPELINE_SDK=$sdk

program=$root/artifacts/bin/EmPipeline.CommandLine/release/EmPipeline.CommandLine.dll
if [ ! -e "$program" ] || [ -n "$(find "$root/build/CommandLine" "$root/build/msbuild" -newer "$program" -type f -print -quit)" ]; then
  log=$(dotnet build "$root/build/CommandLine/EmPipeline.CommandLine.csproj" -c Release --nologo -v q 2>&1) || { echo "$log" >&2; exit 1; }
  touch "$program"
fi
exec dotnet "$program" "$@"
