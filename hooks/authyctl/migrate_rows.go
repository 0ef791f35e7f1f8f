package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"sftpgo-authy/hooks/internal/migrate"
	"sftpgo-authy/hooks/internal/provider"
)

// stateMoved is the state of somebody whose codes are judged elsewhere, and stateBroken of somebody
// whose codes should be, and are not. The other states are classes.
const (
	stateMoved  = "moved"
	stateBroken = "broken"
)

// moveRow is what became of one account.
type moveRow struct {
	Account string `json:"account"`
	Authy   string `json:"authy_id"`
	State   string `json:"state"`
	Where   string `json:"where,omitempty"` // the person elsewhere
	Why     string `json:"why,omitempty"`
}

// score counts what becomes of people.
type score struct {
	step  func(int) // shows how far it is
	moved int       // or can move
	rows  []moveRow
	stays map[migrate.Class][]string // the first account of each
	whys  map[migrate.Class]error    // of one of them
}

// score counts all of so many people, and shows on a terminal how far it is.
func (c *cli) score(what string, all int) *score {
	return &score{step: c.progress(what, all), stays: map[migrate.Class][]string{}, whys: map[migrate.Class]error{}}
}

// note notes what became of somebody at Authy; nil is that nothing is in the way.
func (s *score) note(p migrate.Person, stays *migrate.Stays) {
	s.step(1)
	state, why := string(migrate.Moves), ""
	if stays == nil {
		s.moved++
	} else {
		state, why = string(stays.Class), stays.Error()
		s.stays[stays.Class], s.whys[stays.Class] = append(s.stays[stays.Class], p.Accounts[0]), stays
	}
	for _, account := range p.Accounts {
		s.rows = append(s.rows, moveRow{Account: account, Authy: p.ID.String(), State: state, Why: why})
	}
}

// look notes somebody who was moved; err is why they cannot log in there.
func (s *score) look(p migrate.Moved, err error) {
	s.step(1)
	row := moveRow{Authy: p.ID.String(), State: stateMoved, Where: provider.Key(p.To)}
	if err != nil {
		row.State, row.Why = stateBroken, err.Error()
	}
	for _, row.Account = range p.Accounts {
		s.rows = append(s.rows, row)
	}
}

// classes are what can become of people, and what to do about each.
var classes = []struct {
	class       migrate.Class
	state, todo string
}{
	{migrate.HasApp, "have the Authy app",
		"enroll them anew, or add --authy-app where they type 6 digits of another app"},
	{migrate.NoSecret, "have no secret that can move", "enroll them anew"},
	{migrate.Disabled, "are blocked at Authy", "they stay out; remove them"},
	{migrate.Unknown, "are unknown to Authy", "they cannot log in today; remove them, or enroll them anew"},
	{migrate.Failed, "did not work", "repeat the command once the reason is gone"},
}

// write writes the counts. can is what to say of those whom nothing is in the way of, "" for
// nothing.
func (s *score) write(w io.Writer, can string) {
	const form = "  %-28s %s\n"
	if can != "" {
		fmt.Fprintf(w, form, can, strconv.Itoa(s.moved))
	}
	for _, c := range classes {
		names := s.stays[c.class]
		if len(names) == 0 {
			continue
		}
		fmt.Fprintf(w, form, c.state, some(names))
		fmt.Fprintf(w, form, "", c.todo)
		if c.class == migrate.NoSecret || c.class == migrate.Failed {
			fmt.Fprintf(w, form, "", fmt.Sprintf("%q: %v", names[len(names)-1], s.whys[c.class]))
		}
	}
}

// left returns an error that was told already where a second run could do more.
func (s *score) left() error {
	if len(s.stays[migrate.Failed]) > 0 {
		return silent{exitNo}
	}
	return nil
}

// writeRows writes all accounts in a form for programs.
func (m migration) writeRows(w io.Writer, rows []moveRow) error {
	if m.json {
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		return out.Encode(rows)
	}
	table := [][]string{{"account", "authy_id", "state", "where", "why"}}
	for _, r := range rows {
		table = append(table, []string{r.Account, r.Authy, r.State, r.Where, r.Why})
	}
	return csv.NewWriter(w).WriteAll(table)
}
