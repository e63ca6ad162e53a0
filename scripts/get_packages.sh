#!/bin/sh
# Sees that Debian packages are there which tests need: by apt as root on Debian, otherwise says what to do.
# Each argument is PACKAGE, or PROGRAM:PACKAGE where the program has another name.
set -eu
missing=
for part; do
  PATH="$PATH:/usr/sbin" command -v "${part%%:*}" >/dev/null 2>&1 || missing="$missing ${part##*:}"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing$missing ..."
  apt-get update -qq
  # shellcheck disable=SC2086 - several words
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
  echo "Tests need: apt install$missing (or your system's way)." >&2
fi
