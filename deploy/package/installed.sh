#!/bin/sh
# Runs after the package is installed or upgraded.
set -e
if ! getent passwd sftpgo-authy >/dev/null; then
  if command -v useradd >/dev/null; then
    useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin sftpgo-authy
  else # Alpine
    addgroup -S sftpgo-authy
    adduser -S -D -H -h /nonexistent -s /sbin/nologin -G sftpgo-authy sftpgo-authy
  fi
fi
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  systemctl try-restart hookd.service # nothing where it does not run, as at the first installation
fi
