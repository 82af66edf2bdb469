#!/usr/bin/env bash
# system.sh GROUP…: installs the Debian packages of these groups that are missing, or prints the one line that does.
set -euo pipefail

packages_of() {
  case $1 in
    window) echo libegl1 libgl1 libfontconfig1 libglib2.0-0 libdbus-1-3 libxkbcommon0 libxkbcommon-x11-0 libxcb-cursor0 \
      libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-shm0 libxcb-sync1 \
      libxcb-xfixes0 libxcb-xkb1 fonts-dejavu-core ;;
    screen) echo xvfb xauth ;;
    session) echo dbus dbus-bin dbus-daemon gnome-keyring libsecret-tools desktop-file-utils xdotool \
      at-spi2-core python3-pyatspi ;;
    browser) echo chromium chromium-driver chromium-sandbox ;;
    # Debian keeps the shared library of its own Python apart.
    freeze) echo binutils "libpython$(/usr/bin/python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')" ;;
    # The programs that ours is measured beside.
    bench) echo sqlite3 homebank kmymoney gnucash hledger ledger xdotool ;;
    *) echo "no such group: $1" >&2; exit 2 ;;
  esac
}

# Other systems bring their own packages and names.
command -v dpkg-query >/dev/null || exit 0

missing=()
for group in "$@"; do
  for package in $(packages_of "$group"); do
    # Newer releases give some libraries another name (libglib2.0-0t64).
    found=$(dpkg-query -W -f '${db:Status-Status} ' "$package" "${package}t64" 2>/dev/null || true)
    [[ $found == *installed' '* && $found != *not-installed' '* ]] || missing+=("$package")
  done
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" = 0 ]; then
  as_root=()
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
  as_root=(sudo -n)
else
  echo "System packages are missing. Run this once, then try again:" >&2
  echo "  sudo apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
fi

echo "Installing system packages: ${missing[*]}"
quiet=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0)
"${as_root[@]}" "${quiet[@]}" update || echo "apt-get update failed; trying with what is known" >&2
"${as_root[@]}" "${quiet[@]}" install --no-install-recommends "${missing[@]}" >/dev/null
