#!/bin/sh
# Makes FOLDER/python, an interpreter with NumPy, zarr-python 3 and PyTorch out of Debian's packages, for "Bench --python" and for the interop tests.
# SUITE is a release of Debian: trixie (the default) has zarr-python 3.0, sid the newest. Needs root and the package debootstrap.
# usage: make-python.sh FOLDER [SUITE]
set -eu
[ $# -gt 0 ] || { sed -n "2,4s/^# //p" "$0"; exit 2; }
mkdir -p "$1"
root=$(cd "$1" && pwd)
debootstrap --variant=minbase --include=python3-numpy,python3-zarr,python3-numcodecs,python3-torch "${2:-trixie}" "$root"
libraries=$(find "$root/usr/lib" -maxdepth 1 -name '*-linux-gnu')
# Without chroot, so that it sees the same files as everyone else.
cat > "$root/python" <<END
#!/bin/sh
export PYTHONHOME="$root/usr" PYTHONNOUSERSITE=1
exec $(ls "$root"/lib*/ld-linux-*.so.* | head -n 1) --library-path "$libraries:$libraries/blas:$libraries/lapack:$root/usr/lib" "$root/usr/bin/python3" "\$@"
END
chmod +x "$root/python"
"$root/python" -c 'import sys, numpy, zarr; print(f"{sys.argv[1]}: zarr-python {zarr.__version__}, NumPy {numpy.__version__}")' "$root/python"
