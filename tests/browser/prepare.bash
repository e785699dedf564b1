# Sourced by run and screenshots: what both need before Node.js can start.
: "${here:?is set by the sourcing script}"
command -v node >/dev/null || {
    echo "Node.js is missing" >&2
    exit 77
}
[ -x "${CHROMIUM:-/usr/bin/chromium}" ] || {
    echo "Chromium is missing (Debian: apt-get install chromium fonts-dejavu-core)" >&2
    exit 77
}
for folder in "$here" "$here/../../web"; do
    if [ ! -e "$folder/node_modules/.package-lock.json" ] ||
        [ "$folder/package-lock.json" -nt "$folder/node_modules/.package-lock.json" ]; then
        (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
    fi
done
