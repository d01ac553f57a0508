// A service in Go that verifies the tokens of its callers itself.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
	"time"
)

func environment(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

func main() {
	issuer := os.Getenv("FOUNTAIN_ISSUER")
	staleness, err := time.ParseDuration(environment("MAX_STALENESS_SECONDS", "60") + "s")
	if err != nil {
		log.Fatal(err)
	}
	fountain := NewFountain(Options{
		Issuer:       issuer,
		URL:          environment("FOUNTAIN_URL", issuer),
		Audience:     environment("AUDIENCE", "notes"),
		Key:          os.Getenv("VERIFIER_KEY"),
		MaxStaleness: staleness,
	})
	show := func(response http.ResponseWriter, _ *http.Request, caller *Claims) {
		response.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(response).Encode(map[string]string{"subject": caller.Subject})
	}
	list := fountain.Require(show, Demand{Scopes: []string{"notes:read"}})
	remove := fountain.Require(show, Demand{MaxAge: 5 * time.Minute})
	http.HandleFunc("/items", func(response http.ResponseWriter, request *http.Request) {
		if request.Method == http.MethodDelete {
			remove(response, request)
			return
		}
		list(response, request)
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+environment("PORT", "9000"), nil))
}
