#!/usr/bin/env bash
# session.sh [--screen-only] COMMAND…: runs COMMAND in a session that is thrown away afterwards: its own home, its own
# virtual screen and, unless only the screen is wanted, its own D-Bus with an unlocked GNOME keyring (passphrase "test").
set -euo pipefail

screen_only=
if [ "$1" = --screen-only ]; then screen_only=yes; shift; fi

# Sockets need short paths (108 bytes), so a long TMPDIR is passed over for them.
base=${TMPDIR:-/tmp}
[ ${#base} -le 40 ] && [ -w "$base" ] || base=/tmp
room=$(mktemp -d "$base/bankview.XXXXXX")
screens=()
leave() {
  [ ${#screens[@]} = 0 ] || { kill "${screens[@]}" 2>/dev/null; wait "${screens[@]}" 2>/dev/null; } || true
  rm -rf "$room" 2>/dev/null || { sleep 1; rm -rf "$room"; } || true
}
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

mkdir -m 700 "$room/run" "$room/home" "$room/tmp"

# pip is told where the person's own settings lie: the home below is empty.
pip_config=${PIP_CONFIG_FILE:-}
for file in "$HOME/.pip/pip.conf" "${XDG_CONFIG_HOME:-$HOME/.config}/pip/pip.conf"; do
  [ -n "$pip_config" ] || [ ! -f "$file" ] || pip_config=$file
done
[ -z "$pip_config" ] || export PIP_CONFIG_FILE=$pip_config
export PIP_CACHE_DIR=${PIP_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/pip}

# Two screens, so that two test processes do not take the focus from each other's windows. A free display number is found
# by the server itself; the cookie counts for whatever number that is.
cookie=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
touch "$room/server.auth" "$room/client.auth"
xauth -q -f "$room/server.auth" add :0 . "$cookie"
displays=
for number in 1 2; do
  Xvfb -displayfd 3 -screen 0 1600x1200x24 -dpi 96 -nolisten tcp -noreset -auth "$room/server.auth" \
    3>"$room/display.$number" >"$room/screen.log" 2>&1 &
  screens+=($!)
  for _ in $(seq 300); do
    [ ! -s "$room/display.$number" ] || break
    kill -0 $! 2>/dev/null || { cat "$room/screen.log" >&2; exit 1; }
    sleep 0.1
  done
  display=:$(cat "$room/display.$number")
  xauth -q -f "$room/client.auth" add "$display" . "$cookie"
  displays="$displays $display"
  [ -z "$screen_only" ] || break
done

unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS GNOME_KEYRING_CONTROL SESSION_MANAGER BANKVIEW_HOME BANKVIEW_PASSPHRASE
unset XDG_DATA_DIRS XDG_CONFIG_DIRS XDG_CURRENT_DESKTOP QT_STYLE_OVERRIDE QT_SCALE_FACTOR BROWSER
export HOME=$room/home TMPDIR=$room/tmp XDG_RUNTIME_DIR=$room/run DISPLAY=$display BANKVIEW_DISPLAYS="$displays" XAUTHORITY=$room/client.auth
export XDG_DATA_HOME=$HOME/.local/share XDG_CONFIG_HOME=$HOME/.config XDG_CACHE_HOME=$HOME/.cache XDG_STATE_HOME=$HOME/.local/state
export LANG=C.UTF-8 LC_ALL=C.UTF-8 QT_QPA_PLATFORM=xcb QT_ACCESSIBILITY=0 NO_AT_BRIDGE=1 BANKVIEW_SESSION=1

if [ -n "$screen_only" ]; then
  "$@"
  exit
fi

# Where a container takes away the capability that the daemon's file asks for, a plain copy of it still runs.
export KEYRING_DAEMON=gnome-keyring-daemon
if ! gnome-keyring-daemon --version >/dev/null 2>&1; then
  cp "$(command -v gnome-keyring-daemon)" "$room/gnome-keyring-daemon"
  KEYRING_DAEMON=$room/gnome-keyring-daemon
fi
export BANKVIEW_REAL_KEYRING=1
dbus-run-session -- bash -euc '
  printf "test\n" | "$KEYRING_DAEMON" --unlock --components=secrets >/dev/null
  for _ in $(seq 100); do
    dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner \
      string:org.freedesktop.secrets | grep -q true && break
    sleep 0.1
  done
  printf ok | secret-tool store --label=probe service probe username probe
  test "$(secret-tool lookup service probe username probe)" = ok
  "$@"' _ "$@"
