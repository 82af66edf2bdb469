#!/usr/bin/env bash
# session.sh [--screen-only] COMMAND…: runs COMMAND in a session that is thrown away afterwards: its own home, its own
# virtual screen and, unless only the screen is wanted, its own D-Bus with an unlocked GNOME keyring (passphrase "test").
# Two more seats of the same kind stand ready in $BANKVIEW_SEATS/2 and 3: tests wait a quarter of their time, and on two
# cores three processes of them get through sooner.
set -euo pipefail

seats=3
if [ "$1" = --screen-only ]; then seats=0; shift; fi

# Sockets need short paths (108 bytes), so a long TMPDIR is passed over for them.
base=${TMPDIR:-/tmp}
[ ${#base} -le 40 ] && [ -w "$base" ] || base=/tmp
room=$(mktemp -d "$base/bankview.XXXXXX")
started=()
leave() {
  [ ${#started[@]} = 0 ] || { kill "${started[@]}" && wait "${started[@]}"; } 2>/dev/null || true
  rm -rf "$room" 2>/dev/null || { sleep 1; rm -rf "$room"; } || true
}
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# wait_for FILE PID LOG: until the process has written something into the file.
wait_for() {
  for _ in $(seq 300); do
    [ ! -s "$1" ] || return 0
    kill -0 "$2" 2>/dev/null || break
    sleep 0.1
  done
  cat "$3" >&2
  exit 1
}

# A free display number is found by the server itself; the cookie counts for whatever number that is.
start_screen() {
  Xvfb -displayfd 3 -screen 0 1600x1200x24 -dpi 96 -nolisten tcp -noreset -auth "$room/server.auth" \
    -fbdir "$seat" 3>"$seat/display" >"$seat/screen.log" 2>&1 &
  started+=($!)
  wait_for "$seat/display" $! "$seat/screen.log"
  DISPLAY=:$(cat "$seat/display")
  xauth -q -f "$room/client.auth" add "$DISPLAY" . "$cookie"
}

start_bus() {
  dbus-daemon --session --nofork --nopidfile --print-address=3 3>"$seat/bus" >"$seat/bus.log" 2>&1 &
  started+=($!)
  wait_for "$seat/bus" $! "$seat/bus.log"
  DBUS_SESSION_BUS_ADDRESS=$(cat "$seat/bus")
}

start_keyring() {
  printf 'test\n' | "$KEYRING_DAEMON" --unlock --components=secrets >"$seat/keyring.log" 2>&1
  for _ in $(seq 300); do
    ! dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner \
      string:org.freedesktop.secrets | grep -q true || break
    sleep 0.1
  done
  printf ok | secret-tool store --label=probe service probe username probe
  test "$(secret-tool lookup service probe username probe)" = ok || { cat "$seat/keyring.log" >&2; exit 1; }
}

# take_seat N: everything that one process needs for itself, exported, and written down for whoever sits there.
take_seat() {
  seat=$room/$1
  mkdir -m 700 "$seat" "$seat/run" "$seat/home" "$seat/tmp"
  export HOME=$seat/home TMPDIR=$seat/tmp XDG_RUNTIME_DIR=$seat/run DISPLAY
  export XDG_DATA_HOME=$HOME/.local/share XDG_CONFIG_HOME=$HOME/.config XDG_CACHE_HOME=$HOME/.cache
  export XDG_STATE_HOME=$HOME/.local/state
  start_screen
  if [ "$seats" -gt 0 ]; then
    export DBUS_SESSION_BUS_ADDRESS
    start_bus
    start_keyring
  fi
  env -0 >"$seat/environment"
}

# pip is told where the person's own settings lie: the home below is empty.
pip_config=${PIP_CONFIG_FILE:-}
for file in "$HOME/.pip/pip.conf" "${XDG_CONFIG_HOME:-$HOME/.config}/pip/pip.conf"; do
  [ -n "$pip_config" ] || [ ! -f "$file" ] || pip_config=$file
done
[ -z "$pip_config" ] || export PIP_CONFIG_FILE=$pip_config
export PIP_CACHE_DIR=${PIP_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/pip}

cookie=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
touch "$room/server.auth" "$room/client.auth"
xauth -q -f "$room/server.auth" add :0 . "$cookie"

# Where a container takes away the capability that the daemon's file asks for, a plain copy of it still runs.
export KEYRING_DAEMON=gnome-keyring-daemon
if [ "$seats" -gt 0 ] && ! gnome-keyring-daemon --version >/dev/null 2>&1; then
  cp "$(command -v gnome-keyring-daemon)" "$room/gnome-keyring-daemon"
  KEYRING_DAEMON=$room/gnome-keyring-daemon
fi

# Without its bytecode each of the many processes of the suite would compile the whole app.
unset PYTHONDONTWRITEBYTECODE
unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS GNOME_KEYRING_CONTROL SESSION_MANAGER BANKVIEW_HOME BANKVIEW_PASSPHRASE
unset XDG_DATA_DIRS XDG_CONFIG_DIRS XDG_CURRENT_DESKTOP QT_STYLE_OVERRIDE QT_SCALE_FACTOR BROWSER
export XAUTHORITY=$room/client.auth LANG=C.UTF-8 LC_ALL=C.UTF-8 QT_QPA_PLATFORM=xcb QT_ACCESSIBILITY=0 NO_AT_BRIDGE=1
export BANKVIEW_SESSION=1 BANKVIEW_SEATS=$room
[ "$seats" = 0 ] || export BANKVIEW_REAL_KEYRING=1

for number in $(seq "$seats" -1 2) 1; do take_seat "$number"; done
"$@"
