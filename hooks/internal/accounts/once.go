package accounts

import (
	"context"
	"io"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/lines"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/safefile"
)

// Once is a users file for a process that looks up one account and ends. It reads the lines that
// may be about that account, which find a second line or a broken one as well, and skips the rest:
// in a long file, most of a program's time would go into lines about others. Only where those lines
// do not map the account soundly does it ask the whole File, which says why.
type Once struct{ *File }

// Lookup implements [Source].
func (o Once) Lookup(ctx context.Context, a gate.Account) (gate.Found, error) {
	if person, mapped := o.glance(a.Name); mapped {
		return gate.Found{Person: person, Mapped: true}, nil
	}
	return o.File.Lookup(ctx, a)
}

// glance returns whom the file maps name to, and false where that takes a second look.
func (o Once) glance(name string) (person provider.Person, mapped bool) {
	f, err := safefile.Open(o.Path, safefile.Public)
	if err != nil {
		return nil, false
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.Size() > maxFile {
		return nil, false
	}
	list, err := lines.ParseFor(io.LimitReader(f, maxFile), name, format(o.People))
	if err != nil {
		return nil, false
	}
	person, mapped, err = list.Find(name)
	return person, mapped && err == nil
}
