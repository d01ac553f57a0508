package main

import (
	"fmt"
	"time"
)

type page struct {
	Revocations []struct {
		ID        string
		RevokedAt time.Time
	}
	RightsChanges []struct {
		Holder       string
		IssuedBefore time.Time
	}
	Position         int64
	IsWhole, HasMore bool
}

// Only the goroutine that follows calls it, and so may read without the lock.
func (fountain *Fountain) loadRevocations() error {
	started := time.Now()
	revoked := map[string]time.Time{}
	for id, at := range fountain.revoked {
		if started.Sub(at) < retention {
			revoked[id] = at
		}
	}
	position := fountain.position
	for {
		path := "/kms/revocations"
		if position != nil {
			path += fmt.Sprintf("?position=%d", *position)
		}
		var page page
		if err := fountain.get(path, fountain.Key, &page); err != nil {
			return err
		}
		if page.IsWhole {
			revoked = map[string]time.Time{}
		}
		for _, each := range page.Revocations {
			if at, isListed := revoked[each.ID]; !isListed || each.RevokedAt.Before(at) {
				revoked[each.ID] = each.RevokedAt
			}
		}
		position = &page.Position
		if page.HasMore {
			continue
		}
		rights := map[string]time.Time{}
		for _, each := range page.RightsChanges {
			rights[each.Holder] = each.IssuedBefore
		}
		fountain.lock.Lock()
		defer fountain.lock.Unlock()
		fountain.revoked, fountain.rights, fountain.position, fountain.feedAt = revoked, rights, position, started
		return nil
	}
}
