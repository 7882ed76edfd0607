#!/bin/sh
# layout.sh ROOT - puts kotozoe below ROOT as a package of a distribution holds it:
#
#   usr/lib/kotozoe/                    the program and the libraries of requirements/run.txt, each with its locked hash
#   usr/bin/kotozoe                     runs it with the distribution's Python
#   usr/lib/systemd/user/               the service, which nobody has to install any more
#   etc/mpv/scripts/kotozoe.lua         mpv's script, for all users
#   usr/share/...                       man page, completions, licence
#
# The libraries ride along because no distribution has all of them in versions that are new enough. Some are compiled for
# the Python that runs this: the package must depend on that very version. Needs python3 with venv and pip, and the index.
set -eu
root=$(mkdir -p "$1" && cd "$1" && pwd)
cd "$(dirname "$0")/.."
lib=$root/usr/lib/kotozoe
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install -qq --disable-pip-version-check --no-deps --require-hashes --only-binary :all: \
  --no-compile --target "$lib" --requirement requirements/run.txt
rm -rf "$lib/bin" "$lib/share"
cp -R daemon/kotozoe "$lib/kotozoe"
mkdir -p "$lib/kotozoe/share"
cp -R mpv-scripts systemd "$lib/kotozoe/share/"
find "$lib" -name __pycache__ -prune -exec rm -rf {} +
# by their contents: a package's files have whatever time they were unpacked at
python3 -m compileall -q -s "$root" -p / --invalidation-mode unchecked-hash "$lib"

install -d "$root/usr/bin" "$root/usr/lib/systemd/user" "$root/etc/mpv/scripts"
cat > "$root/usr/bin/kotozoe" <<'RUN'
#!/usr/bin/python3 -sP
import sys

sys.path.insert(0, "/usr/lib/kotozoe")
from kotozoe.cli import main

sys.exit(main())
RUN
chmod 755 "$root/usr/bin/kotozoe"
sed 's|%h/.local/bin/kotozoe|/usr/bin/kotozoe|' systemd/kotozoe.service > "$root/usr/lib/systemd/user/kotozoe.service"
ln -sf ../../../usr/lib/kotozoe/kotozoe/share/mpv-scripts/kotozoe.lua "$root/etc/mpv/scripts/kotozoe.lua"

shares=$root/usr/share
install -Dm644 docs/kotozoe.1 "$shares/man/man1/kotozoe.1"
gzip -9nf "$shares/man/man1/kotozoe.1"
install -Dm644 LICENSE "$shares/licenses/kotozoe/LICENSE"
complete() { install -d "$shares/$2" && PYTHONPATH=$lib python3 -sP -m kotozoe completion "$1" > "$shares/$2/$3"; }
complete bash bash-completion/completions kotozoe
complete zsh zsh/vendor-completions _kotozoe
complete fish fish/vendor_completions.d kotozoe.fish
