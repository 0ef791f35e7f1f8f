#!/bin/sh
# Runs before the package is removed. Configuration, secrets, users and audit stay, and so does the user who owns them.
set -e
case "$1" in
upgrade | failed-upgrade | 1) exit 0 ;; # a newer version follows, for dpkg and for rpm
esac
if [ -d /run/systemd/system ]; then
  systemctl disable --now hookd.service
fi
