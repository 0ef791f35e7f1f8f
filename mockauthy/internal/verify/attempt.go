package verify

import "time"

// Attempt is a message that was sent, with what became of its code.
type Attempt struct {
	Send
	ServiceSID, VerificationSID, To string
	UpdatedAt                       time.Time
	Converted                       bool // the code was approved
	CodeLength                      int
}

// Attempts lists all messages of the account, newest first.
func (a *Account) Attempts() []Attempt {
	a.mu.Lock()
	defer a.mu.Unlock()
	var all []Attempt
	for i := len(a.services) - 1; i >= 0; i-- {
		for n := len(a.services[i].sent.order) - 1; n >= 0; n-- {
			v := a.services[i].sent.order[n]
			for k := len(v.Sends) - 1; k >= 0; k-- {
				all = append(all, Attempt{Send: v.Sends[k], ServiceSID: v.ServiceSID, VerificationSID: v.SID, To: v.To,
					UpdatedAt: v.UpdatedAt, Converted: v.Status == "approved", CodeLength: len(v.code)})
			}
		}
	}
	return all
}
