package main

import (
	"errors"
	"fmt"
	"time"
)

// options are the flags.
type options struct {
	rounds, logins, pairs int
	target, way, write    string
	kept                  bool
	secrets               int           // where there are many
	networks              int           // that fail, to fill hookd's memory
	spacing               time.Duration // between two logins at a distance; two a second are what the target is about
}

// severalClients is the crowd that logs in at once; crowdLogins how many times as many logins it
// makes as one client alone, fewer than there are ids for a group.
const (
	severalClients = 8
	crowdLogins    = 3
)

// check says what is wrong with the options, all at once.
func (o options) check(rest []string) error {
	var errs []error
	if len(rest) > 0 {
		errs = append(errs, fmt.Errorf("argument %q is not understood, want flags only", rest[0]))
	}
	for name, n := range map[string]int{"rounds": o.rounds, "logins": o.logins, "pairs": o.pairs} {
		if n < 1 || n > 1000 {
			errs = append(errs, fmt.Errorf("-%s %d: want 1 to 1000", name, n))
		}
	}
	if o.target != "binary" && o.target != "embedded" {
		errs = append(errs, fmt.Errorf("--target %q: want binary or embedded", o.target))
	}
	if o.way != "SFTP" && o.way != "FTP" {
		errs = append(errs, fmt.Errorf("-way %q: want SFTP or FTP", o.way))
	}
	return errors.Join(errs...)
}
