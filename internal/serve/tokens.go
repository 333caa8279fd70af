package serve

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"os"
	"strings"
)

// tokens holds the hashes of the tokens that let clients in. It is nil when nobody needs one.
type tokens map[[sha256.Size]byte]bool

// readTokens reads a file with one token a line. Lines that are empty or begin with # are ignored.
func readTokens(file string) (tokens, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("the tokens: %w", err)
	}
	all := tokens{}
	lines := bufio.NewScanner(bytes.NewReader(content))
	for n := 1; lines.Scan(); n++ {
		token := strings.TrimSpace(lines.Text())
		switch {
		case token == "" || token[0] == '#':
		case strings.ContainsAny(token, " \t") || len(token) < shortestToken:
			return nil, fmt.Errorf("the tokens: %s:%d: a token is one word of %d characters or more", file, n, shortestToken)
		default:
			all[sha256.Sum256([]byte(token))] = true
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("the tokens: %s has none, so that nobody could ask anything", file)
	}
	return all, lines.Err()
}

// shortestToken is the least number of characters of a token, so that nobody can guess it.
const shortestToken = 16

// admit reports whether a request may be answered. It compares hashes, so the time that this takes
// reveals nothing of a token.
func (t tokens) admit(r *http.Request) bool {
	if t == nil {
		return true
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.EqualFold(scheme, "Bearer") && t[sha256.Sum256([]byte(strings.TrimSpace(token)))]
}
