# Sourced by script/server, script/manage and script/test: finds a Python that is new enough and puts it in $python.
enough='import sys; sys.exit(sys.version_info < (3, 11))'
python=
found=
for candidate in "${PORTAL_PYTHON:-}" python3 python3.13 python3.12 python3.11 python3.14 python; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c "$enough" >/dev/null 2>&1; then
        python=$candidate
        break
    fi
    version=$("$candidate" --version 2>/dev/null) && found="${found:+$found, }$candidate is $version"
done
if [ -z "$python" ]; then
    echo "The portal needs Python 3.11 or newer on the PATH (${found:-none was found}). Install it, or name one: PORTAL_PYTHON=/path/to/python3 $0" >&2
    exit 1
fi
