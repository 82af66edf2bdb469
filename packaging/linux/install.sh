#!/usr/bin/env bash
# install.sh install|uninstall DATA: the app in a virtual environment of its own under ~/.local/lib, its menu entry under DATA.
set -euo pipefail

id=io.github.bankview.Bankview
project=$(cd "$(dirname "$0")/../.." && pwd)
verb=$1 data=$2
app=$HOME/.local/lib/bankview
launcher=$HOME/.local/bin/bankview
entry=$data/applications/$id.desktop
metainfo=$data/metainfo/$id.metainfo.xml
icons=$data/icons/hicolor

# The icon theme specification has programs look anew when the theme's folder has changed.
refresh() { [ ! -d "$icons" ] || touch "$icons"; }

# A path as an Exec line wants it: quoted, with the specification's escapes.
exec_word() { printf '"%s"' "$(printf '%s' "$1" | sed -e 's/[\\"`$]/\\\\&/g' -e 's/%/%%/g')"; }

install_app() {
  "$PYTHON" -m venv --clear "$app"
  "$app/bin/pip" install --quiet --disable-pip-version-check "$project"
  mkdir -p "$(dirname "$launcher")" "$data/applications" "$data/metainfo"
  ln -sfn "$app/bin/bankview" "$launcher"
  for size in 16 22 24 32 48 64 128 256 512; do
    if [ -f "$project/resources/icons/$id-$size.png" ]; then
      install -Dm644 "$project/resources/icons/$id-$size.png" "$icons/${size}x$size/apps/$id.png"
    fi
  done
  install -Dm644 "$project/resources/icons/$id.svg" "$icons/scalable/apps/$id.svg"
  install -Dm644 "$project/resources/icons/$id-symbolic.svg" "$icons/symbolic/apps/$id-symbolic.svg"
  install -Dm644 "$project/packaging/linux/$id.metainfo.xml" "$metainfo"
  word=$(exec_word "$app/bin/bankview") awk '/^Exec=/ { $0 = "Exec=" ENVIRON["word"] } /^TryExec=/ { next } { print }' \
    "$project/packaging/linux/$id.desktop" >"$entry"
  chmod 644 "$entry"
  refresh
  echo "Installed. Bankview is in your applications menu; in a terminal: $launcher"
}

uninstall_app() {
  rm -rf "$app"
  rm -f "$launcher" "$entry" "$metainfo" "$icons"/*/apps/"$id".{png,svg} "$icons/symbolic/apps/$id-symbolic.svg"
  refresh
  echo "Removed. Your accounts and settings stay where they are: $data/bankview"
}

"${verb}_app"
