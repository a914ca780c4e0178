#!/usr/bin/env bash
# Finds the .NET SDK, builds the pipeline when its source changed, and hands target and parameters to MSBuild.
#   ./build.sh [TARGET] [--parameter value ...]        ./build.sh --help
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1

command -v dotnet >/dev/null || { echo "build.sh: got no 'dotnet' on the PATH, expected the .NET SDK 10. Install it from https://dot.net and run this again." >&2; exit 2; }
sdk=$(cd "$root" && dotnet --version 2>/dev/null || echo none)
[ "${sdk%%.*}" -ge 10 ] 2>/dev/null || { echo "build.sh: got .NET SDK $sdk, expected 10 or later. Install it from https://dot.net and run this again." >&2; exit 2; }

# ./build.sh Rechunk --update-lock --data DIR  ->  -t:Rechunk -p:UpdateLock=true -p:Data=DIR
target=Catalog; arguments=(); files=" config data lock input output "; plain=
while [ $# -gt 0 ]; do
  case $1 in
    -h|--help|help) target=Help ;;
    --*)
      name=${1#--}; value=true
      if [ $# -gt 1 ] && [[ $2 != --* ]]; then value=$2; shift; fi
      # A path is meant from where the user stands; MSBuild works from the project's folder.
      if [[ $files == *" $name "* && $value != /* ]]; then value=$PWD/$value; fi
      property=$(sed -E 's/(^|-)([a-z])/\U\2/g' <<<"$name"); value=${value//%/%25}; value=${value//;/%3B}
      # MSBuild keeps this name for itself.
      [ "$property" != Output ] || property=OutputFile
      [ "$property" != Plain ] || plain=';plain'
      arguments+=("-p:$property=$value") ;;
    -*) echo "build.sh: got '$1', expected a target or --parameter. ./build.sh --help lists them." >&2; exit 2 ;;
    *) target=$1 ;;
  esac
  shift
done

stamp=$root/artifacts/pipeline.stamp
if [ ! -e "$stamp" ] || [ -n "$(find "$root/build" "$root/src" "$root/docs/pipeline.schema.json" -newer "$stamp" -type f -print -quit)" ]; then
  echo "Building the pipeline ..."
  mkdir -p "$root/artifacts"; touch "$stamp.new"
  for project in build/EmPipeline.Build.csproj src/EmPipeline.Demo/EmPipeline.Demo.csproj; do
    dotnet build "$root/$project" -c Release --nologo -v q >"$root/artifacts/build.log" 2>&1 || { cat "$root/artifacts/build.log" >&2; exit 1; }
  done
  mv "$stamp.new" "$stamp"
fi

# One process, a thread a dataset, where this MSBuild can; else a process a dataset.
[[ $sdk =~ ^10\.0\.[123] ]] && threads=() || threads=(-mt)
exec dotnet msbuild "$root/build/Pipeline.proj" "-t:$target" "${arguments[@]}" -m:8 "${threads[@]}" -nologo -noconsolelogger \
  "-logger:EmPipeline.Build.Logging.PipelineLogger,$root/artifacts/pipeline/EmPipeline.Build.dll;target=$target$plain"
