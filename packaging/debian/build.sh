#!/bin/sh
# build.sh [FOLDER] - builds a .deb for the Debian, or Ubuntu, that it runs on, into FOLDER (dist), and prints its path.
#
# Needs no root: dpkg-deb and python3-venv are enough.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
out=${1:-dist}
mkdir -p "$out"
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
umask 022
packaging/layout.sh "$root" >&2

version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' daemon/kotozoe/__init__.py)
suite=$(. /etc/os-release && echo "$ID$VERSION_ID")
architecture=$(dpkg --print-architecture)
python=$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
next=$(python3 -c 'import sys; print("%d.%d" % (sys.version_info[0], sys.version_info[1] + 1))')

# Debian's places for what layout.sh puts where most have it
mkdir -p "$root/usr/share/doc/kotozoe"
mv "$root/usr/share/licenses/kotozoe/LICENSE" "$root/usr/share/doc/kotozoe/copyright"
rm -r "$root/usr/share/licenses"
gzip -9n < CHANGELOG.md > "$root/usr/share/doc/kotozoe/changelog.gz"
cp README.md SECURITY.md CONTRIBUTING.md "$root/usr/share/doc/kotozoe/"
# where README's links lead
mkdir "$root/usr/share/doc/kotozoe/docs"
cp docs/*.md docs/*.png docs/*.svg "$root/usr/share/doc/kotozoe/docs/"

mkdir -p "$root/DEBIAN"
cat > "$root/DEBIAN/control" <<CONTROL
Package: kotozoe
Version: $version-1~$suite
Architecture: $architecture
Maintainer: kotozoe <kotozoe@users.noreply.github.com>
Section: video
Priority: optional
Homepage: https://github.com/kotozoe/kotozoe
Installed-Size: $(du -sk "$root/usr" | cut -f 1)
Depends: python3 (>= $python), python3 (<< $next), libarchive13 | libarchive13t64
Recommends: mpv (>= 0.35), ffmpeg, fonts-noto-cjk
Description: right Japanese subtitle from Jimaku, in mpv
 A background daemon and a small mpv script: press play on an anime episode, and
 its Japanese subtitle from Jimaku is loaded and in sync.
CONTROL
cp "$here/postinst" "$here/prerm" "$here/postrm" "$root/DEBIAN/"
chmod 755 "$root/DEBIAN/postinst" "$root/DEBIAN/prerm" "$root/DEBIAN/postrm"

deb=$out/kotozoe_$version-1~${suite}_$architecture.deb
dpkg-deb --root-owner-group --build "$root" "$deb" >&2
echo "$deb"
