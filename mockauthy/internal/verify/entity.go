package verify

import (
	"slices"
	"time"
)

// Entity is a copy of one entity: a person, in the words of Twilio.
type Entity struct {
	SID, ServiceSID, Identity string
	CreatedAt, UpdatedAt      time.Time
}

// entity is the compact form in memory, of which there may be a million.
type entity struct {
	sid              sid
	identity         string
	created, updated int64 // unix seconds
	factors          []*factor
	made             window // factors made within the last day
}

func (e *entity) view(s *service) Entity {
	return Entity{SID: e.sid.text("YE"), ServiceSID: s.SID, Identity: e.identity, CreatedAt: date(e.created),
		UpdatedAt: date(e.updated)}
}

// Rates of the error dictionary.
const (
	mostEntitiesPerSecond = 40  // 60328
	mostFactorsPerDay     = 100 // of an entity, 60326
	mostFactors           = 100 // of an entity, 60315
)

// CheckIdentity says whether an identity can be one: 8 to 64 letters, digits and dashes (OpenAPI
// document).
func CheckIdentity(identity string) error {
	for _, r := range identity {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' {
			return Invalid(60300, "Identity", "there is a %q, want letters, digits and dashes alone", r)
		}
	}
	if len(identity) < 8 || len(identity) > 64 {
		return Invalid(60300, "Identity", "%d characters, want 8 to 64", len(identity))
	}
	return nil
}

// lookup finds an entity of a service. The caller holds mu.
func (a *Account) lookup(serviceSID, identity string) (*service, *entity, error) {
	s, err := a.find(serviceSID)
	if err != nil {
		return nil, nil, err
	}
	e := s.entities[a.fold(identity)]
	if e == nil {
		return nil, nil, a.gone(60392, "the service has no entity with that identity")
	}
	return s, e, nil
}

// gone is the error of a resource that is not there: 20404 or, where the setting says so, the code
// of its own.
func (a *Account) gone(code int, reason string) error {
	if a.settings.NotFound == "20404" {
		code = 20404
	}
	return refuse(code, "%s", reason)
}

// Entity returns an entity.
func (a *Account) Entity(serviceSID, identity string) (Entity, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, e, err := a.lookup(serviceSID, identity)
	if err != nil {
		return Entity{}, err
	}
	return e.view(s), nil
}

// Entities lists the entities of a service, oldest first, from offset on, and says how many there
// are in all.
func (a *Account) Entities(serviceSID string, offset, limit int) ([]Entity, int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, err := a.find(serviceSID)
	if err != nil {
		return nil, 0, err
	}
	from := min(offset, len(s.order))
	page := s.order[from:min(from+limit, len(s.order))]
	list := make([]Entity, len(page))
	for i, e := range page {
		list[i] = e.view(s)
	}
	return list, len(s.order), nil
}

// CreateEntity makes an entity; one that is there is 60301.
func (a *Account) CreateEntity(serviceSID, identity string) (Entity, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, err := a.find(serviceSID)
	if err != nil {
		return Entity{}, err
	}
	if s.entities[a.fold(identity)] != nil {
		return Entity{}, refuse(60301, "the service has an entity with that identity")
	}
	e, err := a.newEntity(s, identity)
	if err != nil {
		return Entity{}, err
	}
	return e.view(s), nil
}

// newEntity makes an entity that is not there. The caller holds mu.
func (a *Account) newEntity(s *service, identity string) (*entity, error) {
	if err := CheckIdentity(identity); err != nil {
		return nil, err
	}
	now := a.seconds()
	if a.settings.Limits && a.born.full(now, 1, mostEntitiesPerSecond) {
		return nil, refuse(60328, "%d new entities a second are the limit", mostEntitiesPerSecond)
	}
	a.born.add(now)
	e := &entity{sid: a.newSID(), identity: identity, created: now, updated: now}
	a.keepEntity(s, e)
	return e, nil
}

func (a *Account) keepEntity(s *service, e *entity) {
	s.entities[a.fold(e.identity)] = e
	s.order = append(s.order, e)
}

// DeleteEntity removes an entity with its factors and challenges.
func (a *Account) DeleteEntity(serviceSID, identity string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, e, err := a.lookup(serviceSID, identity)
	if err != nil {
		return err
	}
	if a.settings.EntityDelete == "refuse" && len(e.factors) > 0 {
		return refuse(60306, "the entity has factors, and the setting entity_delete says that they must go first")
	}
	delete(s.entities, a.fold(e.identity))
	s.order = slices.DeleteFunc(s.order, func(other *entity) bool { return other == e })
	return nil
}
