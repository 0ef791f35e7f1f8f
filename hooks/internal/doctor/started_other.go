//go:build !linux

package doctor

import (
	"os"
	"time"
)

// startOf returns when a process started. Only Linux shows it to us.
func startOf(int) time.Time { return time.Time{} }

// changedAt returns when a file was changed.
func changedAt(info os.FileInfo) time.Time { return info.ModTime() }
