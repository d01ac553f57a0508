package main

// Verifies Fountain's access tokens, with golang-jwt. Copy this file and revocations.go into your service. A goroutine follows
// the keys and the revocations: a revoked token is refused within five seconds. Without a response of Fountain for a minute,
// all tokens are refused with 503 (docs/tokens.md). It knows Ed25519 only, which Fountain signs with by default.

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v4"
)

const (
	maxTokenCharacters = 8192
	pollEvery          = 2 * time.Second
	keysEvery          = 30 * time.Second
	maxKeysAge         = time.Minute // A revoked signing key leaves the key set.
	timeout            = 5 * time.Second
	retention          = 90 * time.Minute // No token is valid for longer than an hour.
	clockTolerance     = 5 * time.Second  // How late the clock of this machine may be.
)

var (
	errInvalid     = errors.New("the token is not valid")
	errUnavailable = errors.New("tokens cannot be verified at present")
)

// Options of a Fountain. Key is an API key with the scope tokens:verify.
type Options struct {
	Issuer, URL, Audience, Key string
	MaxStaleness               time.Duration
}

// Claims of an access token (RFC 9068).
type Claims struct {
	jwt.RegisteredClaims
	SessionID string   `json:"sid"`
	Roles     []string `json:"roles"`
	Scope     *string  `json:"scope"`
	ACR       string   `json:"acr"`
	AuthTime  int64    `json:"auth_time"`
	Actor     *struct {
		Subject   string `json:"sub"`
		SessionID string `json:"sid"`
	} `json:"act"`
	// Valid for searches, for one request at Fountain, or with a proof of its key only.
	SearchFilter *json.RawMessage `json:"search_filter"`
	SearchLimits *json.RawMessage `json:"search_limits"`
	Details      *json.RawMessage `json:"authorization_details"`
	Confirmation *json.RawMessage `json:"cnf"`
}

// Demand on a caller, besides a valid token: all scopes, and a second factor within MaxAge, if that is not 0.
type Demand struct {
	Scopes []string
	MaxAge time.Duration
}

// Fountain follows the keys and revocations of one.
type Fountain struct {
	Options
	client         http.Client
	lock           sync.RWMutex
	keys           map[string]ed25519.PublicKey
	revoked        map[string]time.Time
	rights         map[string]time.Time
	position       *int64
	keysAt, feedAt time.Time
}

// NewFountain starts to follow it.
func NewFountain(options Options) *Fountain {
	fountain := &Fountain{Options: options, revoked: map[string]time.Time{}}
	fountain.client.Timeout = timeout
	// The request holds the key, which is for Fountain only.
	fountain.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	go fountain.follow()
	return fountain
}

// Require calls the handler with the caller, or refuses the request.
func (fountain *Fountain) Require(
	handler func(http.ResponseWriter, *http.Request, *Claims), demand Demand,
) http.HandlerFunc {
	return func(response http.ResponseWriter, request *http.Request) {
		scheme, token, _ := strings.Cut(request.Header.Get("Authorization"), " ")
		if scheme == "" {
			refuse(response, http.StatusUnauthorized, "Bearer")
			return
		}
		claims, err := fountain.Verify(token)
		switch {
		case errors.Is(err, errUnavailable):
			response.Header().Set("Retry-After", "2")
			http.Error(response, err.Error(), http.StatusServiceUnavailable)
		case err != nil || !strings.EqualFold(scheme, "Bearer"):
			refuse(response, http.StatusUnauthorized, `Bearer error="invalid_token"`)
		case !holdsAll(*claims.Scope, demand.Scopes):
			refuse(response, http.StatusForbidden,
				fmt.Sprintf(`Bearer error="insufficient_scope", scope="%s"`, strings.Join(demand.Scopes, " ")))
		case demand.MaxAge > 0 && (claims.ACR != "aal2" || time.Since(time.Unix(claims.AuthTime, 0)) > demand.MaxAge):
			refuse(response, http.StatusUnauthorized,
				fmt.Sprintf(`Bearer error="insufficient_user_authentication", acr_values="aal2", max_age="%.0f"`,
					demand.MaxAge.Seconds()))
		default:
			handler(response, request, claims)
		}
	}
}

func refuse(response http.ResponseWriter, status int, challenge string) {
	response.Header().Set("WWW-Authenticate", challenge)
	http.Error(response, http.StatusText(status), status)
}

func holdsAll(held string, needed []string) bool {
	scopes := map[string]bool{}
	for _, scope := range strings.Fields(held) {
		scopes[scope] = true
	}
	for _, scope := range needed {
		if !scopes[scope] {
			return false
		}
	}
	return true
}

// Verify returns the claims, or errInvalid, or errUnavailable if that cannot be said.
func (fountain *Fountain) Verify(token string) (*Claims, error) {
	fountain.lock.RLock()
	defer fountain.lock.RUnlock()
	now := time.Now()
	if now.Sub(fountain.keysAt) > maxKeysAge || now.Sub(fountain.feedAt) > fountain.MaxStaleness {
		return nil, errUnavailable
	}
	if len(token) > maxTokenCharacters {
		return nil, errInvalid
	}
	var claims Claims
	// Times, issuer and audience are checked below, as version 4 of the library does not demand that they are there.
	parsed, err := jwt.ParseWithClaims(token, &claims, func(parsed *jwt.Token) (interface{}, error) {
		kid, _ := parsed.Header["kid"].(string)
		key, isKnown := fountain.keys[kid]
		if _, isCritical := parsed.Header["crit"]; !isKnown || isCritical || parsed.Header["typ"] != "at+jwt" {
			return nil, errInvalid
		}
		return key, nil
	}, jwt.WithValidMethods([]string{"EdDSA"}), jwt.WithoutClaimsValidation())
	if err != nil || !parsed.Valid || !fountain.isMeant(&claims, now) || fountain.isRevoked(&claims, now) {
		return nil, errInvalid
	}
	return &claims, nil
}

func (fountain *Fountain) isMeant(claims *Claims, now time.Time) bool {
	isForUs := false
	for _, audience := range claims.Audience {
		isForUs = isForUs || audience == fountain.Audience
	}
	isNow := claims.ExpiresAt != nil && now.Before(claims.ExpiresAt.Time) &&
		(claims.NotBefore == nil || !now.Before(claims.NotBefore.Time))
	isWhole := claims.IssuedAt != nil && claims.Subject != "" && claims.ID != "" && claims.SessionID != "" &&
		claims.Roles != nil && claims.Scope != nil && claims.ACR != "" && claims.AuthTime != 0 &&
		(claims.Actor == nil || claims.Actor.SessionID != "")
	isFree := claims.SearchFilter == nil && claims.SearchLimits == nil && claims.Details == nil && claims.Confirmation == nil
	return claims.Issuer == fountain.Issuer && isForUs && isNow && isWhole && isFree
}

func (fountain *Fountain) isRevoked(claims *Claims, now time.Time) bool {
	ids := []string{claims.SessionID, claims.ID}
	if claims.Actor != nil {
		ids = append(ids, claims.Actor.SessionID)
	}
	for _, id := range ids {
		if at, isListed := fountain.revoked[id]; isListed && !at.After(now.Add(clockTolerance)) {
			return true
		}
	}
	holders := []string{"user:" + claims.Subject}
	for _, role := range claims.Roles {
		holders = append(holders, "role:"+role)
	}
	for _, holder := range holders {
		if claims.IssuedAt.Time.Before(fountain.rights[holder]) {
			return true
		}
	}
	return false
}

func (fountain *Fountain) follow() {
	for ; ; time.Sleep(pollEvery) {
		if time.Since(fountain.keysAt) >= keysEvery {
			if err := fountain.loadKeys(); err != nil {
				log.Print("Fountain's keys cannot be read: ", err)
			}
		}
		if err := fountain.loadRevocations(); err != nil {
			log.Print("Fountain's revocations cannot be read: ", err)
		}
	}
}

func (fountain *Fountain) get(path, key string, into interface{}) error {
	request, err := http.NewRequest(http.MethodGet, strings.TrimSuffix(fountain.URL, "/")+path, nil)
	if err != nil {
		return err
	}
	if key != "" {
		request.Header.Set("X-API-Key", key)
	}
	response, err := fountain.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s responded %d", path, response.StatusCode)
	}
	return json.NewDecoder(response.Body).Decode(into)
}

func (fountain *Fountain) loadKeys() error {
	started := time.Now()
	var set struct {
		Keys []struct{ Kid, Kty, Crv, X string }
	}
	if err := fountain.get("/.well-known/jwks.json", "", &set); err != nil {
		return err
	}
	keys := map[string]ed25519.PublicKey{}
	for _, key := range set.Keys {
		bytes, err := base64.RawURLEncoding.DecodeString(key.X)
		if err == nil && key.Kty == "OKP" && key.Crv == "Ed25519" && len(bytes) == ed25519.PublicKeySize {
			keys[key.Kid] = bytes
		}
	}
	fountain.lock.Lock()
	defer fountain.lock.Unlock()
	fountain.keys, fountain.keysAt = keys, started
	return nil
}
