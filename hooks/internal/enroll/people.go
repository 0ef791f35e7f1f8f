package enroll

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Candidate is somebody to enrol: an account, and what Authy wants to know of its owner.
type Candidate struct{ Account, Email, Phone, Country string }

// columnsOf are the headings of a file of people, and where what stands below them goes.
var columnsOf = map[string]func(*Candidate) *string{
	"account":      func(c *Candidate) *string { return &c.Account },
	"username":     func(c *Candidate) *string { return &c.Account },
	"email":        func(c *Candidate) *string { return &c.Email },
	"cellphone":    func(c *Candidate) *string { return &c.Phone },
	"phone":        func(c *Candidate) *string { return &c.Phone },
	"country_code": func(c *Candidate) *string { return &c.Country },
}

// ReadPeople reads the people of a CSV. Its first row says what stands in which column: account or
// username, email, cellphone or phone, country_code; other columns are passed over. Where the first
// row names no account there is no such row, and the first column has the accounts. An account that
// stands twice is an error.
func ReadPeople(r io.Reader) ([]Candidate, error) {
	reader := csv.NewReader(r)
	reader.FieldsPerRecord, reader.TrimLeadingSpace, reader.Comment = -1, true, '#'
	rows, err := reader.ReadAll()
	if err != nil {
		return nil, err
	}
	fields, named := headings(rows)
	if named {
		rows = rows[1:]
	}
	var people []Candidate
	seen := map[string]bool{}
	for _, row := range rows {
		var c Candidate
		for i, field := range fields {
			if field != nil && i < len(row) {
				*field(&c) = strings.TrimSpace(row[i])
			}
		}
		if c.Account == "" {
			return nil, fmt.Errorf("row %d has no account", len(people)+1)
		}
		if seen[c.Account] {
			return nil, fmt.Errorf("account %q stands there twice", c.Account)
		}
		seen[c.Account] = true
		people = append(people, c)
	}
	if len(people) == 0 {
		return nil, errors.New("has no account; want one a line, or a column account")
	}
	return people, nil
}

// headings returns what stands in which column, and whether the first row says it.
func headings(rows [][]string) (fields []func(*Candidate) *string, named bool) {
	account := columnsOf["account"]
	if len(rows) == 0 {
		return nil, false
	}
	for _, text := range rows[0] {
		text = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(text, "\ufeff")))
		fields = append(fields, columnsOf[text])
		named = named || text == "account" || text == "username"
	}
	if !named {
		fields = []func(*Candidate) *string{account}
	}
	return fields, named
}
